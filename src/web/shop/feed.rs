//! The list of events for feed readers and calendars, with the list's search: Atom (RFC 4287) and iCalendar (RFC 5545).
//!
//! What must hold: the next [`EVENTS_MAX`] events and no more; addresses are absolute.

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use atom_syndication::{Entry, Feed, FixedDateTime, Link, Text};

use super::event_facts::EventFacts;
use super::frame::Frame;
use super::sharing::percent;
use crate::app::App;
use crate::catalog::Event;
use crate::config::Origin;
use crate::types::Timestamp;
use crate::web::error::Error;
use crate::web::finding::Asked;
use crate::web::view::calendar;
use crate::web::view::format::Format;
use crate::web::view::markdown;
use crate::web::view::names;
use crate::web::{client, extract, headers};

/// Events of a feed at most.
const EVENTS_MAX: usize = 100;

/// What a feed shows.
struct Listing {
    format: Format,
    origin: Origin,
    /// What the list is called that it shows.
    title: String,
    /// Where that list is.
    url: String,
    events: Vec<Arc<Event>>,
}

impl Listing {
    async fn of(app: &App, request: &HttpRequest) -> Result<Self, Error> {
        let asked: Asked = extract::query(request)?;
        let origin = client::origin(&app.config, request);
        let origin = origin.ok_or_else(|| Error::not_found("page"))?;
        let format = Format::of(request);
        let names = names::of(format.words);
        let (filters, _) = asked.filters(&names)?;
        let found = app.catalog.upcoming(filters, &names, None, EVENTS_MAX);
        let found = found.await?;
        let (words, search) = (format.words, asked.q.trim());
        let shop = Frame::new(request, &format).shop;
        let (title, query) = match search {
            "" => (words.text("events-title").to_owned(), String::new()),
            _ => (
                words.with("events-found", &[("words", &search)]),
                format!("?q={}", percent(search)),
            ),
        };
        Ok(Self {
            title: format!("{title} · {shop}"),
            url: format!("{origin}{}/{query}", format.prefix),
            events: found
                .events
                .iter()
                .map(|event| event.in_language(words.tag()))
                .collect(),
            origin,
            format,
        })
    }

    fn url_of(&self, facts: &EventFacts) -> String {
        format!("{}{}", self.origin, facts.path)
    }
}

/// GET /events.atom
pub async fn atom(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let listing = Listing::of(&app, &request).await?;
    let newest = listing.events.iter().map(|event| event.created_at).max();
    let link = |rel: &str, href: String| Link {
        rel: rel.to_owned(),
        href,
        ..Link::default()
    };
    let feed = Feed {
        id: listing.url.clone(),
        title: Text::plain(without_controls(&listing.title)),
        updated: time(newest.unwrap_or(listing.format.now)),
        lang: Some(listing.format.words.tag().to_owned()),
        links: vec![link("alternate", listing.url.clone())],
        entries: listing
            .events
            .iter()
            .map(|event| entry(&listing, event))
            .collect(),
        ..Feed::default()
    };
    Ok(HttpResponse::Ok()
        .content_type("application/atom+xml; charset=utf-8")
        .insert_header(headers::REVALIDATE)
        .body(feed.to_string()))
}

fn entry(listing: &Listing, event: &Arc<Event>) -> Entry {
    let facts = EventFacts::of(event, &listing.format);
    let place = format!("{} · {}, {}", facts.date_and_time, facts.venue, facts.city);
    let summary = match markdown::plain(&event.description).as_str() {
        "" => place,
        description => format!("{place}\n\n{description}"),
    };
    Entry {
        id: format!("urn:uuid:{}", event.id),
        title: Text::plain(without_controls(&event.name)),
        updated: time(
            event
                .moved
                .as_ref()
                .map_or(event.created_at, |moved| moved.at),
        ),
        published: Some(time(event.created_at)),
        summary: Some(Text::plain(without_controls(&summary))),
        links: vec![Link {
            rel: "alternate".to_owned(),
            href: listing.url_of(&facts),
            ..Link::default()
        }],
        ..Entry::default()
    }
}

/// XML has no control characters but those of lines.
fn without_controls(text: &str) -> String {
    let allowed = |letter: &char| matches!(letter, '\n' | '\t') || !letter.is_control();
    text.chars().filter(allowed).collect()
}

fn time(at: Timestamp) -> FixedDateTime {
    at.fixed_offset()
}

/// GET /events.ics
pub async fn calendar(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let listing = Listing::of(&app, &request).await?;
    let entries = listing.events.iter().map(|event| {
        let facts = EventFacts::of(event, &listing.format);
        let location = format!("{}, {}, {}", facts.venue, facts.city, facts.country);
        calendar::listed(event, &location, &listing.url_of(&facts))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header(headers::REVALIDATE)
        .body(calendar::list(&listing.title, entries)))
}
