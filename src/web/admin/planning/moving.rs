//! Moving an event to another date, and what its buyers have answered.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;

use super::event::path;
use super::fields::Refused;
use super::form::{Fields, value_of};
use super::inputs::{self, Input, Kind, Shown, input};
use super::page::words;
use super::respond::{private_page, see_other};
use super::session::{Manage, On, Read};
use super::shell::Shell;
use crate::access::organiser::Right;
use crate::app::App;
use crate::booking;
use crate::catalog::organise::{self, EditError, Move, Own};
use crate::catalog::{Status, VenueDetails};
use crate::types::EventId;
use crate::web::error::Error;
use crate::web::view::format::{Format, machine_time};
use crate::web::view::words::Words;

/// What is asked of a move.
#[rustfmt::skip]
const MOVE: &[Input] = &[
    input("starts", "/starts_at", "event-move-starts", Kind::Time, true),
    input("until", "/answer_until", "event-move-until", Kind::Time, true),
    input("doors", "/doors_at", "event-move-doors", Kind::Time, false),
    input("ends", "/ends_at", "event-move-ends", Kind::Time, false),
    input("venue", "/venue/name", "plan-venue", Kind::Text, true),
    input("address", "/venue/address", "plan-address", Kind::Text, false),
    input("city", "/venue/city", "plan-city", Kind::Text, true),
    input("country", "/venue/country", "plan-country", Kind::Text, true),
    input("zone", "/venue/time_zone", "plan-zone", Kind::Text, true),
];

#[derive(Template)]
#[template(path = "admin/move.html")]
struct MovePage {
    shell: Shell,
    id: EventId,
    version: i32,
    /// When and where it is now.
    now: (String, String),
    place: String,
    last: Option<Last>,
    may_move: bool,
    is_published: bool,
    inputs: Vec<Shown>,
    alert: Option<String>,
}

impl MovePage {
    fn refusal(&self) -> Option<Refused> {
        Refused::of(self.alert.as_ref(), inputs::wrong_of(&self.inputs))
    }
}

/// The last move, and what was answered to it.
struct Last {
    at: (String, String),
    from: (String, String),
    from_place: Option<String>,
    until: (String, String),
    keep: String,
    returned: String,
    silent: String,
}

/// GET /admin/events/{event}/move
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Read>,
) -> Result<HttpResponse, Error> {
    let own = organise::read(&app.db, on.id, &on.may.actor()).await?;
    let shell = Shell::of_event(&request, &on, &own.event, "plan");
    let page = page_of(&app, &request, shell, &own).await?;
    private_page(StatusCode::OK, &page)
}

/// POST /admin/events/{event}/move
pub async fn begin(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (by, words) = (on.may.actor(), words(&request));
    let own = organise::read(&app.db, on.id, &by).await?;
    let shell = Shell::of_event(&request, &on, &own.event, "plan");
    let mut page = page_of(&app, &request, shell, &own).await?;
    inputs::take(&mut page.inputs, &fields);
    let to = read_move(&own, &mut page.inputs, words);
    let version = value_of(&fields, "version").and_then(|text| text.parse().ok());
    let moved = match (version, to) {
        (Some(version), Some(to)) => organise::move_to(&app.db, &by, on.id, version, &to).await,
        _ => Err(EditError::Invalid(Vec::new())),
    };
    let alert = match moved {
        Ok(_) => {
            app.catalog.forget(on.id);
            return Ok(see_other(&path(on.id, "move?done=event-moved")));
        }
        Err(EditError::Invalid(wrong)) => {
            inputs::refuse(MOVE, &mut page.inputs, wrong, words).join(" ")
        }
        Err(EditError::Stale { .. }) => words.text("plan-stale").to_owned(),
        Err(error) => return Err(error.into()),
    };
    page.alert = (!alert.is_empty()).then_some(alert);
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn page_of(
    app: &App,
    request: &HttpRequest,
    shell: Shell,
    own: &Own,
) -> Result<MovePage, Error> {
    let (event, format) = (&own.event, Format::of(request));
    let venue = own.details().venue;
    let zone = event.venue.time_zone;
    let at = |at| (machine_time(at), format.date_time(at, zone));
    let last = match &event.moved {
        None => None,
        Some(moved) => {
            let counts = booking::count_answers(&app.db, event.no, moved).await?;
            Some(Last {
                at: at(moved.at),
                from: at(moved.from),
                from_place: moved.from_place.clone(),
                until: at(moved.answer_until),
                keep: format.number(counts.keep),
                returned: format.number(counts.returned),
                silent: format.number(counts.silent),
            })
        }
    };
    Ok(MovePage {
        may_move: shell.may(&Right::Manage),
        shell,
        id: event.id,
        version: event.version,
        now: at(event.starts_at),
        place: format!("{}, {}", event.venue.name, event.venue.city),
        last,
        is_published: event.status == Status::Published,
        inputs: inputs::show(MOVE, "", words(request), |name| of_venue(&venue, name)),
        alert: None,
    })
}

/// The venue stays unless it is said otherwise; times are typed.
fn of_venue(venue: &VenueDetails, name: &str) -> String {
    match name {
        "venue" => venue.name.clone(),
        "address" => venue.address.clone().unwrap_or_default(),
        "city" => venue.city.clone(),
        "country" => venue.country.clone(),
        "zone" => venue.time_zone.clone(),
        _ => String::new(),
    }
}

/// What was typed; `None` if something of it cannot be read, which is said beside its field.
fn read_move(own: &Own, shown: &mut [Shown], words: &Words) -> Option<Move> {
    let was = own.details().venue;
    let typed = |name: &str| {
        let field = shown.iter().find(|one| one.name == name);
        field.map_or_else(String::new, |one| one.field.value.clone())
    };
    let zone = typed("zone").parse().unwrap_or(Tz::UTC);
    let address = typed("address");
    let mut venue = VenueDetails {
        name: typed("venue"),
        city: typed("city"),
        country: typed("country").to_ascii_uppercase(),
        time_zone: typed("zone"),
        address: (!address.is_empty()).then_some(address),
        accessibility: Vec::new(),
    };
    if (&venue.name, &venue.city, &venue.country) == (&was.name, &was.city, &was.country) {
        venue.accessibility.clone_from(&was.accessibility);
    }
    let mut to = Move {
        venue: (venue != was).then_some(venue),
        ..Move::default()
    };
    let mut is_read = true;
    for one in shown {
        let field = match one.name {
            "starts" => &mut to.starts_at,
            "until" => &mut to.answer_until,
            "doors" => &mut to.doors_at,
            "ends" => &mut to.ends_at,
            _ => continue,
        };
        match inputs::time(&one.field.value, zone, None) {
            Ok(at) => *field = at,
            Err(text) => {
                one.field.refuse(words.text(text));
                is_read = false;
            }
        }
    }
    is_read.then_some(to)
}
