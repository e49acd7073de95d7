//! What a buyer wants to know before paying, as the page of an event lists it below the tickets: doors and end,
//! age, line-up, address, accessibility, organiser, refunds, terms, other dates.
//!
//! What must hold: what is not known is not there; the link to a map is a plain link, and nothing of the map is loaded.

use std::sync::{Arc, LazyLock};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::kept::Kept;
use crate::catalog::{Access, Event, Genre};
use crate::types::Timestamp;
use crate::web::view::format::Format;
use crate::web::view::markdown;
use crate::web::view::names::genre_name;

/// Descriptions as HTML.
static ABOUT: LazyLock<Kept<String>> = LazyLock::new(Kept::new);

/// Formatted for one reader.
pub(super) struct EventDetails {
    pub(super) genre: Option<&'static str>,
    pub(super) doors: Option<String>,
    pub(super) start: String,
    pub(super) end: Option<String>,
    pub(super) age: Option<String>,
    pub(super) lineup: Vec<String>,
    /// The venue's address, line by line.
    pub(super) address: Vec<String>,
    /// A search for the address on a map.
    pub(super) map_url: String,
    pub(super) accessibility: Vec<&'static str>,
    pub(super) organiser: Option<String>,
    /// Paragraphs.
    pub(super) refunds: Vec<String>,
    pub(super) terms: Vec<String>,
    /// Other events of the series.
    pub(super) dates: Vec<OtherDate>,
    /// The description as HTML.
    pub(super) description: Arc<String>,
}

/// Another event of the series.
pub(super) struct OtherDate {
    pub(super) path: String,
    pub(super) date_time: String,
    /// If it is elsewhere.
    pub(super) city: Option<String>,
    /// `open`, `few`, `held`, `sold`, `soon`, `off`; empty if it is not known.
    pub(super) state: &'static str,
    /// What is left of its tickets, in words.
    pub(super) state_text: String,
}

impl EventDetails {
    /// Of an event; `dates` are the others of its series.
    pub(super) fn new(
        event: &Arc<Event>,
        dates: &[(&Arc<Event>, &'static str, String)],
        format: &Format,
    ) -> Self {
        let (facts, venue) = (&event.facts, &event.venue);
        let words = format.words;
        let at = |time: Timestamp| format.time(time, venue.time_zone);
        let age = facts.age_min.map(|age| match age {
            0 => words.text("age-all").to_owned(),
            age => words.with("age-from", &[("number", &format.number(age))]),
        });
        let country = format.country(&venue.country);
        let place = [
            Some(venue.name.clone()),
            venue.address.clone(),
            Some(format!("{}, {country}", venue.city)),
        ];
        let offers = event.accessibility().into_iter();
        let date = |(date, state, state_text): &(&Arc<Event>, &'static str, String)| OtherDate {
            state,
            state_text: state_text.clone(),
            path: format!("{}/events/{}", format.prefix, date.address),
            date_time: format.date_time(date.starts_at, date.venue.time_zone),
            city: (date.venue.city != venue.city).then(|| date.venue.city.clone()),
        };
        Self {
            genre: (facts.genre != Genre::Other).then(|| genre_name(facts.genre, words)),
            doors: facts.doors_at.map(at),
            start: at(event.starts_at),
            end: facts.ends_at.map(|ends_at| end(event, ends_at, format)),
            age,
            lineup: facts.lineup.clone(),
            address: place.into_iter().flatten().collect(),
            map_url: map_url(event),
            accessibility: offers.map(|offer| words.text(offer_text(offer))).collect(),
            organiser: facts.organiser.clone(),
            refunds: paragraphs(facts.refund_policy.as_deref().unwrap_or_default()),
            terms: paragraphs(facts.terms.as_deref().unwrap_or_default()),
            dates: dates.iter().map(date).collect(),
            description: ABOUT.get(
                event,
                format,
                |_| true,
                || markdown::html(&event.description),
            ),
        }
    }
}

/// `10:30 PM (2 h 30 min)`, or the day of what goes on for longer.
fn end(event: &Event, ends_at: Timestamp, format: &Format) -> String {
    let (words, zone) = (format.words, event.venue.time_zone);
    let minutes = (ends_at - event.starts_at).num_minutes();
    if minutes >= 24 * 60 {
        return format.date_time(ends_at, zone);
    }
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let (hours_text, minutes_text) = (format.number(hours), format.number(minutes));
    let length = match (hours, minutes) {
        (0, _) => words.with("length-minutes", &[("minutes", &minutes_text)]),
        (_, 0) => words.with("length-hours", &[("hours", &hours_text)]),
        _ => words.with(
            "length-both",
            &[("hours", &hours_text), ("minutes", &minutes_text)],
        ),
    };
    let time = format.time(ends_at, zone);
    words.with("facts-end-about", &[("time", &time), ("length", &length)])
}

/// A search on OpenStreetMap: by the address, or by the venue's name if none is known.
fn map_url(event: &Event) -> String {
    let venue = &event.venue;
    let street = venue.address.as_deref().unwrap_or(&venue.name);
    let place = format!("{street}, {}, {}", venue.city, venue.country);
    let place = utf8_percent_encode(&place, NON_ALPHANUMERIC);
    format!("https://www.openstreetmap.org/search?query={place}")
}

fn offer_text(offer: Access) -> &'static str {
    match offer {
        Access::StepFree => "access-step-free",
        Access::WheelchairPlaces => "access-wheelchair-places",
        Access::AccessibleToilet => "access-accessible-toilet",
        Access::AccessibleParking => "access-accessible-parking",
        Access::HearingLoop => "access-hearing-loop",
        Access::AssistanceDogs => "access-assistance-dogs",
        Access::SignLanguage => "access-sign-language",
        Access::Captions => "access-captions",
        Access::AudioDescription => "access-audio-description",
        Access::Relaxed => "access-relaxed",
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    let paragraphs = text.split("\n\n").map(str::trim);
    paragraphs
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}
