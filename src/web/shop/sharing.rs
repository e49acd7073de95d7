//! What a page tells search engines, social networks and feed readers of itself, in its head: its one address, the same
//! page in other languages, how it is shown where its link is shared, and an event as schema.org describes it.
//!
//! What must hold: addresses begin with the origin by which buyers reach the server (`web::client`), and without one nothing
//! is told; nothing here is of one reader. All of an event's but what is left of its tickets is made once for a locale.
//! <https://developers.google.com/search/docs/appearance/structured-data/event>

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use askama::Template;
use serde_json::{Value, json};

use super::event_facts::EventFacts;
use super::frame::Frame;
use super::kept::Kept;
use super::picture;
use crate::availability::{Counts, TierCount};
use crate::catalog::{Event, Status, Tier};
use crate::config::Origin;
use crate::types::{TierNo, Timestamp};
use crate::web::view::format::{Format, machine_time};
use crate::web::view::markdown;
use crate::web::view::poster;
use crate::web::view::words;

static KEPT: LazyLock<Kept<EventHead>> = LazyLock::new(Kept::new);

/// Where a page is, and where it is in other languages.
#[derive(Debug)]
pub(super) struct Links {
    pub(super) canonical: String,
    /// By language; `x-default` is the one that takes the reader's language.
    pub(super) alternates: Vec<(&'static str, String)>,
}

impl Links {
    /// Of the page with this path and query, without the language.
    pub(super) fn of(origin: &Origin, prefix: &str, page: &str) -> Self {
        let languages = words::offered().iter();
        let mut alternates: Vec<_> = languages
            .map(|words| (words.tag(), format!("{origin}/{}{page}", words.tag())))
            .collect();
        alternates.push(("x-default", format!("{origin}{page}")));
        Self {
            canonical: format!("{origin}{prefix}{page}"),
            alternates,
        }
    }
}

/// The part of a head that is the same for all readers in a locale.
#[derive(Template)]
#[template(path = "sharing.html")]
struct Sharing<'h> {
    links: Links,
    shop: &'h str,
    title: &'h str,
    description: &'h str,
    locale: String,
    image: Option<Image<'h>>,
    /// The list's feeds, of Atom and of iCalendar.
    feeds: Option<(String, String)>,
}

/// The picture that is shown with a link.
struct Image<'h> {
    url: &'h str,
    /// In words.
    alt: String,
}

/// Markup for the head of the list; nothing if the origin is not known. `query` is empty, or begins with a question
/// mark.
pub(super) fn of_list(
    frame: &Frame,
    format: &Format,
    title: &str,
    search: &str,
    query: &str,
) -> String {
    let Some(origin) = &frame.origin else {
        return String::new();
    };
    let prefix = &format.prefix;
    let search = match search {
        "" => String::new(),
        search => format!("?q={}", percent(search)),
    };
    let feed = |kind| format!("{origin}{prefix}/events.{kind}{search}");
    let sharing = Sharing {
        links: Links::of(origin, prefix, &format!("/{query}")),
        shop: &frame.shop,
        title,
        description: format.words.text("events-lead"),
        locale: format.tag().replace('-', "_"),
        image: None,
        feeds: Some((feed("atom"), feed("ics"))),
    };
    // Fails only if memory does.
    sharing.render().unwrap_or_default()
}

/// A value of a query string.
pub(super) fn percent(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The head of an event's page.
pub(super) struct EventHead {
    /// The origin that it was made for.
    origin: Origin,
    /// Links and properties.
    pub(super) markup: String,
    /// JSON-LD up to the offers.
    data: String,
    /// The offer of each tier up to its availability.
    offers: Vec<(TierNo, String)>,
}

impl EventHead {
    /// Of an event, for one reader; `None` if the origin is not known.
    pub(super) fn of(
        event: &Arc<Event>,
        facts: &EventFacts,
        format: &Format,
        frame: &Frame,
    ) -> Option<Arc<Self>> {
        let origin = frame.origin.as_ref()?;
        let is_of_origin = |head: &Self| head.origin == *origin;
        let make = || Self::new(event, facts, format, (origin, &frame.shop));
        Some(KEPT.get(event, format, is_of_origin, make))
    }

    fn new(
        event: &Arc<Event>,
        facts: &EventFacts,
        format: &Format,
        (origin, shop): (&Origin, &str),
    ) -> Self {
        let summary = summary(facts, &markdown::plain(&event.description));
        let page = format!("/events/{}", event.address);
        let links = Links::of(origin, &format.prefix, &page);
        let image = format!("{origin}{}", picture::poster_path(event, format, shop));
        let url = links.canonical.clone();
        let (data, offers) = describe(event, (origin, shop), &url, &image);
        let sharing = Sharing {
            links,
            shop,
            title: &event.name,
            description: &summary,
            locale: format.tag().replace('-', "_"),
            image: Some(Image {
                url: &image,
                alt: format!("{}, {}", event.name, facts.date_and_time),
            }),
            feeds: None,
        };
        Self {
            origin: origin.clone(),
            markup: sharing.render().unwrap_or_default(),
            data,
            offers,
        }
    }

    /// The event as JSON-LD, with what is left of each tier. It may stand within a `script` element.
    pub(super) fn data(&self, event: &Event, counts: &Counts, now: Timestamp) -> String {
        let mut data = String::with_capacity(self.data.len() + 400 * self.offers.len());
        data.push_str(&self.data);
        // After the start nothing is offered.
        let offers = self
            .offers
            .iter()
            .filter(|_| event.starts_at > now && event.called_off_at.is_none());
        for ((no, offer), n) in offers.zip(0..) {
            let comma = if n > 0 { "," } else { "" };
            let state = availability(event, counts.tier(*no), now);
            write!(data, "{comma}{offer}{state}\"}}").expect("a String takes everything");
        }
        data.push_str("]}");
        data
    }
}

/// What is left of a tier, as schema.org calls it. Before the sale it is `PreOrder`, with `validFrom` saying when: of the
/// terms for what is not sold yet the only one that search engines read for events.
fn availability(event: &Event, count: Option<&TierCount>, now: Timestamp) -> &'static str {
    let (available, held) = count.map_or((0, 0), |count| (count.available, count.held));
    if event.on_sale_at > now {
        "PreOrder"
    } else if available > 0 {
        "InStock"
    } else if held > 0 {
        // What is held may come back.
        "OutOfStock"
    } else {
        "SoldOut"
    }
}

