//! The doors of an event: its lists with their gates and how many came in; lists are made and changed, gates moved to another
//! list and closed.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use uuid::Uuid;

use super::form::{Fields, value_of};
use super::respond::{private_page, see_other};
use super::session::{Manage, On};
use super::shell::Shell;
use crate::app::App;
use crate::catalog::Event;
use crate::checkin::{self, Change, Gate, GateCount, GateError, List, NAME_MAX, NewList};
use crate::types::EventId;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::format::Format;

#[derive(Template)]
#[template(path = "admin/doors.html")]
struct DoorsPage {
    shell: Shell,
    id: EventId,
    event_name: String,
    lists: Vec<ListView>,
    new: ListView,
    /// What is wrong with the list that was sent, by its id; of a new one without.
    problem: Option<(Option<Uuid>, &'static str)>,
}

/// A list as it is shown and changed.
struct ListView {
    id: Option<Uuid>,
    name: String,
    /// Code, name, and whether it admits it.
    tiers: Vec<(String, String, bool)>,
    again: bool,
    gates: Vec<GateView>,
    entered: String,
    inside: String,
    is_open: bool,
}

struct GateView {
    id: Uuid,
    name: String,
    is_open: bool,
    entered: String,
}

impl ListView {
    fn of(
        event: &Event,
        list: &List,
        gates: &[Gate],
        counts: &[GateCount],
        format: &Format,
    ) -> Self {
        let of_list = |count: &&GateCount| count.list == list.id;
        let sum = |of: fn(&GateCount) -> i64| counts.iter().filter(of_list).map(of).sum::<i64>();
        let gates = gates.iter().filter(|gate| gate.list == list.id);
        let entered = |gate: &Gate| {
            let at = counts.iter().filter(|count| count.gate == gate.id);
            at.map(|count| count.tickets).sum::<i64>()
        };
        let gates = gates.map(|gate| GateView {
            id: gate.id,
            name: gate.name.clone(),
            is_open: gate.closed_at.is_none(),
            entered: format.number(entered(gate)),
        });
        let gates: Vec<GateView> = gates.collect();
        Self {
            id: Some(list.id),
            name: list.name.clone(),
            tiers: tiers(event, list.tiers.as_deref()),
            again: list.allows_reentry,
            is_open: gates.iter().any(|gate| gate.is_open),
            gates,
            entered: format.number(sum(|count| count.tickets)),
            inside: format.number(sum(|count| count.inside)),
        }
    }

    fn new(event: &Event) -> Self {
        Self {
            id: None,
            name: String::new(),
            tiers: tiers(event, None),
            again: false,
            gates: Vec::new(),
            entered: String::new(),
            inside: String::new(),
            is_open: false,
        }
    }
}

fn tiers(event: &Event, admitted: Option<&[crate::types::TierNo]>) -> Vec<(String, String, bool)> {
    let is_in = |no| admitted.is_none_or(|tiers| tiers.contains(&no));
    let tiers = event.tiers.iter();
    tiers
        .map(|tier| (tier.code.to_string(), tier.name.clone(), is_in(tier.no)))
        .collect()
}

/// GET /scan/{event}/doors
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    page(&app, &request, &on, None).await
}

