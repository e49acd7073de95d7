//! Handlers under /api/organiser/events/{event_id}/check-in: lists, gates, and how many are in.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::event_for;
use crate::access::api_token::Scope;
use crate::app::App;
use crate::catalog::Event;
use crate::checkin::{self, Change, List, NAME_MAX, NewGate, NewList};
use crate::types::TierNo;
use crate::web::api::parameters::EventPath;
use crate::web::door::doors::{self, CheckInJson, GateJson, ListJson};
use crate::web::error::Error;
use crate::web::extract::{self, Body};

/// Read the doors of an event
///
/// Its lists and gates, and how many are in.
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/check-in",
    operation_id = "getCheckIn",
    tag = "check-in",
    params(EventPath),
    responses((status = 200, description = "Lists, gates and counts.", body = CheckInJson)),
    security(("apiToken" = ["check-in"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn read(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (event, _) = event_for(&app, &request, Scope::CheckIn).await?;
    doors::answer(&app, &event).await
}

/// A list as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCheckInList)]
struct NewListJson {
    /// 1 to 100 printable characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The codes of the tiers that it admits; without it, every tier.
    #[schema(min_items = 1)]
    tiers: Option<Vec<String>>,
    /// Whether who has left may come in again.
    #[serde(default)]
    #[schema(default = false)]
    allows_reentry: bool,
}

impl NewListJson {
    fn read(self, event: &Event) -> Result<NewList, Error> {
        let tiers = self.tiers.map(|codes| tiers(event, &codes)).transpose()?;
        Ok(NewList {
            name: name(self.name)?,
            tiers,
            allows_reentry: self.allows_reentry,
        })
    }
}

/// The tiers with these codes, each once.
fn tiers(event: &Event, codes: &[String]) -> Result<Vec<TierNo>, Error> {
    if codes.is_empty() {
        return Err(Error::invalid_field("/tiers", "field-known-tier"));
    }
    let mut tiers = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        let pointer = format!("/tiers/{at}");
        let tier = event.tier(code);
        let tier = tier.ok_or_else(|| Error::invalid_field(&pointer, "field-known-tier"))?;
        if tiers.contains(&tier.no) {
            return Err(Error::invalid_field(&pointer, "field-only-once"));
        }
        tiers.push(tier.no);
    }
    Ok(tiers)
}

/// A name of a list or a gate.
fn name(text: String) -> Result<String, Error> {
    let trimmed = text.trim();
    let length = trimmed.chars().count();
    if !(1..=NAME_MAX).contains(&length) || trimmed.chars().any(char::is_control) {
        return Err(Error::of_gate_name());
    }
    Ok(trimmed.to_owned())
}

/// Make a list
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/check-in/lists",
    operation_id = "createCheckInList",
    tag = "check-in",
    params(EventPath),
    request_body = NewListJson,
    responses((status = 201, description = "The list.", body = ListJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn create_list(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::EventsWrite).await?;
    let asked: NewListJson = extract::json(&request, &body)?;
    let list = checkin::create_list(&app.db, event.no, asked.read(&event)?, &by).await?;
    let sold = app.availability.of(&event).await?;
    Ok(HttpResponse::Created().json(ListJson::new(&event, list, &sold, &[])))
}

/// A list of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
struct ListPath {
    /// The list's id.
    list_id: Uuid,
}

/// Change a list
///
/// All of it. Who is in stays in.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/check-in/lists/{list_id}",
    operation_id = "changeCheckInList",
    tag = "check-in",
    params(EventPath, ListPath),
    request_body = NewListJson,
    responses((status = 200, description = "The list as it is now.", body = ListJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn change_list(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "list_id", "list")?;
    let asked: NewListJson = extract::json(&request, &body)?;
    let asked = asked.read(&event)?;
    let list = List {
        id,
        name: asked.name,
        tiers: asked.tiers,
        allows_reentry: asked.allows_reentry,
    };
    let changed = checkin::change_list(&app.db, event.no, &list, &by).await;
    changed.map_err(|error| match error {
        checkin::GateError::NoList => Error::not_found("list"),
        error => error.into(),
    })?;
    let (counts, _) = checkin::counts(&app.db, event.no).await?;
    let sold = app.availability.of(&event).await?;
    Ok(HttpResponse::Ok().json(ListJson::new(&event, list, &sold, &counts)))
}

/// A gate that is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGate)]
struct NewGateJson {
    /// 1 to 100 printable characters; no other open gate's.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// A list of the event.
    list_id: Uuid,
}

/// Open a gate
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/check-in/gates",
    operation_id = "createGate",
    tag = "check-in",
    params(EventPath),
    request_body = NewGateJson,
    responses((status = 201, description = "The gate.", body = GateJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::EventsWrite).await?;
    let asked: NewGateJson = extract::json(&request, &body)?;
    let new = NewGate {
        name: name(asked.name)?,
        list: asked.list_id,
    };
    let gate = checkin::create_gate(&app.db, event.no, new, &by).await?;
    Ok(HttpResponse::Created().json(GateJson::new(gate, &[])))
}

/// A gate of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
struct GatePath {
    /// The gate's id.
    gate_id: Uuid,
}

/// What is to be changed of a gate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GateChange)]
struct ChangeJson {
    /// Another name.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Another list of the event.
    list_id: Option<Uuid>,
}

/// Change a gate
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/check-in/gates/{gate_id}",
    operation_id = "changeGate",
    tag = "check-in",
    params(EventPath, GatePath),
    request_body = ChangeJson,
    responses((status = 200, description = "The gate as it is now.", body = GateJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn change(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "gate_id", "gate")?;
    let asked: ChangeJson = extract::json(&request, &body)?;
    let change = Change {
        name: asked.name.map(name).transpose()?,
        list: asked.list_id,
    };
    checkin::change_gate(&app.db, event.no, id, change, &by).await?;
    as_it_is(&app, &event, id).await
}

/// Close a gate
///
/// Scans that were queued there are still taken. Again, it changes nothing.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/check-in/gates/{gate_id}/close",
    operation_id = "closeGate",
    tag = "check-in",
    params(EventPath, GatePath),
    responses((status = 200, description = "The gate as it is now.", body = GateJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn close(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "gate_id", "gate")?;
    checkin::close_gate(&app.db, event.no, id, &by).await?;
    as_it_is(&app, &event, id).await
}

async fn as_it_is(app: &App, event: &Event, id: Uuid) -> Result<HttpResponse, Error> {
    let (_, gates) = checkin::gates(&app.db, event.no).await?;
    let (counts, _) = checkin::counts(&app.db, event.no).await?;
    let gate = gates.into_iter().find(|gate| gate.id == id);
    let gate = gate.ok_or_else(|| Error::not_found("gate"))?;
    Ok(HttpResponse::Ok().json(GateJson::new(gate, &counts)))
}
