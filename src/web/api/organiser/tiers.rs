//! Handlers under /api/organiser/events/{event_id}/tiers: tiers are added, changed and removed one by one.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::actor_for;
use super::event_json::{OwnJson, merged, take_version};
use super::events::show;
use crate::access::api_token::Scope;
use crate::app::App;
use crate::catalog::TierDetails;
use crate::catalog::organise::{self, EditError};
use crate::types::{EventId, TierCode};
use crate::web::api::parameters::EventPath;
use crate::web::error::Error;
use crate::web::extract::{self, Body};

/// A tier of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
struct TierPath {
    /// The event's id.
    event_id: EventId,
    /// The tier's code.
    #[param(example = "vip")]
    tier: String,
}

/// What of a tier is to be changed. A field that is null is unset.
#[derive(ToSchema)]
#[schema(as = TierChange)]
#[expect(dead_code, reason = "for the OpenAPI document alone")]
struct TierChange {
    /// The version of the event that the change is of.
    version: i32,
    #[schema(inline)]
    details: TierDetails,
}

/// Add a tier
///
/// With its tickets, if the event is published: they are sold at once.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/tiers",
    operation_id = "addTier",
    tag = "organiser",
    params(EventPath),
    request_body = TierDetails,
    responses((status = 201, description = "The event as it is now.", body = OwnJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "event-state"]))),
)]
pub async fn add(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let details: TierDetails = extract::json(&request, &body)?;
    let added = organise::add(&app.db, &by, id, None, &details).await;
    app.catalog.forget(id);
    added?;
    let own = organise::read(&app.db, id, &by).await?;
    Ok(HttpResponse::Created().json(OwnJson::from(&own)))
}

/// Change a tier
///
/// As an event is changed. Tickets are added at once, also in the middle of a sale. Free tickets are taken out of sale,
/// all that are to be or none; of a numbered tier they are the last seats.
#[utoipa::path(
    patch,
    path = "/api/organiser/events/{event_id}/tiers/{tier}",
    operation_id = "changeTier",
    tag = "organiser",
    params(TierPath),
    request_body = TierChange,
    responses((status = 200, description = "The event as it is now.", body = OwnJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "edited-meanwhile", "event-state", "tickets-not-free",
    ]))),
)]
pub async fn change(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let code = request.match_info().query("tier");
    let mut change: Map<String, Value> = extract::json(&request, &body)?;
    let version = take_version(&mut change)?;
    let own = organise::read(&app.db, id, &by).await?;
    if own.event.version != version {
        let version = own.event.version;
        return Err(EditError::Stale { version }.into());
    }
    let tier = own.event.tier(code).ok_or(EditError::NoTier)?;
    let details = merged(&TierDetails::from(tier), change)?;
    let changed = organise::change_tier(&app.db, &by, id, version, code, &details).await;
    app.catalog.forget(id);
    changed?;
    show(&app, id, &by).await
}

/// Remove a tier of a draft
#[utoipa::path(
    delete,
    path = "/api/organiser/events/{event_id}/tiers/{tier}",
    operation_id = "removeTier",
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
    organise::remove(&app.db, &by, id, &code).await?;
    show(&app, id, &by).await
}
