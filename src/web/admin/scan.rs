//! The scanner: choosing an event and a gate, scanning, and what its script asks for. Works as plain forms; the script
//! adds the camera, sound, and scanning without a network. What a page shows is in `scan_view`.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use uuid::Uuid;

use super::form::{Fields, value_of};
use super::respond::{private_page, see_other};
use super::scan_view::{EventsPage, ScanPage, Shown};
use super::session::{Asks, Manage, May, On, Scan};
use super::shell::Shell;
use crate::access::organiser::Right;
use crate::app::App;
use crate::catalog::{Event, When};
use crate::checkin::{self, Kind, NAME_MAX, Named, NewGate, NewList};
use crate::web::door::{batch, desk, doors, guests, list};
use crate::web::error::Error;
use crate::web::extract::{self, LongBody};
use crate::web::view::format::Format;

/// Events of each kind that are offered.
const EVENTS_MAX: usize = 50;
/// So long after its beginning an event's guests may still come and go.
const AFTER_START: chrono::Duration = chrono::Duration::days(2);
/// Characters of a code at most.
const CODE_MAX: usize = 2_000;

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
/// This page alone uses the camera.
const WITH_CAMERA: HeaderValue = HeaderValue::from_static(
    "accelerometer=(), camera=(self), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
     microphone=(), midi=(), payment=(), usb=()",
);

/// GET /scan: which event?
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    may: May<Scan>,
) -> Result<HttpResponse, Error> {
    let organisation = may.organisation();
    let page = |when| {
        app.catalog
            .of_organisation(organisation, when, None, EVENTS_MAX)
    };
    let past = page(When::Past).await?;
    let to_come = page(When::ToCome).await?;
    let since = app.db.now() - AFTER_START;
    let now = past.events.iter().filter(|event| event.starts_at > since);
    let shell = Shell::of(&request, &may, "scan");
    let events = now.chain(&to_come.events);
    let page = EventsPage::new(shell, &Format::of(&request), events);
    private_page(StatusCode::OK, &page)
}

#[derive(Deserialize, Default)]
pub(super) struct Query {
    /// At which gate.
    pub(super) gate: Option<Uuid>,
    /// The scan that was just made.
    pub(super) scan: Option<Uuid>,
    /// Who is looked for.
    pub(super) q: Option<String>,
}

/// GET /scan/{event}
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Scan>,
) -> Result<HttpResponse, Error> {
    let query: Query = extract::query(&request)?;
    page(&app, &request, &on, query, None).await
}

async fn page<R: Asks>(
    app: &App,
    request: &HttpRequest,
    on: &On<R>,
    query: Query,
    problem: Option<&'static str>,
) -> Result<HttpResponse, Error> {
    let event = event_of(app, on).await?;
    let (lists, gates) = checkin::gates(&app.db, event.no).await?;
    let desk = desk(app, &event);
    let answer = match query.scan {
        Some(scan) => checkin::recorded(desk, scan).await?,
        None => None,
    };
    let gate = gates.iter().find(|gate| Some(gate.id) == query.gate);
    let found = match (gate, query.q.as_deref().map(str::trim)) {
        (Some(gate), Some(q)) if !q.is_empty() => {
            let q: String = q.chars().take(200).collect();
            checkin::find(desk, gate.list, &q).await?
        }
        _ => Vec::new(),
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let shown = Shown {
        event: &event,
        lists: &lists,
        gates: &gates,
        gate,
        answer,
        found: &found,
        query: query.q.unwrap_or_default(),
        may_manage: on.may.role().may(Right::Manage),
        problem,
    };
    let page = ScanPage::new(Shell::of(request, &on.may, "scan"), request, shown);
    let mut response = private_page(status, &page)?;
    response.headers_mut().insert(PERMISSIONS, WITH_CAMERA);
    Ok(response)
}

async fn event_of<R>(app: &App, on: &On<R>) -> Result<Arc<Event>, Error> {
    let event = app.catalog.event(on.id).await?;
    let event = event.map(|event| event.whole());
    event.ok_or_else(|| Error::not_found("event"))
}

fn id(fields: &Fields, name: &str) -> Option<Uuid> {
    value_of(fields, name)?.parse().ok()
}

/// POST /scan/{event}: one scan, by a form.
pub async fn scan(app: Data<App>, on: On<Scan>, fields: Fields) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &on).await?;
    let gate = id(&fields, "gate").ok_or_else(|| Error::not_found("gate"))?;
    let code = value_of(&fields, "code").unwrap_or_default();
    let ticket = value_of(&fields, "ticket").and_then(|text| text.parse().ok());
    let code: String = code.chars().take(CODE_MAX).collect();
    let scan = checkin::Scan {
        id: id(&fields, "key").unwrap_or_else(Uuid::new_v4),
        gate,
        kind: match value_of(&fields, "kind") {
            Some("exit") => Kind::Exit,
            _ => Kind::Entry,
        },
        named: ticket.map_or(Named::Code(code), Named::Ticket),
        scanned_at: None,
        let_in: false,
    };
    let answer = checkin::scan(desk(&app, &event), &scan, &on.may.actor()).await?;
    let path = format!("/scan/{}?gate={gate}&scan={}", on.id, answer.id);
    Ok(see_other(&path))
}

