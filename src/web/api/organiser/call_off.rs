//! Handlers of calling an event off: saying so, and how far it is.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{actor, caller, event};
use crate::access::api_token::Scope;
use crate::app::App;
use crate::payment::CallOff;
use crate::types::{EventNo, Timestamp};
use crate::web::api::parameters::EventPath;
use crate::web::error::Error;
use crate::web::extract::{self, Body};

/// That an event does not take place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCallOff)]
struct NewCallOffJson {
    /// The event's name, word for word: it cannot be taken back.
    #[schema(examples("Velvet Almanac: The Long Way Home"))]
    name: String,
}

/// How far the calling off of an event is.
#[derive(Serialize, ToSchema)]
#[schema(as = CallOff)]
struct CallOffJson {
    #[schema(value_type = DateTime<Utc>)]
    called_off_at: Timestamp,
    /// Bookings that held tickets when it was called off.
    bookings: i64,
    /// Those of them that are cancelled.
    cancelled: i64,
    /// Charges that go back because of it, as far as bookings are cancelled.
    refunds: i64,
    /// Those of them that are back.
    refunded: i64,
    /// Refunds that were tried in vain and are tried again, until they are made.
    failed: i64,
    /// Payments at the box office, and exchanges for dearer tickets that were paid by hand, of which something is to be given
    /// back by hand and is not yet.
    by_hand: i64,
    /// When no booking held tickets any more.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    cancelled_at: Option<Timestamp>,
    /// When all money was back that goes back by itself.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    finished_at: Option<Timestamp>,
}

impl From<CallOff> for CallOffJson {
    fn from(of: CallOff) -> Self {
        Self {
            called_off_at: of.called_off_at,
            bookings: of.bookings,
            cancelled: of.cancelled,
            refunds: of.refunds,
            refunded: of.refunded,
            failed: of.failed,
            by_hand: of.by_hand,
            cancelled_at: of.cancelled_at,
            finished_at: of.finished_at,
        }
    }
}

/// Call an event off
///
/// For good. Nothing more of it is sold from then on; all of its bookings are cancelled and refunded in the background,
/// also if a server stops in the middle. Calling off again changes nothing and is answered alike.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/call-off",
    operation_id = "callOff",
    tag = "organiser",
    params(EventPath),
    request_body = NewCallOffJson,
    responses((status = 202, description = "Called off.", body = CallOffJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn begin(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::EventsWrite).await?;
    let event = event(&app, &request, &token).await?;
    let asked: NewCallOffJson = extract::json(&request, &body)?;
    if asked.name.trim() != event.name.trim() {
        return Err(Error::invalid_field("/name", "field-name-of-event"));
    }
    app.payments.call_off(&actor(&token), &event).await?;
    Ok(HttpResponse::Accepted().json(read(&app, event.no).await?))
}

/// Read how far the calling off of an event is
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/call-off",
    operation_id = "getCallOff",
    tag = "organiser",
    params(EventPath),
    responses((status = 200, description = "How far it is.", body = CallOffJson)),
    security(("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn progress(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsRead).await?;
    let event = event(&app, &request, &token).await?;
    Ok(HttpResponse::Ok().json(read(&app, event.no).await?))
}

/// 404 if the event was not called off.
async fn read(app: &App, event: EventNo) -> Result<CallOffJson, Error> {
    let found = app.payments.called_off(event).await?;
    let found = found.ok_or_else(|| Error::not_found("call-off"))?;
    Ok(found.into())
}
