//! Handlers under /api/organiser/events/{event_id}/questions: what buyers are asked is written as a whole.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor_for;
use crate::access::api_token::Scope;
use crate::app::App;
use crate::catalog::Question;
use crate::catalog::organise;
use crate::types::json;
use crate::web::api::parameters::EventPath;
use crate::web::error::Error;
use crate::web::extract::{self, Body};

/// What buyers of an event are asked.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AskedQuestions)]
struct AskedJson {
    /// The version of the event.
    version: i32,
    /// In the order in which they are asked, 20 at most. One without a number is new.
    #[serde(deserialize_with = "json::objects")]
    questions: Vec<Question>,
}

/// Read what buyers are asked
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/questions",
    operation_id = "getQuestions",
    tag = "organiser",
    params(EventPath),
    responses((status = 200, description = "The questions.", body = AskedJson)),
    security(("apiToken" = ["events:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn get(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsRead).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let (version, questions) = organise::asked(&app.db, &by, id).await?;
    Ok(HttpResponse::Ok().json(AskedJson { version, questions }))
}

/// Ask buyers
///
/// These become the event's questions. One that is left out is asked no more; what was answered to it stays. A question
/// keeps its kind, and what it is asked of.
#[utoipa::path(
    put,
    path = "/api/organiser/events/{event_id}/questions",
    operation_id = "setQuestions",
    tag = "organiser",
    params(EventPath),
    request_body = AskedJson,
    responses((status = 200, description = "The questions as they are now.", body = AskedJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "edited-meanwhile"]))),
)]
pub async fn set(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let new: AskedJson = extract::json(&request, &body)?;
    let asked = organise::ask(&app.db, &by, id, new.version, &new.questions).await;
    app.catalog.forget(id);
    asked?;
    let (version, questions) = organise::asked(&app.db, &by, id).await?;
    Ok(HttpResponse::Ok().json(AskedJson { version, questions }))
}
