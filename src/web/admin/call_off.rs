//! Calling an event off, after its name was typed; and how far it is.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::fields::Field;
use super::form::Fields;
use super::respond::{private_page, see_other};
use super::session::{Manage, On, Read};
use super::shell::Shell;
use crate::access::organiser::Right;
use crate::app::App;
use crate::catalog::Event;
use crate::payment::CallOff;
use crate::types::EventId;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::format::{Format, machine_time};

#[derive(Template)]
#[template(path = "admin/call_off.html")]
struct CallOffPage {
    shell: Shell,
    id: EventId,
    event_name: String,
    progress: Option<Progress>,
    is_live: bool,
    may_manage: bool,
    name: Field,
}

/// How far it is, as the page says it.
struct Progress {
    at_machine: String,
    at: String,
    bookings: i64,
    cancelled: i64,
    bookings_text: String,
    refunds: i64,
    refunded: i64,
    refunds_text: String,
    failed: Option<String>,
    by_hand: Option<String>,
    finished: Option<(String, String)>,
}

#[derive(Default, Deserialize)]
struct Query {
    #[serde(default)]
    live: String,
}

impl Progress {
    fn of(of: &CallOff, event: &Event, format: &Format) -> Self {
        let at = |at| {
            (
                machine_time(at),
                format.date_time(at, event.venue.time_zone),
            )
        };
        let part = |done: i64, all: i64| {
            let (done, all) = (format.number(done), format.number(all));
            format
                .words
                .with("call-off-part", &[("done", &done), ("all", &all)])
        };
        let (at_machine, at_text) = at(of.called_off_at);
        Self {
            at_machine,
            at: at_text,
            bookings: of.bookings,
            cancelled: of.cancelled,
            bookings_text: part(of.cancelled, of.bookings),
            refunds: of.refunds,
            refunded: of.refunded,
            refunds_text: part(of.refunded, of.refunds),
            failed: (of.failed > 0).then(|| format.number(of.failed)),
            by_hand: (of.by_hand > 0).then(|| format.number(of.by_hand)),
            finished: of.finished_at.map(at),
        }
    }
}

async fn event_of<R>(app: &App, on: &On<R>) -> Result<std::sync::Arc<Event>, Error> {
    let event = app.catalog.event(on.id).await?;
    let event = event.map(|event| event.whole());
    event.ok_or_else(|| Error::not_found("event"))
}

/// GET /admin/events/{event}/call-off
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Read>,
) -> Result<HttpResponse, Error> {
    let query: Query = extract::query(&request)?;
    let event = event_of(&app, &on).await?;
    let progress = app.payments.called_off(event.no).await?;
    let shell = Shell::of_event(&request, &on, &event, "call-off");
    let format = Format::of(&request);
    let is_finished = progress
        .as_ref()
        .is_some_and(|progress| progress.finished_at.is_some());
    let page = CallOffPage {
        may_manage: shell.may(&Right::Manage),
        shell,
        id: event.id,
        event_name: event.name.clone(),
        progress: progress.map(|progress| Progress::of(&progress, &event, &format)),
        is_live: !query.live.is_empty() && !is_finished,
        name: Field::default(),
    };
    private_page(StatusCode::OK, &page)
}

/// POST /admin/events/{event}/call-off
pub async fn begin(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &on).await?;
    let mut name = Field::of(&fields, "name");
    if name.value != event.name.trim() {
        let shell = Shell::of_event(&request, &on, &event, "call-off");
        name.refuse(shell.text("field-name-of-event"));
        let page = CallOffPage {
            shell,
            id: event.id,
            event_name: event.name.clone(),
            progress: None,
            is_live: false,
            may_manage: true,
            name,
        };
        return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    app.payments.call_off(&on.may.actor(), &event).await?;
    let path = format!("/admin/events/{}/call-off?live=1&done=called-off", event.id);
    Ok(see_other(&path))
}
