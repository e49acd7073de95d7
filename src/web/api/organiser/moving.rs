//! Handlers of moving an event to another date: doing so, and what its buyers have answered.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor_for;
use crate::access::api_token::Scope;
use crate::app::App;
use crate::audit::Actor;
use crate::booking;
use crate::catalog::VenueDetails;
use crate::catalog::organise::{self, Move};
use crate::types::{EventId, Timestamp};
use crate::web::api::parameters::EventPath;
use crate::web::error::Error;
use crate::web::extract::{self, Body};

/// Where an event is moved to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMove)]
struct NewMoveJson {
    /// The version of the event that was read: if somebody has changed it since, it is not moved.
    version: i32,
    /// When it starts then.
    #[schema(value_type = DateTime<Utc>)]
    starts_at: Timestamp,
    /// When doors open; as long before the start as they did, if it is not said.
    #[schema(value_type = Option<DateTime<Utc>>)]
    doors_at: Option<Timestamp>,
    /// When it ends; as long after the start as it did, if it is not said.
    #[schema(value_type = Option<DateTime<Utc>>)]
    ends_at: Option<Timestamp>,
    /// Where it takes place; where it did if it is not said.
    venue: Option<VenueDetails>,
    /// Until when buyers may return their tickets: in the future, and not after the new start.
    #[schema(value_type = DateTime<Utc>)]
    answer_until: Timestamp,
}

/// The last move of an event, and what its buyers have answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Move)]
struct MoveJson {
    /// How often the event was moved: the number of this move.
    number: i32,
    #[schema(value_type = DateTime<Utc>)]
    moved_at: Timestamp,
    /// When it was to start before.
    #[schema(value_type = DateTime<Utc>)]
    previous_starts_at: Timestamp,
    /// Where it was to be, if that was elsewhere: name and city.
    #[schema(required = true)]
    previous_place: Option<String>,
    /// When it starts now.
    #[schema(value_type = DateTime<Utc>)]
    starts_at: Timestamp,
    /// Until when buyers may return their tickets.
    #[schema(value_type = DateTime<Utc>)]
    answer_until: Timestamp,
    /// Bookings whose buyers have said that they keep their tickets.
    keep: i64,
    /// Bookings that were returned.
    returned: i64,
    /// Bookings whose buyers have not answered: they keep their tickets too.
    no_answer: i64,
}

/// Move an event to another date
///
/// It stays the same event with the same tickets, and its sale goes on. Everybody who has booked is asked to keep the
/// tickets or to return them for their money until `answer_until`; whoever says nothing keeps them. Moving it again asks
/// again. The sale of a tier that ended within the day before the start, or later, ends as long before the new one.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/move",
    operation_id = "moveEvent",
    tag = "organiser",
    params(EventPath),
    request_body = NewMoveJson,
    responses((status = 200, description = "Moved.", body = MoveJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "edited-meanwhile", "event-state",
    ]))),
)]
pub async fn begin(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let asked: NewMoveJson = extract::json(&request, &body)?;
    let to = Move {
        starts_at: Some(asked.starts_at),
        doors_at: asked.doors_at,
        ends_at: asked.ends_at,
        venue: asked.venue,
        answer_until: Some(asked.answer_until),
    };
    organise::move_to(&app.db, &by, id, asked.version, &to).await?;
    app.catalog.forget(id);
    Ok(HttpResponse::Ok().json(read(&app, id, &by).await?))
}

/// Read what the buyers of a moved event have answered
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/move",
    operation_id = "getMove",
    tag = "organiser",
    params(EventPath),
    responses((status = 200, description = "The last move.", body = MoveJson)),
    security(("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn progress(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::BookingsRead).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    Ok(HttpResponse::Ok().json(read(&app, id, &by).await?))
}

/// 404 if the event was never moved.
async fn read(app: &App, id: EventId, by: &Actor) -> Result<MoveJson, Error> {
    let event = organise::read(&app.db, id, by).await?.event;
    let moved = event.moved.ok_or_else(|| Error::not_found("move"))?;
    let counts = booking::count_answers(&app.db, event.no, &moved).await?;
    Ok(MoveJson {
        number: moved.number,
        moved_at: moved.at,
        previous_starts_at: moved.from,
        previous_place: moved.from_place,
        starts_at: event.starts_at,
        answer_until: moved.answer_until,
        keep: counts.keep,
        returned: counts.returned,
        no_answer: counts.silent,
    })
}
