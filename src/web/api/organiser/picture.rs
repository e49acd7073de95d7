//! Handlers of /api/organiser/events/{event_id}/picture: the picture of an event.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::actor_for;
use super::event_json::OwnJson;
use super::events::show;
use crate::access::api_token::Scope;
use crate::app::App;
use crate::catalog::organise;
use crate::web::api::parameters::EventPath;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::upload::{self, Upload};

/// Give an event a picture
///
/// A JPEG, PNG or WebP of at most 10 MiB and 40 million pixels. It is written anew in several widths; nothing of the
/// file is kept but its pixels.
#[utoipa::path(
    put,
    path = "/api/organiser/events/{event_id}/picture",
    operation_id = "setPicture",
    tag = "organiser",
    params(EventPath),
    request_body(content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"))),
    responses((status = 200, description = "The event as it is now.", body = OwnJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "overloaded"]))),
)]
pub async fn set(
    app: Data<App>,
    request: HttpRequest,
    upload: Upload,
) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    // Before the work: not everybody may have it done.
    organise::read(&app.db, id, &by).await?;
    let picture = upload::take(&app, "", upload.content.clone()).await?;
    organise::set_picture(&app.db, &by, id, Some(&picture)).await?;
    app.catalog.forget(id);
    show(&app, id, &by).await
}

/// Take an event's picture away
///
/// Its pages draw one.
#[utoipa::path(
    delete,
    path = "/api/organiser/events/{event_id}/picture",
    operation_id = "removePicture",
    tag = "organiser",
    params(EventPath),
    responses((status = 200, description = "The event as it is now.", body = OwnJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn remove(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "event_id", "event")?;
    organise::set_picture(&app.db, &by, id, None).await?;
    app.catalog.forget(id);
    show(&app, id, &by).await
}
