//! The events of the organisation: where an organiser begins.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::respond::{private_page, see_other};
use super::session::{Known, Refused};
use super::shell::Shell;
use crate::access::organiser::{Right, Role};
use crate::app::App;
use crate::catalog::{Cursor, Event, Status, When};
use crate::types::EventId;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::format::{Format, machine_time};

/// Events of a page.
const PAGE_EVENTS: usize = 50;

#[derive(Template)]
#[template(path = "admin/events.html")]
struct EventsPage {
    shell: Shell,
    events: Vec<Row>,
    is_past: bool,
    next: Option<Cursor>,
}

/// An event as it is listed.
struct Row {
    id: EventId,
    name: String,
    place: String,
    at_machine: String,
    at: String,
    tickets: String,
    /// The id of a text; empty of what is on sale.
    state: &'static str,
}

#[derive(Deserialize)]
struct Query {
    when: Option<String>,
    cursor: Option<String>,
}

/// GET /admin: to come, or past; scanners are sent to where they scan.
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    who: Known,
) -> Result<HttpResponse, Refused> {
    let membership = who.0.membership.as_ref().ok_or(Refused::Choose)?;
    if membership.role == Role::Scanner {
        return Ok(see_other("/scan"));
    }
    if !membership.role.may(Right::Read) {
        return Err(Error::forbidden("problem-role").into());
    }
    let query: Query = extract::query(&request)?;
    let is_past = query.when.as_deref() == Some("past");
    let when = if is_past { When::Past } else { When::ToCome };
    let cursor = query.cursor.map(|text| extract::parse("/cursor", &text));
    let cursor = cursor.transpose()?;
    let organisation = membership.organisation;
    let found = app
        .catalog
        .of_organisation(organisation, when, cursor, PAGE_EVENTS);
    let found = found.await?;
    let format = Format::of(&request);
    let page = EventsPage {
        shell: Shell::for_known(&request, &who, "events"),
        events: found
            .events
            .iter()
            .map(|event| Row::of(event, &format))
            .collect(),
        is_past,
        next: found.next,
    };
    Ok(private_page(StatusCode::OK, &page)?)
}

impl Row {
    fn of(event: &Event, format: &Format) -> Self {
        let tickets: i64 = event.stocks().map(|tier| i64::from(tier.capacity)).sum();
        Self {
            id: event.id,
            name: event.name.clone(),
            place: format.two_parts(&event.venue.name, &event.venue.city),
            at_machine: machine_time(event.starts_at),
            at: format.date_time(event.starts_at, event.venue.time_zone),
            tickets: format.number(tickets),
            state: match event.status {
                Status::Draft => "plan-state-draft",
                Status::Publishing => "plan-state-publishing",
                Status::CalledOff => "plan-state-called-off",
                Status::Published => "",
            },
        }
    }
}
