//! Handlers of health checks. What must hold: liveness runs no query; readiness is 503 while the database is not
//! reachable, while it does not get on with a batch of orders, or when the process is about to stop.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::app::App;
use crate::postgres::Purpose;

/// A batch of orders takes milliseconds; if one takes longer than this, orders had better go elsewhere.
const BATCH_AGE_MAX: Duration = Duration::from_secs(3);

/// Needs the locks on tables that an order needs, and reads nothing.
const PROBE: &str =
    "SELECT FROM tickets WHERE event_id = 0; SELECT FROM bookings WHERE event_id = 0";

/// GET /api/status and /readyz: 503 when the database is not reachable or orders are stuck in it, and when this
/// process is about to stop.
pub async fn status(app: Data<App>) -> HttpResponse {
    let reachable = app.db.of(Purpose::Sale).answers(PROBE).await;
    let oldest = app.lanes.oldest_batch().unwrap_or_default();
    let ready = reachable && oldest <= BATCH_AGE_MAX && !app.is_leaving();
    let body = json!({
        "status": if ready { "ok" } else { "unavailable" },
        "database": if reachable { "reachable" } else { "unreachable" },
        "oldest_batch_ms": oldest.as_millis() as u64,
        "version": env!("CARGO_PKG_VERSION"),
    });
    if ready {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// GET /healthz: the process answers; no query is run.
pub async fn alive() -> &'static str {
    "ok\n"
}