/// POST /scan/{event}/gates
pub async fn open_gate(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let name = value_of(&fields, "name").unwrap_or_default().trim();
    let length = name.chars().count();
    if !(1..=NAME_MAX).contains(&length) || name.chars().any(char::is_control) {
        return page(
            &app,
            &request,
            &on,
            Query::default(),
            Some("scan-gate-name-wrong"),
        )
        .await;
    }
    let by = on.may.actor();
    let list = match id(&fields, "list") {
        Some(list) => list,
        None => {
            let new = new_list(&app, &on, &fields, name).await?;
            checkin::create_list(&app.db, on.event, new, &by).await?.id
        }
    };
    let new = NewGate {
        name: name.to_owned(),
        list,
    };
    match checkin::create_gate(&app.db, on.event, new, &by).await {
        Ok(gate) => Ok(see_other(&format!("/scan/{}?gate={}", on.id, gate.id))),
        Err(checkin::GateError::NameTaken) => {
            let problem = Some("scan-gate-name-taken");
            page(&app, &request, &on, Query::default(), problem).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A list of its own for a gate: the tiers that are ticked, or all.
async fn new_list(
    app: &App,
    on: &On<Manage>,
    fields: &Fields,
    name: &str,
) -> Result<NewList, Error> {
    let event = event_of(app, on).await?;
    let ticked = fields.iter().filter(|(field, _)| field == "tier");
    let tiers = ticked.filter_map(|(_, code)| event.tier(code).map(|tier| tier.no));
    let tiers: Vec<_> = tiers.collect();
    let is_all = tiers.is_empty() || tiers.len() == event.tiers.len();
    Ok(NewList {
        name: name.to_owned(),
        tiers: (!is_all).then_some(tiers),
        allows_reentry: value_of(fields, "reentry").is_some(),
    })
}

/// POST /scan/{event}/scans: what the script has queued.
pub async fn scan_all(
    app: Data<App>,
    request: HttpRequest,
    on: On<Scan>,
    body: LongBody,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &on).await?;
    batch::scan_all(&app, &request, &event, &on.may.actor(), body).await
}

/// POST /scan/{event}/scans/{scan_id}/undo
pub async fn undo(
    app: Data<App>,
    request: HttpRequest,
    on: On<Scan>,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &on).await?;
    let scan = extract::path_id(&request, "scan_id", "scan")?;
    let answer = checkin::undo(desk(&app, &event), scan, &on.may.actor()).await?;
    let path = format!("/scan/{}?gate={}&scan={scan}", on.id, answer.gate);
    Ok(see_other(&path))
}

/// GET /scan/{event}/list
pub async fn offline(
    app: Data<App>,
    request: HttpRequest,
    on: On<Scan>,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &on).await?;
    list::answer(&app, &request, &event).await
}

/// GET /scan/{event}/search
pub async fn search(
    app: Data<App>,
    request: HttpRequest,
    on: On<Scan>,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &on).await?;
    guests::answer(&app, &request, &event).await
}

/// GET /scan/{event}/counts
pub async fn counts(app: Data<App>, on: On<Scan>) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &on).await?;
    doors::answer(&app, &event).await
}
