//! The fields of the forms on which events are planned: what stands in them, and how what was typed is read. Which fields
//! an event and a tier have is said by `event_inputs` and `tier_inputs`.
//!
//! What must hold: what cannot be read is said beside its field; what was typed stays. Times are those of the venue.

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use super::fields::{Field, WrongField};
use crate::catalog::{Genre, Wrong};
use crate::types::Timestamp;
use crate::types::contact::ContactRule;
use crate::web::error::must_text;
use crate::web::view::names::genre_name;
use crate::web::view::words::Words;

/// As browsers write local times.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// What a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Area,
    Time,
    Number,
    Genre,
    Contact,
    /// Another tier of the event; the tier's form says which there are.
    Stock,
    /// One of these: its code, and the id of its text.
    Choice(&'static [(&'static str, &'static str)]),
}

/// A field of a form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Input {
    pub(super) name: &'static str,
    /// Where a change has it.
    pointer: &'static str,
    /// The id of its label.
    text: &'static str,
    kind: Kind,
    is_required: bool,
}

pub(super) const fn input(
    name: &'static str,
    pointer: &'static str,
    text: &'static str,
    kind: Kind,
    is_required: bool,
) -> Input {
    Input {
        name,
        pointer,
        text,
        kind,
        is_required,
    }
}

/// A field as it is shown.
pub(super) struct Shown {
    pub(super) name: &'static str,
    /// Of the element: one of its kind in the page.
    pub(super) id: String,
    pub(super) label: &'static str,
    pub(super) kind: &'static str,
    pub(super) is_required: bool,
    pub(super) field: Field,
    /// What stood in it when the form was made.
    pub(super) was: String,
    /// Value, text, whether it is chosen.
    pub(super) options: Vec<(String, String, bool)>,
}

impl Shown {
    /// What is wrong with it, if anything is.
    pub(super) fn wrong(&self) -> Option<WrongField> {
        let problem = self.field.problem.clone()?;
        Some(WrongField {
            id: self.id.clone(),
            label: self.label.to_owned(),
            problem,
        })
    }
}

/// What is wrong with these fields.
pub(super) fn wrong_of(shown: &[Shown]) -> impl Iterator<Item = WrongField> {
    shown.iter().filter_map(Shown::wrong)
}

/// The fields with these values.
pub(super) fn show(
    inputs: &[Input],
    prefix: &str,
    words: &'static Words,
    value: impl Fn(&str) -> String,
) -> Vec<Shown> {
    let shown = |input: &Input| {
        let value = value(input.name);
        Shown {
            name: input.name,
            id: format!("{prefix}{}", input.name),
            label: words.text(input.text),
            kind: match input.kind {
                Kind::Text => "text",
                Kind::Area => "area",
                Kind::Time => "datetime-local",
                Kind::Number => "number",
                Kind::Genre | Kind::Contact | Kind::Stock | Kind::Choice(_) => "select",
            },
            is_required: input.is_required,
            options: options(input.kind, &value, words),
            was: value.clone(),
            field: Field::with(value),
        }
    };
    inputs.iter().map(shown).collect()
}

