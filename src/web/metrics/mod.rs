//! What Prometheus is told: the figures of every module, and the listener that answers with them.
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>
//!
//! What must hold: nothing is asked of a database, so a scrape is answered whatever happens to it; no label names a
//! buyer, an event or a booking, or comes from a request. The figures tell how a shop sells, so they are not on the
//! port that buyers use: the listener has an address of its own, or there is none.

pub(super) mod process;
pub(super) mod requests;

use std::fmt;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::web::{Data, get};
use actix_web::{HttpResponse, HttpServer};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, text};
use prometheus_client::registry::Registry;

use super::api::status;
use super::headers;
use super::traces::Traces;
use crate::app::App;
use crate::metrics::{LOG_LINES_DROPPED, Sheet};
use requests::Requests;

/// What begins the name of every figure.
const PREFIX: &str = "boxoffice";

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All figures of a process.
#[derive(Debug)]
pub struct Figures(Registry);

impl Figures {
    /// Of this app, and of the requests that it has answered.
    pub fn new(app: Arc<App>, requests: Arc<Requests>, traces: Option<Arc<Traces>>) -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        registry.register_collector(Box::new(Everything {
            app,
            requests,
            traces,
        }));
        Self(registry)
    }

    /// As Prometheus reads them.
    ///
    /// # Errors
    /// There is no room for them.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.0)?;
        Ok(text)
    }
}

struct Everything {
    app: Arc<App>,
    requests: Arc<Requests>,
    traces: Option<Arc<Traces>>,
}

impl fmt::Debug for Everything {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Everything").finish_non_exhaustive()
    }
}

impl Collector for Everything {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (app, sheet) = (&self.app, &mut Sheet(encoder));
        let version = env!("CARGO_PKG_VERSION");
        sheet.gauges(
            "build_info",
            "The version of this server; always 1",
            [([("version", version)], 1.0)],
        )?;
        process::tell(sheet)?;
        let dropped = LOG_LINES_DROPPED.get();
        sheet.counter(
            "log_lines_dropped",
            "Lines of the log that were dropped",
            dropped,
        )?;
        self.requests.tell(sheet)?;
        if let Some(traces) = &self.traces {
            traces.tell(sheet)?;
        }
        app.limits.tell(sheet)?;
        app.connections.tell(sheet)?;
        app.tell_streams(sheet)?;
        app.lanes.tell(sheet)?;
        app.expiry.tell(sheet)?;
        app.payments.tell(sheet)?;
        app.availability.tell(sheet)?;
        app.reads.tell(sheet)?;
        app.observed.tell(sheet)?;
        app.tasks.tell(sheet)?;
        app.health.tell(app.is_leaving(), sheet)?;
        tell_replica(app, sheet)
    }
}

fn tell_replica(app: &App, sheet: &mut Sheet<'_>) -> fmt::Result {
    let Some(replica) = app.reads.replica() else {
        return Ok(());
    };
    let is_used = f64::from(u8::from(replica.is_used));
    let help = "Whether readers read from the replica (1) or from the primary (0)";
    sheet.gauge("replica_used", help, is_used)?;
    // No sample if it does not answer: what is not known is not 0.
    let Some(lag) = replica.lag else {
        return Ok(());
    };
    let help = "How old what the replica says was when it was last looked at, a second ago at most";
    sheet.gauge("replica_lag_seconds", help, lag.as_secs_f64())
}

/// Serves the figures, and the checks of health beside them, on a thread of their own.
///
/// # Errors
/// The listener cannot be used.
pub fn listen(listener: TcpListener, app: Arc<App>, figures: Figures) -> std::io::Result<Server> {
    let (app, figures) = (Data::from(app), Data::new(figures));
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .wrap(headers::of_all(&app.config))
            .app_data(app.clone())
            .app_data(figures.clone())
            .route("/metrics", get().to(scrape))
            .route("/healthz", get().to(status::alive))
            .route("/readyz", get().to(status::status))
    });
    Ok(server
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)?
        .run())
}

/// GET /metrics
async fn scrape(figures: Data<Figures>) -> HttpResponse {
    match figures.text() {
        Ok(text) => HttpResponse::Ok().content_type(OPENMETRICS).body(text),
        Err(error) => {
            log::error!("the figures cannot be told: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}