/// The event up to its offers, and each of them up to its availability.
fn describe(
    event: &Event,
    (origin, shop): (&Origin, &str),
    url: &str,
    image: &str,
) -> (String, Vec<(TierNo, String)>) {
    let venue = &event.venue;
    let organiser = match &event.facts.organiser {
        Some(name) => json!({"@type": "Organization", "name": name}),
        None => json!({"@type": "Organization", "name": shop, "url": origin.to_string()}),
    };
    let at = |at: Timestamp| {
        at.with_timezone(&venue.time_zone)
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
    };
    let performer = |name: &String| json!({"@type": "PerformingGroup", "name": name});
    let performers: Vec<_> = event.facts.lineup.iter().map(performer).collect();
    let status = match event.status {
        Status::CalledOff => "https://schema.org/EventCancelled",
        _ if event.moved.is_some() => "https://schema.org/EventRescheduled",
        _ => "https://schema.org/EventScheduled",
    };
    let mut described = json!({
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.name,
        "description": markdown::plain(&event.description),
        "url": url,
        "image": [image],
        "startDate": at(event.starts_at),
        "endDate": event.facts.ends_at.map(at),
        "previousStartDate": event.moved.as_ref().map(|moved| at(moved.from)),
        "doorTime": event.facts.doors_at.map(at),
        "performer": performers,
        "eventStatus": status,
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": venue.name,
            "address": {
                "@type": "PostalAddress",
                "streetAddress": venue.address,
                "addressLocality": venue.city,
                "addressCountry": venue.country,
            },
        },
        "organizer": organiser,
    });
    without_nothing(&mut described);
    let offer = |tier: &Tier| {
        let mut offer = json!({
            "@type": "Offer",
            "name": tier.name,
            "price": price(event.price_of_one(tier, None), event.currency.exponent()),
            "priceCurrency": event.currency.code(),
            "url": url,
            "validFrom": machine_time(tier.terms.window.opens_at.map_or(event.on_sale_at, |at| at.max(event.on_sale_at))),
            "validThrough": tier.terms.window.closes_at.map(machine_time),
        });
        without_nothing(&mut offer);
        let begun = opened(&offer) + ",\"availability\":\"https://schema.org/";
        (tier.no, begun)
    };
    let offers = event.tiers.iter().map(offer).collect();
    (opened(&described) + ",\"offers\":[", offers)
}

/// An object as text without its last brace. `<` is escaped: a name may hold `</script>`.
fn opened(object: &Value) -> String {
    let mut text = object.to_string().replace('<', "\\u003c");
    text.pop();
    text
}

/// An amount as programs write it: `100.00`.
fn price(minor: i64, exponent: u32) -> String {
    let unit = 10_i64.pow(exponent);
    match exponent as usize {
        0 => minor.to_string(),
        digits => format!("{}.{:0digits$}", minor / unit, minor % unit),
    }
}

/// Letters of a summary: what search engines show.
const SUMMARY_LETTERS: usize = 160;

fn summary(facts: &EventFacts, description: &str) -> String {
    let (at, venue, city) = (&facts.date_and_time, &facts.venue, &facts.city);
    let mut summary = format!("{at} · {venue}, {city}");
    let words = description.split_whitespace();
    let separators = std::iter::once(" · ").chain(std::iter::repeat(" "));
    let mut letters = summary.chars().count();
    for (word, separator) in words.zip(separators) {
        letters += word.chars().count() + 1;
        if letters > SUMMARY_LETTERS {
            summary.push('…');
            break;
        }
        summary.push_str(separator);
        summary.push_str(word);
    }
    summary
}

/// Leaves out what is not known.
fn without_nothing(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, value| !value.is_null() && value != &json!([]));
        fields.values_mut().for_each(without_nothing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_have_the_digits_of_their_currency() {
        assert_eq!(price(10_000, 2), "100.00");
        assert_eq!(price(5, 2), "0.05");
        assert_eq!(price(10_000, 0), "10000");
        assert_eq!(price(10_050, 3), "10.050");
    }

    #[test]
    fn no_name_ends_the_script_that_it_stands_in() {
        let text = opened(&json!({"name": "</script><script>"}));
        assert_eq!(text, "{\"name\":\"\\u003c/script>\\u003cscript>\"");
    }
}
