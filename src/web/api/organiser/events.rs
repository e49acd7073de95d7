//! Handlers under /api/organiser/events: an organisation's events, created, read, changed, deleted and copied.

use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::actor_for;
use super::event_json::{EventChange, OwnJson, merged, take_version};
use crate::access::api_token::Scope;
use crate::app::App;
use crate::audit::Actor;
use crate::catalog::organise::{self, Cursor, Dates, EditError, Reach};
use crate::catalog::{Details, Status};
use crate::types::{EventId, Timestamp};
use crate::web::api::parameters::EventPath;
use crate::web::error::Error;
use crate::web::extract::{self, Body};

/// Events in a page unless the query says otherwise, and at most.
const LIMIT: usize = 20;
const LIMIT_MAX: usize = 100;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `draft`, `publishing`, `published` or `called_off`.
    status: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Events of the page.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// A page of an organisation's events.
#[derive(Serialize, ToSchema)]
#[schema(as = OrganiserEvents)]
struct ListJson {
    /// The latest first.
    events: Vec<OwnJson>,
    /// For the `cursor` of the next page; null on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// List your events
///
/// Whatever their status, the latest first.
#[utoipa::path(
    get,
    path = "/api/organiser/events",
    operation_id = "listOwnEvents",
    tag = "organiser",
    params(ListQuery),
    responses((status = 200, description = "A page of events.", body = ListJson)),
    security(("apiToken" = ["events:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden"]))),
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsRead).await?;
    let asked: ListQuery = extract::query(&request)?;
    let status = asked.status.as_deref();
    let status: Option<Status> = status
        .map(|text| extract::parse("/status", text))
        .transpose()?;
    let cursor = asked.cursor.as_deref();
    let cursor: Option<Cursor> = cursor
        .map(|text| extract::parse("/cursor", text))
        .transpose()?;
    let limit = asked.limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Error::out_of_range("/limit", 1, LIMIT_MAX));
    }
    let page = organise::list(&app.db, &by, status, cursor, limit).await?;
    Ok(HttpResponse::Ok().json(ListJson {
        events: page.events.iter().map(OwnJson::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

/// Create an event
///
/// A draft, which buyers cannot see; it is sold once it is published. A token of an operator creates events of the first
/// organisation.
#[utoipa::path(
    post,
    path = "/api/organiser/events",
    operation_id = "createEvent",
    tag = "organiser",
    request_body = Details,
    responses((status = 201, description = "The draft.", body = OwnJson,
        headers(("Location" = String, description = "The event's path.")))),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden"]))),
)]
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let details: Details = extract::json(&request, &body)?;
    let id = organise::create(&app.db, &by, &details).await?;
    let path = format!("/api/organiser/events/{id}");
    let created = organise::read(&app.db, id, &by).await?;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, path))
        .json(OwnJson::from(&created)))
}

/// Read an event of yours
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}",
    operation_id = "getOwnEvent",
    tag = "organiser",
    params(EventPath),
    responses((status = 200, description = "The event.", body = OwnJson)),
    security(("apiToken" = ["events:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn get(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsRead).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    show(&app, id, &by).await
}

/// The event as it is now.
pub(super) async fn show(app: &App, id: EventId, by: &Actor) -> Result<HttpResponse, Error> {
    let own = organise::read(&app.db, id, by).await?;
    Ok(HttpResponse::Ok().json(OwnJson::from(&own)))
}

/// Change an event
///
/// Names what is to be changed, as a JSON Merge Patch: null unsets a field. `version` is that of the event that was read:
/// if somebody has changed it since, nothing is changed. Tiers are changed at their own paths.
#[utoipa::path(
    patch,
    path = "/api/organiser/events/{event_id}",
    operation_id = "changeEvent",
    tag = "organiser",
    params(EventPath),
    request_body = EventChange,
    responses((status = 200, description = "The event as it is now.", body = OwnJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "edited-meanwhile"]))),
)]
pub async fn change(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let mut change: Map<String, Value> = extract::json(&request, &body)?;
    let version = take_version(&mut change)?;
    let reach = match change.shift_remove("drafts_of_series") {
        None | Some(Value::Bool(false)) => Reach::Event,
        Some(Value::Bool(true)) => Reach::DraftsOfSeries,
        Some(_) => return Err(Error::invalid_field("/drafts_of_series", "field-yes-or-no")),
    };
    if change.contains_key("tiers") {
        return Err(Error::invalid_field("/tiers", "field-tiers-apart"));
    }
    let own = organise::read(&app.db, id, &by).await?;
    if own.event.version != version {
        let version = own.event.version;
        return Err(EditError::Stale { version }.into());
    }
    let details = merged(&own.details(), change)?;
    organise::change(&app.db, &by, id, version, &details, reach).await?;
    app.catalog.forget(id);
    show(&app, id, &by).await
}

/// Delete a draft
#[utoipa::path(
    delete,
    path = "/api/organiser/events/{event_id}",
    operation_id = "deleteEvent",
    tag = "organiser",
    params(EventPath),
    responses((status = 204, description = "It is gone.")),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "event-state"]))),
)]
pub async fn delete(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    organise::delete(&app.db, &by, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// When copies of an event take place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Dates)]
struct DatesJson {
    /// When each copy starts: 1 to 100 times.
    #[schema(value_type = Vec<DateTime<Utc>>, min_items = 1, max_items = 100)]
    starts_at: Vec<Timestamp>,
    /// In how many weeks after that each is repeated, at the same time of the venue's clock. 100 copies at most.
    #[serde(default)]
    #[schema(maximum = 99)]
    weeks: u32,
    /// When their sale opens; when that of the original does if that is to come, otherwise at once.
    #[schema(value_type = Option<DateTime<Utc>>)]
    on_sale_at: Option<Timestamp>,
    /// The name of the series. Several dates get one if the original has none, and so does the original.
    #[schema(pattern = "^[a-z0-9][a-z0-9-]{0,63}$")]
    series: Option<String>,
}

/// The copies of an event.
#[derive(Serialize, ToSchema)]
#[schema(as = Copies)]
struct CopiesJson {
    /// In the order of the dates.
    events: Vec<EventId>,
}

/// Copy an event to other dates
///
/// Makes drafts with the same texts, tiers and picture. Doors, end and the sale times of tiers move with the start.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/duplicate",
    operation_id = "duplicateEvent",
    tag = "organiser",
    params(EventPath),
    request_body = DatesJson,
    responses((status = 201, description = "The drafts.", body = CopiesJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn duplicate(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let asked: DatesJson = extract::json(&request, &body)?;
    let dates = Dates {
        starts_at: asked.starts_at,
        weeks: asked.weeks,
        on_sale_at: asked.on_sale_at,
        series: asked.series,
    };
    let events = organise::copy(&app.db, &by, id, &dates).await?;
    app.catalog.forget(id);
    Ok(HttpResponse::Created().json(CopiesJson { events }))
}
