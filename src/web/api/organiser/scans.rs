//! Handlers under /api/organiser/events/{event_id}/scans: one scan, a batch that was queued, taking one back. What must
//! hold: a scan that is sent again is answered as before.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::IntoParams;
use uuid::Uuid;

use super::event_for;
use crate::access::api_token::Scope;
use crate::app::App;
use crate::checkin;
use crate::web::api::parameters::EventPath;
use crate::web::door::batch::{self, BatchAnswerJson, BatchJson};
use crate::web::door::desk;
use crate::web::door::scan_json::{NewScanJson, ScanJson};
use crate::web::error::Error;
use crate::web::extract::{self, Body, LongBody};

/// Scan a ticket
///
/// Says whether its holder may come in, and lets them in if so: once, however many scanners see the code at the same
/// moment. Send the same `id` again if no answer came.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/scans",
    operation_id = "scan",
    tag = "check-in",
    params(EventPath),
    request_body = NewScanJson,
    responses(
        (status = 201, description = "Recorded: `result` says what came of it.", body = ScanJson),
        (status = 200, description = "A replay: this `id` was answered before.", body = ScanJson,
            headers(("Idempotent-Replayed" = String, description = "`true`."))),
    ),
    security(("apiToken" = ["check-in"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "idempotency-key-reused"]))),
)]
pub async fn scan(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::CheckIn).await?;
    let asked: NewScanJson = extract::json(&request, &body)?;
    let scan = asked.read("")?;
    let answer = checkin::scan(desk(&app, &event), &scan, &by).await?;
    Ok(if answer.is_replay {
        HttpResponse::Ok()
            .insert_header(("Idempotent-Replayed", "true"))
            .json(ScanJson::new(&event, answer))
    } else {
        HttpResponse::Created().json(ScanJson::new(&event, answer))
    })
}

/// Send queued scans
///
/// 500 at most, in a body of 256 KiB at most. Each is recorded by itself and answered as `POST .../scans` answers it;
/// one that cannot be recorded does not keep the others back. Send the same batch again if no answer came.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/scans/batch",
    operation_id = "scanAll",
    tag = "check-in",
    params(EventPath),
    request_body = BatchJson,
    responses((status = 200, description = "What came of each.", body = BatchAnswerJson)),
    security(("apiToken" = ["check-in"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn scan_all(
    app: Data<App>,
    request: HttpRequest,
    body: LongBody,
) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::CheckIn).await?;
    batch::scan_all(&app, &request, &event, &by, body).await
}

/// A scan of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
struct ScanPath {
    /// The scan's id.
    scan_id: Uuid,
}

/// Take a scan back
///
/// Whoever was let in or out by it is not. Only the last scan of a ticket can be taken back; again, it changes nothing
/// and is answered alike.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/scans/{scan_id}/undo",
    operation_id = "undoScan",
    tag = "check-in",
    params(EventPath, ScanPath),
    responses((status = 200, description = "The scan, with `undone_at`.", body = ScanJson)),
    security(("apiToken" = ["check-in"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "scan-not-undoable"]))),
)]
pub async fn undo(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::CheckIn).await?;
    let scan = extract::path_id(&request, "scan_id", "scan")?;
    let answer = checkin::undo(desk(&app, &event), scan, &by).await?;
    Ok(HttpResponse::Ok().json(ScanJson::new(&event, answer)))
}