async fn page(
    app: &App,
    request: &HttpRequest,
    on: &On<Manage>,
    problem: Option<(Option<Uuid>, &'static str)>,
) -> Result<HttpResponse, Error> {
    let event = app.catalog.event(on.id).await?;
    let event = event.ok_or_else(|| Error::not_found("event"))?.whole();
    let (lists, gates) = checkin::gates(&app.db, event.no).await?;
    let (counts, _) = checkin::counts(&app.db, event.no).await?;
    let format = Format::of(request);
    let lists = lists.iter();
    let page = DoorsPage {
        shell: Shell::of(request, &on.may, "scan"),
        id: event.id,
        event_name: event.name.clone(),
        lists: lists
            .map(|list| ListView::of(&event, list, &gates, &counts, &format))
            .collect(),
        new: ListView::new(&event),
        problem,
    };
    let status = match page.problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    private_page(status, &page)
}

/// A list as it was sent; `None` if its name will not do.
async fn sent(app: &App, on: &On<Manage>, fields: &Fields) -> Result<Option<NewList>, Error> {
    let event = app.catalog.event(on.id).await?;
    let event = event.ok_or_else(|| Error::not_found("event"))?.whole();
    let name = value_of(fields, "name").unwrap_or_default().trim();
    let length = name.chars().count();
    if !(1..=NAME_MAX).contains(&length) || name.chars().any(char::is_control) {
        return Ok(None);
    }
    let ticked = fields.iter().filter(|(field, _)| field == "tier");
    let tiers = ticked.filter_map(|(_, code)| event.tier(code).map(|tier| tier.no));
    let tiers: Vec<_> = tiers.collect();
    let is_all = tiers.is_empty() || tiers.len() == event.tiers.len();
    Ok(Some(NewList {
        name: name.to_owned(),
        tiers: (!is_all).then_some(tiers),
        allows_reentry: value_of(fields, "reentry").is_some(),
    }))
}

fn doors(on: &On<Manage>) -> HttpResponse {
    see_other(&format!("/scan/{}/doors?done=doors-saved", on.id))
}

fn not_found(error: GateError) -> Error {
    match error {
        GateError::NoList => Error::not_found("list"),
        GateError::NoGate => Error::not_found("gate"),
        error => error.into(),
    }
}

/// POST /scan/{event}/lists
pub async fn make_list(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let Some(new) = sent(&app, &on, &fields).await? else {
        return page(&app, &request, &on, Some((None, "scan-gate-name-wrong"))).await;
    };
    checkin::create_list(&app.db, on.event, new, &on.may.actor()).await?;
    Ok(doors(&on))
}

/// POST /scan/{event}/lists/{list_id}
pub async fn change_list(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let id: Uuid = extract::path_id(&request, "list_id", "list")?;
    let Some(new) = sent(&app, &on, &fields).await? else {
        return page(
            &app,
            &request,
            &on,
            Some((Some(id), "scan-gate-name-wrong")),
        )
        .await;
    };
    let list = List {
        id,
        name: new.name,
        tiers: new.tiers,
        allows_reentry: new.allows_reentry,
    };
    let changed = checkin::change_list(&app.db, on.event, &list, &on.may.actor()).await;
    changed.map_err(not_found)?;
    Ok(doors(&on))
}

/// POST /scan/{event}/lists/{list_id}/close: all of its gates.
pub async fn close_list(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let id: Uuid = extract::path_id(&request, "list_id", "list")?;
    let (lists, _) = checkin::gates(&app.db, on.event).await?;
    if lists.iter().all(|list| list.id != id) {
        return Err(Error::not_found("list"));
    }
    checkin::close_gates_of(&app.db, on.event, id, &on.may.actor()).await?;
    Ok(doors(&on))
}

/// POST /scan/{event}/gates/{gate_id}: to another list.
pub async fn change_gate(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let id: Uuid = extract::path_id(&request, "gate_id", "gate")?;
    let list = value_of(&fields, "list").and_then(|list| list.parse().ok());
    let list: Uuid = list.ok_or_else(|| Error::not_found("list"))?;
    let change = Change {
        list: Some(list),
        ..Change::default()
    };
    let changed = checkin::change_gate(&app.db, on.event, id, change, &on.may.actor()).await;
    changed.map_err(not_found)?;
    Ok(doors(&on))
}

/// POST /scan/{event}/gates/{gate_id}/close
pub async fn close_gate(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let id: Uuid = extract::path_id(&request, "gate_id", "gate")?;
    let closed = checkin::close_gate(&app.db, on.event, id, &on.may.actor()).await;
    closed.map_err(not_found)?;
    Ok(doors(&on))
}
