//! The fields of the forms of an event and of a tier: what stands in them, and how what was typed is read.
//!
//! What must hold: what cannot be read is said beside its field; what was typed stays. Times are those of the venue.

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use super::fields::{Field, minor};
use crate::catalog::{Details, Event, Genre, TierDetails, Wrong};
use crate::types::contact::ContactRule;
use crate::types::{Currency, Timestamp};
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
    /// Another tier of the event; [`offer_stocks`] says which there are.
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

/// Of an event.
#[rustfmt::skip]
pub(super) const EVENT: &[Input] = &[
    input("name", "/name", "plan-name", Kind::Text, true),
    input("description", "/description", "plan-description", Kind::Area, false),
    input("genre", "/facts/genre", "plan-genre", Kind::Genre, false),
    input("starts", "/starts_at", "plan-starts", Kind::Time, true),
    input("doors", "/facts/doors_at", "plan-doors", Kind::Time, false),
    input("ends", "/facts/ends_at", "plan-ends", Kind::Time, false),
    input("on-sale", "/on_sale_at", "plan-on-sale", Kind::Time, false),
    input("venue", "/venue/name", "plan-venue", Kind::Text, true),
    input("address", "/venue/address", "plan-address", Kind::Text, false),
    input("city", "/venue/city", "plan-city", Kind::Text, true),
    input("country", "/venue/country", "plan-country", Kind::Text, true),
    input("zone", "/venue/time_zone", "plan-zone", Kind::Text, true),
    input("currency", "/currency", "plan-currency", Kind::Text, true),
    input("per-booking", "/max_tickets_per_booking", "plan-per-booking", Kind::Number, false),
    input("per-buyer", "/max_tickets_per_buyer", "plan-per-buyer", Kind::Number, false),
    input("hold", "/hold_seconds", "plan-hold", Kind::Number, false),
    input("contact", "/contact", "plan-contact", Kind::Contact, false),
    input("age", "/facts/age_min", "plan-age", Kind::Number, false),
    input("lineup", "/facts/lineup", "plan-lineup", Kind::Area, false),
    input("organiser", "/facts/organiser", "plan-organiser", Kind::Text, false),
    input("terms", "/facts/terms", "plan-terms", Kind::Area, false),
    input("refunds", "/facts/refund_policy", "plan-refunds", Kind::Area, false),
];

/// Of a tier.
#[rustfmt::skip]
pub(super) const TIER: &[Input] = &[
    input("tier", "/tier", "plan-code", Kind::Text, true),
    input("name", "/name", "plan-tier-name", Kind::Text, true),
    input("price", "/price_minor", "plan-price", Kind::Text, true),
    input("shares", "/shares", "plan-shares", Kind::Stock, false),
    input("capacity", "/capacity", "plan-capacity", Kind::Number, false),
    input("rows", "/row_blocks", "plan-rows", Kind::Text, false),
    input("wheelchair", "/wheelchair", "plan-wheelchair", Kind::Text, false),
    input("companion", "/companion", "plan-companion", Kind::Text, false),
    input("opens", "/on_sale_at", "plan-opens", Kind::Time, false),
    input("closes", "/off_sale_at", "plan-closes", Kind::Time, false),
    input("least", "/min_tickets", "plan-least", Kind::Number, false),
    input("most", "/max_tickets", "plan-most", Kind::Number, false),
    input("position", "/position", "plan-position", Kind::Number, false),
    input("hidden", "/hidden", "plan-hidden", Kind::Choice(HIDDEN), false),
];

const HIDDEN: &[(&str, &str)] = &[("no", "plan-hidden-no"), ("yes", "plan-hidden-yes")];

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

