//! A booking as a calendar file, RFC 5545. The start is given in UTC, which every calendar shows in
//! its owner's zone; when an event ends is not known, so nothing is said of it.

use crate::booking::Booking;
use crate::catalog::Event;
use crate::types::Timestamp;

/// Octets of a line at most, without its end.
const LINE_MAX: usize = 75;

/// The file. `description` is said beside it.
pub fn file(booking: &Booking, event: &Event, place: &str, description: &str) -> String {
    let stamp = booking.confirmed_at.unwrap_or(booking.created_at);
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//boxoffice//tickets//EN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@boxoffice", booking.id),
        format!("DTSTAMP:{}", utc(stamp)),
        format!("DTSTART:{}", utc(event.starts_at)),
        format!("SUMMARY:{}", escaped(&event.name)),
        format!("LOCATION:{}", escaped(place)),
        format!("DESCRIPTION:{}", escaped(description)),
        "STATUS:CONFIRMED".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line)).collect()
}

fn utc(at: Timestamp) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// With its end; cut into lines that are short enough, never inside a letter.
fn folded(line: &str) -> String {
    let (mut out, mut length) = (String::with_capacity(line.len() + 2), 0);
    for letter in line.chars() {
        if length + letter.len_utf8() > LINE_MAX {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(letter);
        length += letter.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_letters() {
        let line = format!("SUMMARY:{}", "é".repeat(100));
        let folded = folded(&line);
        assert!(folded.ends_with("\r\n"));
        assert!(folded.split("\r\n").all(|line| line.len() <= LINE_MAX));
        assert_eq!(folded.replace("\r\n ", "").trim_end(), line);
    }

    #[test]
    fn what_has_a_meaning_is_escaped() {
        assert_eq!(escaped("a;b,c\\d\ne\r\u{7}"), "a\\;b\\,c\\\\d\\ne");
    }
}
