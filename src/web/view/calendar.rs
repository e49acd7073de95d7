//! A booking as a calendar file, and a list of events, RFC 5545, written by the icalendar crate.
//!
//! What must hold: times are in UTC, which calendars convert to their owner's zone; an end is given only if the
//! organiser has said when it is; text is escaped and has no control characters.

use icalendar::{Calendar, Component, EventLike, EventStatus};

use crate::booking::Booking;
use crate::catalog::Event;
use crate::types::Timestamp;
use crate::web::view::markdown;

/// The calendar file of a booking, under the name of the shop that sold it; `url` is where its page is, if it is known.
/// The shop is no ORGANIZER: that is an address to which calendars send answers.
pub fn file(
    shop: &str,
    booking: &Booking,
    event: &Event,
    location: &str,
    description: &str,
    url: Option<&str>,
) -> String {
    let mut entry = icalendar::Event::new();
    if let Some(url) = url {
        entry.url(url);
    }
    if let Some(ends_at) = event.facts.ends_at {
        entry.ends(ends_at);
    }
    let entry = entry
        .uid(&format!("{}@boxoffice", booking.id))
        .sequence(moves(event))
        .timestamp(changed_at(
            event,
            booking.confirmed_at.unwrap_or(booking.created_at),
        ))
        .starts(event.starts_at)
        .summary(&without_controls(&event.name))
        .location(&without_controls(location))
        .description(&without_controls(description))
        .status(status_of(event))
        .done();
    list(shop, std::iter::once(entry))
}

/// An event of a list; `url` is where its page is.
pub fn listed(event: &Event, location: &str, url: &str) -> icalendar::Event {
    let mut entry = icalendar::Event::new();
    entry
        .uid(&format!("{}@boxoffice", event.id))
        .url(url)
        .sequence(moves(event))
        .timestamp(changed_at(event, event.created_at))
        .starts(event.starts_at)
        .summary(&without_controls(&event.name))
        .location(&without_controls(location))
        .description(&without_controls(&markdown::plain(&event.description)))
        .status(status_of(event));
    entry.done()
}

/// RFC 5545, section 3.8.7.4: a calendar takes an entry for newer than the one that it has by this.
fn moves(event: &Event) -> u32 {
    let moved = event.moved.as_ref();
    moved.map_or(0, |moved| moved.number.unsigned_abs())
}

/// When what is said of an event has changed; `since` if it never has.
fn changed_at(event: &Event, since: Timestamp) -> Timestamp {
    let moved = event.moved.as_ref();
    moved.map_or(since, |moved| moved.at.max(since))
}

fn status_of(event: &Event) -> EventStatus {
    match event.called_off_at {
        None => EventStatus::Confirmed,
        Some(_) => EventStatus::Cancelled,
    }
}

/// The calendar of a list, under the name that a calendar program shows.
pub fn list(name: &str, entries: impl Iterator<Item = icalendar::Event>) -> String {
    let mut calendar = empty();
    calendar.append_property(("X-WR-CALNAME", without_controls(name).as_str()));
    calendar.extend(entries);
    calendar.to_string()
}

fn empty() -> Calendar {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//boxoffice//tickets//EN"))
        .append_property(("METHOD", "PUBLISH"));
    calendar
}

/// Removes control characters other than newlines. The crate escapes newlines only: a carriage return would
/// end a line of the file.
fn without_controls(text: &str) -> String {
    let allowed = |letter: &char| *letter == '\n' || !letter.is_control();
    text.chars().filter(allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_summary(text: &str) -> String {
        let summary = without_controls(text);
        let entry = icalendar::Event::new().summary(&summary).done();
        list("Linde; Saal", std::iter::once(entry))
    }

    #[test]
    fn lines_are_folded_between_letters() {
        let text = "é".repeat(100);
        let file = with_summary(&text);
        assert!(file.ends_with("END:VCALENDAR\r\n"));
        assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
        assert!(!file.replace("\r\n", "").contains(['\r', '\n']), "{file}");
        let unfolded = file.replace("\r\n ", "");
        assert!(unfolded.contains(&format!("\r\nSUMMARY:{text}\r\n")));
    }

    #[test]
    fn characters_with_a_meaning_are_escaped() {
        let file = with_summary("a;b,c\\d\ne\r\u{7}");
        assert!(
            file.contains("\r\nSUMMARY:a\\;b\\,c\\\\d\\ne\r\n"),
            "{file}"
        );
        assert!(
            file.contains("\r\nX-WR-CALNAME:Linde\\; Saal\r\n"),
            "{file}"
        );
    }
}