/// Offers the tiers whose tickets may be sold as those of the tier with this code too.
pub(super) fn offer_stocks(shown: &mut [Shown], event: &Event, code: &str, words: &Words) {
    let Some(shown) = shown.iter_mut().find(|one| one.name == "shares") else {
        return;
    };
    let own = (String::new(), words.text("plan-shares-none").to_owned());
    let others = event.stocks().filter(|tier| tier.code.as_str() != code);
    let others = others.map(|tier| (tier.code.to_string(), tier.name.clone()));
    let option = |(code, name): (String, String)| {
        let is_chosen = code == shown.field.value;
        (code, name, is_chosen)
    };
    shown.options = std::iter::once(own).chain(others).map(option).collect();
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

fn line(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// What a field of an event says.
pub(super) fn of_event(details: &Details, name: &str) -> String {
    let zone = details.venue.time_zone.parse().unwrap_or(Tz::UTC);
    let facts = &details.facts;
    let number = |number: Option<i64>| number.map_or_else(String::new, |it| it.to_string());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    match name {
        "name" => details.name.clone(),
        "description" => details.description.clone(),
        "genre" => facts.genre.as_str().to_owned(),
        "starts" => local(details.starts_at, zone),
        "doors" => local(facts.doors_at, zone),
        "ends" => local(facts.ends_at, zone),
        "on-sale" => local(details.on_sale_at, zone),
        "venue" => details.venue.name.clone(),
        "address" => text(&details.venue.address),
        "city" => details.venue.city.clone(),
        "country" => details.venue.country.clone(),
        "zone" => details.venue.time_zone.clone(),
        "currency" => details.currency.clone(),
        "per-booking" => number(details.max_tickets_per_booking),
        "per-buyer" => number(details.max_tickets_per_buyer),
        "hold" => number(details.hold_seconds),
        "contact" => text(&details.contact),
        "age" => number(facts.age_min.map(i64::from)),
        "lineup" => facts.lineup.join("\n"),
        "organiser" => text(&facts.organiser),
        "terms" => text(&facts.terms),
        "refunds" => text(&facts.refund_policy),
        _ => String::new(),
    }
}

/// Puts what was typed into an event; what cannot be read is said beside its field.
pub(super) fn read_event(details: &mut Details, shown: &mut [Shown], words: &Words) -> bool {
    let zone = shown.iter().find(|one| one.name == "zone");
    let zone = zone
        .and_then(|one| one.field.value.parse().ok())
        .unwrap_or(Tz::UTC);
    let mut is_read = true;
    for one in shown {
        if let Err(text) = set_event(details, one.name, &one.field.value, zone) {
            one.field.refuse(words.text(text));
            is_read = false;
        }
    }
    is_read
}

fn set_event(details: &mut Details, name: &str, text: &str, zone: Tz) -> Result<(), &'static str> {
    let facts = &mut details.facts;
    match name {
        "name" => details.name = text.to_owned(),
        "description" => details.description = text.replace("\r\n", "\n"),
        "genre" => facts.genre = text.parse().unwrap_or_default(),
        "starts" => details.starts_at = time(text, zone, details.starts_at)?,
        "doors" => facts.doors_at = time(text, zone, facts.doors_at)?,
        "ends" => facts.ends_at = time(text, zone, facts.ends_at)?,
        "on-sale" => details.on_sale_at = time(text, zone, details.on_sale_at)?,
        "venue" => details.venue.name = text.to_owned(),
        "address" => details.venue.address = line(text),
        "city" => details.venue.city = text.to_owned(),
        "country" => details.venue.country = text.to_ascii_uppercase(),
        "zone" => details.venue.time_zone = text.to_owned(),
        "currency" => details.currency = text.to_ascii_uppercase(),
        "per-booking" => details.max_tickets_per_booking = number(text)?,
        "per-buyer" => details.max_tickets_per_buyer = number(text)?,
        "hold" => details.hold_seconds = number(text)?,
        "contact" => details.contact = line(text),
        "age" => facts.age_min = number(text)?,
        "lineup" => {
            let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
            facts.lineup = names.map(str::to_owned).collect();
        }
        "organiser" => facts.organiser = line(text),
        "terms" => facts.terms = line(&text.replace("\r\n", "\n")),
        "refunds" => facts.refund_policy = line(&text.replace("\r\n", "\n")),
        _ => {}
    }
    Ok(())
}

/// What a field of a tier says.
pub(super) fn of_tier(tier: &TierDetails, name: &str, currency: Currency, zone: Tz) -> String {
    let number = |number: Option<i16>| number.map_or_else(String::new, |it| it.to_string());
    match name {
        "tier" => tier.tier.clone(),
        "name" => tier.name.clone(),
        "price" => amount(tier.price_minor, currency.exponent()),
        "shares" => tier.shares.clone().unwrap_or_default(),
        // What is not said yet is an empty field.
        "capacity" if tier.capacity == 0 => String::new(),
        "capacity" => tier.capacity.to_string(),
        "rows" => {
            let blocks = tier.row_blocks.iter().flatten().map(i16::to_string);
            blocks.collect::<Vec<_>>().join("+")
        }
        "wheelchair" => tier.wheelchair.join(", "),
        "companion" => tier.companion.join(", "),
        "opens" => local(tier.on_sale_at, zone),
        "closes" => local(tier.off_sale_at, zone),
        "least" => number(tier.min_tickets),
        "most" => number(tier.max_tickets),
        "position" => tier.position.to_string(),
        "hidden" => (if tier.hidden { "yes" } else { "no" }).to_owned(),
        _ => String::new(),
    }
}

/// Puts what was typed into a tier; what cannot be read is said beside its field.
pub(super) fn read_tier(
    tier: &mut TierDetails,
    shown: &mut [Shown],
    (currency, zone): (Currency, Tz),
    words: &Words,
) -> bool {
    let mut is_read = true;
    for one in shown {
        if let Err(text) = set_tier(tier, one.name, &one.field.value, currency, zone) {
            one.field.refuse(words.text(text));
            is_read = false;
        }
    }
    is_read
}

fn set_tier(
    tier: &mut TierDetails,
    name: &str,
    text: &str,
    currency: Currency,
    zone: Tz,
) -> Result<(), &'static str> {
    match name {
        "tier" if !text.is_empty() => tier.tier = text.to_owned(),
        "name" => tier.name = text.to_owned(),
        "price" => tier.price_minor = minor(text, currency.exponent()).ok_or("plan-price-wrong")?,
        "shares" => tier.shares = line(text),
        "capacity" => tier.capacity = number(text)?.unwrap_or(0),
        "rows" => {
            let blocks = text.split('+').map(|width| width.trim().parse());
            let blocks: Result<Vec<i16>, _> = blocks.collect();
            tier.row_blocks = match text {
                "" => None,
                _ => Some(blocks.map_err(|_| "plan-rows-wrong")?),
            };
        }
        "wheelchair" => tier.wheelchair = labels(text),
        "companion" => tier.companion = labels(text),
        "opens" => tier.on_sale_at = time(text, zone, tier.on_sale_at)?,
        "closes" => tier.off_sale_at = time(text, zone, tier.off_sale_at)?,
        "least" => tier.min_tickets = number(text)?,
        "most" => tier.max_tickets = number(text)?,
        "position" => tier.position = number(text)?.unwrap_or(0),
        "hidden" => tier.hidden = text == "yes",
        _ => {}
    }
    Ok(())
}

/// Of `A-1, A-2`.
fn labels(text: &str) -> Vec<String> {
    let labels = text.split([',', ';', ' ', '\n']).map(str::trim);
    let labels = labels.filter(|label| !label.is_empty());
    labels.map(str::to_uppercase).collect()
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
