//! Handlers of health checks. What must hold: liveness runs no query and waits for nothing; readiness is 503 while this
//! process cannot sell, and is answered in time whatever the database does (`app::health`).

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::app::health::Check;

/// How this server is.
#[derive(Serialize, ToSchema)]
#[schema(as = Status)]
struct StatusJson {
    status: Readiness,
    database: Reach,
    /// For how long the oldest batch of orders has been waiting for the database.
    oldest_batch_ms: u64,
    /// Each check by its name: `database`, `migrations`, `lanes`, `serving`.
    checks: BTreeMap<&'static str, CheckJson>,
    /// The server's version.
    version: &'static str,
}

/// What a check has found.
#[derive(Serialize, ToSchema)]
#[schema(as = Check)]
struct CheckJson {
    ok: bool,
    /// How long ago; null if it was not made yet.
    age_ms: Option<u64>,
}

impl CheckJson {
    fn new(check: &Check) -> Self {
        Self {
            ok: check.is_fine,
            age_ms: check.age.map(|age| age.as_millis() as u64),
        }
    }
}

/// Whether requests should be sent here.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Readiness {
    /// They may.
    Ok,
    /// They had better go to another server.
    Unavailable,
}

/// Whether the database answers.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Reach {
    /// It does.
    Reachable,
    /// It does not.
    Unreachable,
}

/// Ask whether the server is ready
///
/// 503 when the database is not reachable or has not the schema that is needed, orders are stuck in it, or this process
/// is about to stop. Each check says how long ago it was made. `/readyz` answers the same, for load balancers.
#[utoipa::path(
    get,
    path = "/api/status",
    operation_id = "getStatus",
    tag = "health",
    responses(
        (status = 200, description = "Ready.", body = StatusJson),
        (status = 503, description = "Not ready.", body = StatusJson),
    ),
    security(()),
)]
pub async fn status(app: Data<App>) -> HttpResponse {
    let report = app.health.report(app.is_leaving()).await;
    let checks = report.checks.iter();
    let body = StatusJson {
        status: if report.is_ready() {
            Readiness::Ok
        } else {
            Readiness::Unavailable
        },
        database: if report.is_fine("database") {
            Reach::Reachable
        } else {
            Reach::Unreachable
        },
        oldest_batch_ms: report.oldest_batch.as_millis() as u64,
        checks: checks
            .map(|check| (check.name, CheckJson::new(check)))
            .collect(),
        version: env!("CARGO_PKG_VERSION"),
    };
    if report.is_ready() {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// Ask whether the process answers
///
/// No query is run.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "getHealth",
    tag = "health",
    responses((status = 200, description = "It does.", body = String, content_type = "text/plain; charset=utf-8")),
    security(()),
)]
pub async fn alive() -> &'static str {
    "ok\n"
}