fn options(kind: Kind, value: &str, words: &'static Words) -> Vec<(String, String, bool)> {
    let option = |code: &str, text: &str| (code.to_owned(), text.to_owned(), code == value);
    match kind {
        Kind::Genre => {
            let genres = Genre::ALL.iter();
            let genres = genres.map(|genre| option(genre.as_str(), genre_name(*genre, words)));
            genres.collect()
        }
        Kind::Contact => {
            let rules = ContactRule::ALL.into_iter();
            let text = |rule: ContactRule| match rule {
                ContactRule::None => "plan-contact-none",
                ContactRule::Optional => "plan-contact-optional",
                ContactRule::Required => "plan-contact-required",
            };
            rules
                .map(|rule| option(rule.as_str(), words.text(text(rule))))
                .collect()
        }
        Kind::Choice(choices) => {
            let choices = choices.iter();
            choices
                .map(|(code, text)| option(code, words.text(text)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Puts into the fields what was typed.
pub(super) fn take(shown: &mut [Shown], sent: &[(String, String)]) {
    for one in shown {
        let field = Field::of(sent, one.name);
        one.was = Field::of(sent, &format!("was-{}", one.name)).value;
        for (code, _, is_chosen) in &mut one.options {
            *is_chosen = *code == field.value;
        }
        one.field = field;
    }
}

/// Says beside the fields what is wrong with them. Returns what belongs to none of them.
pub(super) fn refuse(
    inputs: &[Input],
    shown: &mut [Shown],
    wrong: Vec<Wrong>,
    words: &Words,
) -> Vec<String> {
    let mut others = Vec::new();
    for one in wrong {
        let is_of = |input: &&Input| {
            one.pointer == input.pointer || one.pointer.starts_with(&format!("{}/", input.pointer))
        };
        let name = inputs.iter().find(is_of).map(|input| input.name);
        let field = shown.iter_mut().find(|shown| Some(shown.name) == name);
        let text = must_text(one.must, words);
        match field {
            Some(shown) => shown.field.refuse(text),
            None => others.push(format!("{} {text}", one.pointer)),
        }
    }
    others
}

/// Says beside the fields what somebody else has made of them meanwhile; they are compared with that from now on.
pub(super) fn compare(shown: &mut [Shown], now: impl Fn(&str) -> String, words: &Words) {
    for one in shown {
        let now = now(one.name);
        if now != one.was {
            let text = words.with("plan-changed-to", &[("value", &now)]);
            one.field.refuse(text);
        }
        one.was = now;
    }
}

/// A time on the venue's clock.
pub(super) fn local(at: Option<Timestamp>, zone: Tz) -> String {
    at.map_or_else(String::new, |at| {
        at.with_timezone(&zone).format(LOCAL).to_string()
    })
}

/// What was typed as a time; what was not changed is as it was, to the microsecond.
pub(super) fn time(
    text: &str,
    zone: Tz,
    was: Option<Timestamp>,
) -> Result<Option<Timestamp>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    if local(was, zone) == text {
        return Ok(was);
    }
    let naive = NaiveDateTime::parse_from_str(text, LOCAL);
    let naive = naive.or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"));
    let at = naive
        .ok()
        .and_then(|naive| zone.from_local_datetime(&naive).earliest());
    let at = at.map(|at| at.to_utc());
    at.map(Some).ok_or("plan-time-wrong")
}

pub(super) fn number<T: std::str::FromStr>(text: &str) -> Result<Option<T>, &'static str> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| "plan-number-wrong"),
    }
}

pub(super) fn line(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// `25.00`.
pub(super) fn amount(minor: i64, exponent: u32) -> String {
    let unit = 10_i64.pow(exponent);
    match exponent as usize {
        0 => minor.to_string(),
        digits => format!("{}.{:0digits$}", minor / unit, minor % unit),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fields::minor;
    use super::*;

    #[test]
    fn amounts_are_read_to_the_minor_unit_and_no_further() {
        for (text, exponent, expected) in [
            ("25", 2, Some(2500)),
            ("25.5", 2, Some(2550)),
            ("25,50", 2, Some(2550)),
            ("25.505", 2, None),
            ("1000", 0, Some(1000)),
            ("10.5", 0, None),
            ("1.234", 3, Some(1234)),
            ("-1", 2, None),
            ("", 2, None),
            ("1e3", 2, None),
            ("99999999999999999999", 2, None),
        ] {
            assert_eq!(minor(text, exponent), expected, "{text}");
        }
        assert_eq!(amount(2505, 2), "25.05");
    }

    #[test]
    fn times_are_the_venues_and_stay_as_they_are_if_nobody_changes_them() {
        let zone = chrono_tz::Europe::Lisbon;
        let at: Timestamp = "2036-06-01T19:00:30.5Z".parse().unwrap();
        assert_eq!(local(Some(at), zone), "2036-06-01T20:00");
        assert_eq!(time("2036-06-01T20:00", zone, Some(at)), Ok(Some(at)));
        let other = time("2036-06-01T20:30", zone, Some(at)).unwrap().unwrap();
        assert_eq!(other.to_rfc3339(), "2036-06-01T19:30:00+00:00");
        assert!(time("soon", zone, None).is_err());
    }
}
