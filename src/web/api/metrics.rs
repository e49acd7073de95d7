//! Handler of /metrics: figures for Prometheus, as text.
//! <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
//!
//! What must hold: nothing is asked of a database, so a scrape is answered whatever happens to it; no label names a
//! buyer.

use std::fmt::Write;

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::app::App;

/// GET /metrics
pub async fn metrics(app: Data<App>) -> HttpResponse {
    let mut text = String::new();
    gauge(
        &mut text,
        "boxoffice_build_info",
        "The version of this server; always 1.",
        format_args!("{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")),
    );
    if let Some(replica) = app.reads.replica() {
        gauge(
            &mut text,
            "boxoffice_replica_used",
            "Whether readers read from the replica (1) or from the primary (0).",
            format_args!(" {}", u8::from(replica.is_used)),
        );
        // No sample if it does not answer: what is not known is not 0.
        if let Some(lag) = replica.lag {
            gauge(
                &mut text,
                "boxoffice_replica_lag_seconds",
                "How old what the replica says was when it was last looked at, a second ago at most.",
                format_args!(" {}", lag.as_secs_f64()),
            );
        }
    }
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(text)
}

/// A gauge with one sample: its labels, if it has any, and its value.
fn gauge(text: &mut String, name: &str, help: &str, sample: std::fmt::Arguments<'_>) {
    writeln!(
        text,
        "# HELP {name} {help}\n# TYPE {name} gauge\n{name}{sample}"
    )
    .ok();
}
