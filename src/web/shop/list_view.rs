//! The view struct of the list of events: its filters, what is on top, the events by date, and what is offered when
//! nothing fits. No queries here: the handler passes what is shown.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use askama::Template;
use chrono::{Datelike, Days, NaiveDate};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::event_view::{EventCard, NEAR, minutes_old};
use super::found::Found;
use super::frame::Frame;
use super::sharing;
use crate::availability::Counts;
use crate::catalog::{Choices, Event, Filters, Genre, folded};
use crate::types::Money;
use crate::web::finding::Asked;
use crate::web::view::artwork::Look;
use crate::web::view::format::Format;
use crate::web::view::names::genre_name;

/// What is escaped in a query string.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// The list of events.
#[derive(Template)]
#[template(path = "events.html")]
pub(super) struct EventsPage {
    frame: Frame,
    /// What was searched for, if anything.
    search: String,
    is_first: bool,
    filters: FilterForm,
    /// What is asked for, one by one.
    chips: Vec<Chip>,
    /// The words that were found instead, with their address.
    did_you_mean: Option<(String, String)>,
    /// The age of the oldest counts, if readers should know.
    minutes_old: Option<i32>,
    featured: Option<EventCard>,
    groups: Vec<Group>,
    /// What there is if nothing fits: a text's id and events.
    instead: Option<(&'static str, Vec<EventCard>)>,
    /// The address of what is asked for, without the page.
    first: String,
    /// The address of the next page.
    next: Option<String>,
    /// The address of the same on any day, if nothing fits.
    any_day: Option<String>,
    /// For search engines and feed readers.
    head: String,
}

/// The fields of the form and what may be chosen.
struct FilterForm {
    cities: Vec<Offer>,
    countries: Vec<Offer>,
    genres: Vec<Offer>,
    currencies: Vec<Offer>,
    from: String,
    to: String,
    price: String,
}

/// One option.
struct Offer {
    value: String,
    name: String,
    is_chosen: bool,
}

/// Something that is asked for, and the address of everything else that is asked for.
struct Chip {
    name: String,
    without: String,
}

/// Events of one time.
struct Group {
    heading: String,
    cards: Vec<EventCard>,
}

impl EventsPage {
    pub(super) fn new(
        frame: Frame,
        format: &Format,
        asked: &Asked,
        filters: &Filters,
        choices: &Choices,
        found: Found,
    ) -> Self {
        let pairs = asked.pairs();
        let address = |pairs: &[(&str, &str)]| address(&frame.to("/"), pairs);
        let without = |names: &[&str]| -> Vec<(&str, &str)> {
            let kept = pairs.iter().filter(|(name, _)| !names.contains(name));
            kept.copied().collect()
        };
        let search = asked.q.trim().to_owned();
        let Found {
            page: found,
            counts,
            featured,
            instead,
        } = found;
        let with = |name: &'static str, value: &str| {
            let mut pairs = without(&["q", "cursor"]);
            pairs.push((name, value));
            address(&pairs)
        };
        let did_you_mean = found.did_you_mean.as_ref();
        let mut following = pairs.clone();
        if let Some(words) = did_you_mean {
            following.retain(|(name, _)| *name != "q");
            following.push(("q", words));
        }
        let cursor = found.next.map(|cursor| cursor.to_string());
        let next = cursor.as_deref().map(|cursor| {
            following.push(("cursor", cursor));
            address(&following)
        });
        let has_days = filters.from.is_some() || filters.to.is_some();
        let top = featured.as_ref().map(|(event, _)| event.id);
        let events = found.events.iter().zip(&counts);
        let listed = events.filter(|(event, _)| Some(event.id) != top);
        let title = match search.as_str() {
            "" => format.words.text("events-title").to_owned(),
            words => format.words.with("events-found", &[("words", &words)]),
        };
        let query = super::list_view::address("", &pairs);
        let mut near = Near::default();
        Self {
            head: sharing::of_list(&frame, format, &title, &search, &query),
            search,
            is_first: asked.cursor.is_empty(),
            chips: chips(asked, filters, format)
                .into_iter()
                .map(|(names, name)| Chip {
                    name,
                    without: address(&without(names)),
                })
                .collect(),
            filters: FilterForm::new(asked, filters, choices, format),
            did_you_mean: did_you_mean.map(|words| (words.clone(), with("q", words))),
            minutes_old: minutes_old(&counts, format),
            featured: featured.map(|(event, counts)| near.card(&event, &counts, format)),
            groups: groups(listed, &mut near, format),
            any_day: (found.events.is_empty() && has_days)
                .then(|| address(&without(&["from", "to"]))),
            instead: instead.map(|instead| {
                let cards = instead.page.events.iter().zip(&instead.counts);
                let cards = cards.map(|(event, counts)| near.card(event, counts, format));
                (instead.heading, cards.collect())
            }),
            first: address(&pairs),
            next,
            frame,
        }
    }

