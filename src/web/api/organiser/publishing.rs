//! Handlers of /api/organiser/events/{event_id}/publish: publishing a draft, and how far it has come.
//!
//! A small event is published when the answer comes; the tickets of a large one are made behind it, and whoever wants to
//! know asks. If this process dies meanwhile, the next one goes on.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use super::actor_for;
use crate::access::api_token::Scope;
use crate::app::App;
use crate::audit::Actor;
use crate::catalog::Status;
use crate::catalog::organise::{self, Progress};
use crate::types::EventId;
use crate::web::api::parameters::EventPath;
use crate::web::error::Error;
use crate::web::extract;

/// For so long the answer waits for the tickets.
const WAIT: Duration = Duration::from_secs(1);

/// How far the publishing of an event has come.
#[derive(Serialize, ToSchema)]
#[schema(as = Publishing)]
struct PublishingJson {
    event_id: EventId,
    /// `draft`, `publishing`, `published`, `called_off`.
    status: &'static str,
    /// Tickets that are made.
    tickets_made: i64,
    /// Tickets that the event is to have.
    tickets: i64,
    /// Of the tickets.
    percent: i64,
}

/// Publish a draft
///
/// Its tickets are made, and then it is listed and sold. Again, it changes nothing.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/publish",
    operation_id = "publishEvent",
    tag = "organiser",
    params(EventPath),
    responses(
        (status = 200, description = "It is published.", body = PublishingJson),
        (status = 202, description = "Its tickets are being made.", body = PublishingJson,
            headers(("Retry-After" = u32))),
    ),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "event-state"]))),
)]
pub async fn publish(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    let event = organise::publish(&app.db, &by, id).await?;
    let (done, is_done) = oneshot::channel();
    let (db, catalog) = (app.db.clone(), app.catalog.clone());
    app.db.spawn(async move {
        if let Err(error) = organise::go_on(&db, event).await {
            log::warn!(event_no = event.0; "publishing is interrupted: {error}");
        }
        catalog.forget(id);
        done.send(()).ok();
    });
    tokio::time::timeout(WAIT, is_done).await.ok();
    answer(&app, id, &by).await
}

/// See how far publishing has come
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/publish",
    operation_id = "getPublishing",
    tag = "organiser",
    params(EventPath),
    responses(
        (status = 200, description = "It is published, or a draft.", body = PublishingJson),
        (status = 202, description = "Its tickets are being made.", body = PublishingJson,
            headers(("Retry-After" = u32))),
    ),
    security(("apiToken" = ["events:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn progress(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsRead).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    answer(&app, id, &by).await
}

async fn answer(app: &App, id: EventId, by: &Actor) -> Result<HttpResponse, Error> {
    let progress = organise::progress(&app.db, by, id).await?;
    let Progress { status, made, of } = progress;
    let is_done = status != Status::Publishing;
    let mut response = HttpResponseBuilder::new(match is_done {
        true => StatusCode::OK,
        false => StatusCode::ACCEPTED,
    });
    if !is_done {
        response.insert_header((RETRY_AFTER, 1));
    }
    Ok(response.json(PublishingJson {
        event_id: id,
        status: status.as_str(),
        tickets_made: made,
        tickets: of,
        percent: progress.percent(),
    }))
}
