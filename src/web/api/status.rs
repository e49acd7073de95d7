//! Handlers of health checks. What must hold: liveness runs no query; readiness is 503 while the database is not
//! reachable.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::app::App;

/// GET /api/status and /readyz: 503 when the database is not reachable.
pub async fn status(app: Data<App>) -> HttpResponse {
    let reachable = app.db.is_reachable().await;
    let body = json!({
        "status": if reachable { "ok" } else { "unavailable" },
        "database": if reachable { "reachable" } else { "unreachable" },
        "version": env!("CARGO_PKG_VERSION"),
    });
    if reachable {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// GET /healthz: the process answers; no query is run.
pub async fn alive() -> &'static str {
    "ok\n"
}
