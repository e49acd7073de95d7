//! Scans that a scanner has queued: read, recorded, answered one by one.

use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::desk;
use super::scan_json::{NewScanJson, ScanJson};
use crate::app::App;
use crate::audit::Actor;
use crate::catalog::Event;
use crate::checkin::{self, Answer, Scan, ScanError};
use crate::types::json;
use crate::web::error::Error;
use crate::web::extract::{self, Body, LongBody};

/// Scans of a batch at most.
const BATCH_MAX: usize = 500;

/// Scans that were queued without a network.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewScans)]
pub(in crate::web) struct BatchJson {
    /// In the order in which they were made, each with its own time.
    #[serde(deserialize_with = "json::objects")]
    #[schema(min_items = 1, max_items = 500)]
    scans: Vec<NewScanJson>,
}

/// What came of a batch.
#[derive(Serialize, ToSchema)]
#[schema(as = Scans)]
pub(in crate::web) struct BatchAnswerJson<'a> {
    /// In the order of the batch.
    scans: Vec<BatchedJson<'a>>,
}

/// What came of one scan of a batch.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchedScan)]
struct BatchedJson<'a> {
    /// The scan's own.
    id: Uuid,
    /// What came of it; null if it is not recorded.
    #[schema(required = true)]
    scan: Option<ScanJson<'a>>,
    /// Why it is not recorded: `unknown_gate`, or `id_reused`, for another scan.
    #[schema(required = true)]
    refused: Option<&'static str>,
}

/// Records the scans of a body.
///
/// # Errors
/// Those of [`extract::json`]; 422 with the field that is wrong; those of the database.
pub(in crate::web) async fn scan_all(
    app: &App,
    request: &HttpRequest,
    event: &Event,
    by: &Actor,
    body: LongBody,
) -> Result<HttpResponse, Error> {
    let asked: BatchJson = extract::json(request, &Body(body.0))?;
    if !(1..=BATCH_MAX).contains(&asked.scans.len()) {
        return Err(Error::out_of_range("/scans", 1, BATCH_MAX));
    }
    let scans = asked.scans.into_iter().enumerate();
    let scans = scans.map(|(at, scan)| scan.read(&format!("/scans/{at}")));
    let scans: Vec<Scan> = scans.collect::<Result<_, _>>()?;
    let answers = checkin::scan_all(desk(app, event), &scans, by).await?;
    let pairs = scans.iter().zip(answers);
    let answered = pairs.map(|(scan, answer)| batched(event, scan, answer));
    let scans = answered.collect::<Result<_, _>>()?;
    Ok(HttpResponse::Ok().json(BatchAnswerJson { scans }))
}

fn batched<'a>(
    event: &'a Event,
    scan: &Scan,
    answer: Result<Answer, ScanError>,
) -> Result<BatchedJson<'a>, Error> {
    let (answered, refused) = match answer {
        Ok(answer) => (Some(ScanJson::new(event, answer)), None),
        Err(ScanError::NoGate) => (None, Some("unknown_gate")),
        Err(ScanError::NonceReused) => (None, Some("id_reused")),
        Err(ScanError::Db(error)) => return Err(error.into()),
    };
    Ok(BatchedJson {
        id: scan.id,
        scan: answered,
        refused,
    })
}
