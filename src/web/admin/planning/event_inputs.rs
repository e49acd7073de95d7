//! The fields of an event: what stands in them, and how what was typed is read.
//!
//! What must hold: as in `inputs`.

use chrono_tz::Tz;

use super::inputs::{Input, Kind, Shown, input, line, local, number, time};
use crate::catalog::Details;
use crate::web::view::words::Words;

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

/// The parts of the form: the id of what a part is called, and its fields.
pub(super) const PARTS: &[(&str, &[&str])] = &[
    (
        "plan-part-about",
        &["name", "genre", "description", "lineup", "age"],
    ),
    ("plan-part-when", &["starts", "doors", "ends"]),
    (
        "plan-part-where",
        &["venue", "address", "city", "country", "zone"],
    ),
    (
        "plan-part-sale",
        &[
            "on-sale",
            "currency",
            "per-booking",
            "per-buyer",
            "hold",
            "contact",
        ],
    ),
    ("plan-part-terms", &["organiser", "terms", "refunds"]),
];

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