    /// Whether anything is asked for beside words.
    fn is_filtered(&self) -> bool {
        !self.chips.is_empty()
    }
}

/// The drawings of the last few cards, from which the next one differs.
#[derive(Default)]
struct Near(VecDeque<Look>);

impl Near {
    fn card(&mut self, event: &Arc<Event>, counts: &Counts, format: &Format) -> EventCard {
        let card = EventCard::new(event, counts, format, self.0.make_contiguous());
        self.0.truncate(NEAR - 1);
        self.0.push_front(card.look);
        card
    }
}

/// A path with a query string.
fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let encode = |text| utf8_percent_encode(text, ESCAPED);
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    if pairs.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

/// What is asked for beside words: the fields that say it, and its name.
fn chips(
    asked: &Asked,
    filters: &Filters,
    format: &Format,
) -> Vec<(&'static [&'static str], String)> {
    let words = format.words;
    let mut chips: Vec<(&'static [&'static str], String)> = Vec::new();
    if filters.city.is_some() {
        chips.push((&["city"], asked.city.trim().to_owned()));
    }
    if let Some(country) = &filters.country {
        chips.push((&["country"], format.country(country)));
    }
    if let Some(genre) = filters.genre {
        chips.push((&["genre"], genre_name(genre, words).to_owned()));
    }
    for (fields, id, day) in [
        (&["from"] as &[_], "chip-from", filters.from),
        (&["to"], "chip-to", filters.to),
    ] {
        if let Some(day) = day {
            let date = format.day_of_year(day);
            chips.push((fields, words.with(id, &[("date", &date)])));
        }
    }
    if let Some((minor, currency)) = filters.price_max {
        let amount = format.money(Money { minor, currency });
        let name = words.with("chip-price", &[("amount", &amount)]);
        chips.push((&["price", "price_max", "currency"], name));
    }
    if filters.series.is_some() {
        chips.push((&["series"], words.text("chip-series").to_owned()));
    }
    chips
}

