//! Handlers of /api/organiser/events/{event_id}/seating: which tier of a draft has which part of a hall.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::actor_for;
use super::event_json::{OwnJson, take_version};
use super::events::show;
use crate::access::api_token::Scope;
use crate::app::App;
use crate::catalog::organise::{self, Part, Seating};
use crate::types::{EventId, HallId, TierCode};
use crate::web::api::parameters::EventPath;
use crate::web::error::Error;
use crate::web::extract::{self, Body};

/// Which parts of a hall tiers are to have.
#[derive(ToSchema)]
#[schema(as = SeatingChange)]
#[expect(dead_code, reason = "for the OpenAPI document alone")]
struct SeatingChange {
    /// The version of the event that the change is of.
    version: i32,
    /// The hall.
    hall_id: HallId,
    /// What each tier has of it; tiers that are not named keep what they are.
    tiers: Vec<Part>,
}

/// A tier of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
struct TierPath {
    /// The event's id.
    event_id: EventId,
    /// The tier's code.
    #[param(example = "stalls")]
    tier: String,
}

/// Seat tiers in a hall
///
/// Of a draft. Each tier that is named gets these rows of the hall, and as many tickets as they have seats. The rows are
/// copied: the hall may be changed afterwards. The best seats are sold first, by the hall's own order.
#[utoipa::path(
    put,
    path = "/api/organiser/events/{event_id}/seating",
    operation_id = "seatTiers",
    tag = "organiser",
    params(EventPath),
    request_body = SeatingChange,
    responses((status = 200, description = "The event as it is now.", body = OwnJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "edited-meanwhile", "event-state",
    ]))),
)]
pub async fn set(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let mut change: Map<String, Value> = extract::json(&request, &body)?;
    let version = take_version(&mut change)?;
    let text = serde_json::to_vec(&change).map_err(|error| Error::defect(&error))?;
    let seating: Seating = extract::json(&request, &Body(text.into()))?;
    organise::seat(&app.db, &by, id, version, &seating).await?;
    app.catalog.forget(id);
    show(&app, id, &by).await
}

/// Take a tier out of its hall
///
/// Of a draft. It has as many tickets as before, for general admission.
#[utoipa::path(
    delete,
    path = "/api/organiser/events/{event_id}/tiers/{tier}/seating",
    operation_id = "unseatTier",
    tag = "organiser",
    params(TierPath),
    responses((status = 200, description = "The event as it is now.", body = OwnJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "event-state"]))),
)]
pub async fn remove(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let code: TierCode = extract::path_id(&request, "tier", "tier")?;
    organise::unseat(&app.db, &by, id, None, code.as_str()).await?;
    app.catalog.forget(id);
    show(&app, id, &by).await
}
