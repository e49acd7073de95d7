//! How the log is written, what is slow enough to be in it, and where traces go.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::http_url::parse_http_url;

/// What is logged of requests, and how.
#[derive(Debug, Clone, Args)]
pub struct LogConfig {
    /// How lines of the log are written: `human`, or `json`, one object a line. RUST_LOG says which.
    #[arg(
        long,
        env = "BOXOFFICE_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "human",
        hide_possible_values = true
    )]
    pub log_format: LogFormat,
    /// Milliseconds from which on a request is logged as slow, with where its time went.
    #[arg(long, env = "BOXOFFICE_SLOW_REQUEST_MS", value_name = "MILLISECONDS", default_value_t = 1_000,
          value_parser = clap::value_parser!(u32).range(1..=600_000))]
    pub slow_request_ms: u32,
}

impl LogConfig {
    /// From this on a request is slow.
    pub fn slow_request(&self) -> Duration {
        Duration::from_millis(self.slow_request_ms.into())
    }
}

/// Where traces of requests go.
#[derive(Debug, Clone, Args)]
pub struct TraceConfig {
    /// Collector of OpenTelemetry that is sent traces of requests, by OTLP in JSON over plain HTTP:
    /// http://127.0.0.1:4318. Without it nothing is traced.
    #[arg(long, env = "BOXOFFICE_OTLP_ENDPOINT", value_name = "URL", value_parser = parse_http_url)]
    pub otlp_endpoint: Option<String>,
    /// Of a hundred requests so many are traced; those that are slow or that the server fails always are.
    #[arg(long, env = "BOXOFFICE_TRACE_PERCENT", value_name = "PERCENT", default_value_t = 1,
          value_parser = clap::value_parser!(u8).range(0..=100))]
    pub trace_percent: u8,
}

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line, for programs.
    Json,
}