impl FilterForm {
    fn new(asked: &Asked, filters: &Filters, choices: &Choices, format: &Format) -> Self {
        let mut countries: Vec<Offer> = choices
            .countries
            .iter()
            .map(|code| Offer {
                value: code.clone(),
                name: format.country(code),
                is_chosen: filters.country.as_ref() == Some(code),
            })
            .collect();
        countries.sort_by_key(|country| folded(&country.name));
        let mut cities: Vec<Offer> = choices
            .cities
            .iter()
            .map(|(city, _)| Offer {
                value: city.clone(),
                name: city.clone(),
                is_chosen: filters.city.as_ref() == Some(&folded(city)),
            })
            .collect();
        cities.dedup_by(|a, b| a.value == b.value);
        // One that is asked for and not among them.
        if filters.city.is_some() && !cities.iter().any(|city| city.is_chosen) {
            let city = asked.city.trim().to_owned();
            cities.push(Offer {
                value: city.clone(),
                name: city,
                is_chosen: true,
            });
        }
        let genre = |genre: &Genre| Offer {
            value: genre.as_str().to_owned(),
            name: genre_name(*genre, format.words).to_owned(),
            is_chosen: filters.genre == Some(*genre),
        };
        let chosen = filters.price_max.map(|(_, currency)| currency);
        let currency = |currency: &crate::types::Currency| Offer {
            value: currency.code().to_owned(),
            name: currency.code().to_owned(),
            is_chosen: chosen == Some(*currency),
        };
        Self {
            cities,
            countries,
            genres: choices.genres.iter().map(genre).collect(),
            currencies: choices.currencies.iter().map(currency).collect(),
            from: filters.from.map_or_else(String::new, |day| day.to_string()),
            to: filters.to.map_or_else(String::new, |day| day.to_string()),
            price: asked.price.trim().to_owned(),
        }
    }
}

/// When an event is, as seen from today where it takes place; in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Time {
    Today,
    ThisWeek,
    ThisWeekend,
    NextWeek,
    Month(i32, u32),
}

impl Time {
    /// Weeks begin on Monday.
    fn of(day: NaiveDate, today: NaiveDate) -> Self {
        let week = |day: NaiveDate| day.week(chrono::Weekday::Mon).first_day();
        let is_weekend = day.weekday().num_days_from_monday() >= 5;
        if day <= today {
            Self::Today
        } else if week(day) == week(today) {
            if is_weekend {
                Self::ThisWeekend
            } else {
                Self::ThisWeek
            }
        } else if week(today).checked_add_days(Days::new(7)) == Some(week(day)) {
            Self::NextWeek
        } else {
            Self::Month(day.year(), day.month())
        }
    }

    fn heading(self, format: &Format) -> String {
        let id = match self {
            Self::Today => "events-today",
            Self::ThisWeek => "events-this-week",
            Self::ThisWeekend => "events-this-weekend",
            Self::NextWeek => "events-next-week",
            Self::Month(year, month) => {
                let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
                return format.month(first);
            }
        };
        format.words.text(id).to_owned()
    }
}

/// Events by time; within a group by date. A day is the venue's, and so is today.
fn groups<'a>(
    events: impl Iterator<Item = (&'a Arc<Event>, &'a Counts)>,
    near: &mut Near,
    format: &Format,
) -> Vec<Group> {
    let mut groups: BTreeMap<Time, Vec<EventCard>> = BTreeMap::new();
    for (event, counts) in events {
        let zone = event.venue.time_zone;
        let day = |at: crate::types::Timestamp| at.with_timezone(&zone).date_naive();
        let time = Time::of(day(event.starts_at), day(format.now));
        groups
            .entry(time)
            .or_default()
            .push(near.card(event, counts, format));
    }
    let group = |(time, cards): (Time, Vec<EventCard>)| Group {
        heading: time.heading(format),
        cards,
    };
    groups.into_iter().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_grouped_by_week_and_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        // A Wednesday.
        let today = day("2026-12-30");
        for (at, time) in [
            ("2026-12-30", Time::Today),
            ("2027-01-01", Time::ThisWeek),
            ("2027-01-02", Time::ThisWeekend),
            ("2027-01-03", Time::ThisWeekend),
            ("2027-01-04", Time::NextWeek),
            ("2027-01-10", Time::NextWeek),
            ("2027-01-11", Time::Month(2027, 1)),
        ] {
            assert_eq!(Time::of(day(at), today), time, "{at}");
        }
        assert!(Time::NextWeek < Time::Month(2027, 1));
    }

    #[test]
    fn an_address_says_what_is_asked_for() {
        assert_eq!(address("/de/", &[]), "/de/");
        assert_eq!(address("/", &[("q", "a&b=c")]), "/?q=a%26b%3Dc");
    }
}
