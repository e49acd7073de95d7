//! Handlers under /api/organiser/events/{event_id}/codes: promo codes are made, changed and withdrawn, with how often each
//! is used.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::actor_for;
use super::event_json::{merged, take_version};
use crate::access::api_token::Scope;
use crate::app::App;
use crate::audit::Actor;
use crate::catalog::code::{CodeText, PromoCode};
use crate::catalog::organise::EditError;
use crate::catalog::organise::code::{self, CodeDetails, Used};
use crate::types::{EventId, Timestamp};
use crate::web::api::parameters::EventPath;
use crate::web::error::Error;
use crate::web::extract::{self, Body};

/// A promo code as its organiser sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = PromoCode)]
struct CodeJson {
    /// Counts its changes; a change names the version that it is of.
    version: i32,
    #[schema(value_type = DateTime<Utc>)]
    created_at: Timestamp,
    /// From then on nobody books with it.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    withdrawn_at: Option<Timestamp>,
    /// Live bookings that name it.
    uses: i64,
    #[serde(flatten)]
    details: CodeDetails,
}

impl From<&Used> for CodeJson {
    fn from(used: &Used) -> Self {
        let code = &used.code;
        Self {
            version: code.version,
            created_at: code.created_at,
            withdrawn_at: code.withdrawn_at,
            uses: used.uses,
            details: CodeDetails::from(code),
        }
    }
}

/// An event's promo codes.
#[derive(Serialize, ToSchema)]
#[schema(as = PromoCodes)]
struct CodesJson {
    /// In the order in which they were made.
    codes: Vec<CodeJson>,
}

/// What of a promo code is to be changed. A field that is null is unset.
#[derive(ToSchema)]
#[schema(as = PromoCodeChange)]
#[expect(dead_code, reason = "for the OpenAPI document alone")]
struct CodeChange {
    /// The version of the code that the change is of.
    version: i32,
    #[schema(inline)]
    details: CodeDetails,
}

/// A promo code of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
struct CodePath {
    /// The event's id.
    event_id: EventId,
    /// The code.
    #[param(example = "SUMMER")]
    code: String,
}

/// List an event's promo codes
///
/// Also those that are withdrawn, with how often each is used.
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/codes",
    operation_id = "listPromoCodes",
    tag = "organiser",
    params(EventPath),
    responses((status = 200, description = "The codes.", body = CodesJson)),
    security(("apiToken" = ["events:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsRead).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let (_, codes) = code::list(&app.db, &by, id).await?;
    let codes = codes.iter().map(CodeJson::from).collect();
    Ok(HttpResponse::Ok().json(CodesJson { codes }))
}

/// Make a promo code
///
/// It takes a part or an amount off the price of each ticket of its tiers, and unlocks those of them that are hidden. Its
/// uses are counted exactly, where the tickets are given: they are the live bookings that name it.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/codes",
    operation_id = "addPromoCode",
    tag = "organiser",
    params(EventPath),
    request_body = CodeDetails,
    responses((status = 201, description = "The code.", body = CodeJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn add(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let details: CodeDetails = extract::json(&request, &body)?;
    let code = code::add(&app.db, &by, id, &details).await?;
    app.catalog.forget(id);
    let used = Used { code, uses: 0 };
    Ok(HttpResponse::Created().json(CodeJson::from(&used)))
}

/// Change a promo code
///
/// As an event is changed, by the code's own version. What was booked with it stays as it is.
#[utoipa::path(
    patch,
    path = "/api/organiser/events/{event_id}/codes/{code}",
    operation_id = "changePromoCode",
    tag = "organiser",
    params(CodePath),
    request_body = CodeChange,
    responses((status = 200, description = "The code as it is now.", body = CodeJson)),
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
    let found = find(&app, &request, id, &by).await?;
    if found.code.version != version {
        let version = found.code.version;
        return Err(EditError::Stale { version }.into());
    }
    let details = merged(&CodeDetails::from(&found.code), change)?;
    code::change(&app.db, &by, id, &found.code.code, version, &details).await?;
    app.catalog.forget(id);
    show(&app, &request, id, &by).await
}

/// Withdraw a promo code
///
/// Nobody books with it from then on; what was booked stays as it is. Withdrawing again changes nothing.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/codes/{code}/withdraw",
    operation_id = "withdrawPromoCode",
    tag = "organiser",
    params(CodePath),
    responses((status = 200, description = "The code as it is now.", body = CodeJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn withdraw(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let found = find(&app, &request, id, &by).await?;
    code::withdraw(&app.db, &by, id, &found.code.code).await?;
    app.catalog.forget(id);
    show(&app, &request, id, &by).await
}

async fn show(
    app: &App,
    request: &HttpRequest,
    id: EventId,
    by: &Actor,
) -> Result<HttpResponse, Error> {
    let found = find(app, request, id, by).await?;
    Ok(HttpResponse::Ok().json(CodeJson::from(&found)))
}

/// The code that the path names.
async fn find(app: &App, request: &HttpRequest, id: EventId, by: &Actor) -> Result<Used, Error> {
    let text = request.match_info().query("code").parse::<CodeText>();
    let (_, codes) = code::list(&app.db, by, id).await?;
    let is_it = |code: &PromoCode| text.as_ref() == Ok(&code.code);
    let found = codes.into_iter().find(|used| is_it(&used.code));
    Ok(found.ok_or(EditError::NoCode)?)
}
