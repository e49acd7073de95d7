//! Spans of requests for an OpenTelemetry collector: JSON over plain HTTP, to a collector on this machine or in this
//! network. <https://opentelemetry.io/docs/specs/otlp/#otlphttp>
//!
//! What must hold: no request waits for the collector; what waits to be sent is bounded, and what does not fit, or what
//! the collector does not take, is dropped and counted. A span says what a line of the log says, and no more.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::config::TraceConfig;
use crate::metrics::{Counter, Sheet};
use crate::types::Timestamp;

/// Spans that wait at most.
const WAITING_MAX: usize = 10_000;
/// Requests whose spans are sent together at most.
const TOGETHER_MAX: usize = 500;
/// How long they wait for others.
const PAUSE: Duration = Duration::from_millis(500);
/// How long the collector may take.
const SEND_WAIT: Duration = Duration::from_secs(5);
/// OpenTelemetry's numbers: a request that is served, work within, and a failure.
const SERVER: u8 = 2;
const INTERNAL: u8 = 1;
const FAILED: u8 = 2;

/// A request that is traced.
#[derive(Debug)]
pub(super) struct Traced {
    pub(super) name: String,
    pub(super) ended: Timestamp,
    pub(super) took: Duration,
    pub(super) has_failed: bool,
    pub(super) attributes: Vec<(&'static str, Value)>,
    /// Its parts: the name, how long after the beginning it began, and how long it took.
    pub(super) parts: Vec<(&'static str, Duration, Duration)>,
}

/// Sends spans.
#[derive(Debug)]
pub struct Traces {
    waiting: mpsc::Sender<Traced>,
    /// Of a hundred requests so many are traced.
    percent: u8,
    sent: Counter,
    dropped: Counter,
}

impl Traces {
    /// Sends them from a task of this runtime, until what is returned is dropped; `None` if no collector is named.
    ///
    /// # Errors
    /// There is no client for HTTP.
    pub fn start(config: &TraceConfig) -> Result<Option<Arc<Self>>, reqwest::Error> {
        let Some(endpoint) = &config.otlp_endpoint else {
            return Ok(None);
        };
        let client = reqwest::Client::builder().timeout(SEND_WAIT).build()?;
        let (waiting, taken) = mpsc::channel(WAITING_MAX);
        let traces = Arc::new(Self {
            waiting,
            percent: config.trace_percent,
            sent: Counter::new(),
            dropped: Counter::new(),
        });
        let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
        let work = send_all(client, url, taken, Arc::downgrade(&traces));
        tokio::spawn(work);
        Ok(Some(traces))
    }

    /// Whether this request is one of those that are traced.
    pub(super) fn chooses(&self) -> bool {
        rand::random_range(0..100) < self.percent
    }

    /// Has it sent.
    pub(super) fn send(&self, traced: Traced) {
        if self.waiting.try_send(traced).is_err() {
            self.dropped.add_one();
        }
    }

    /// Tells how many were sent.
    pub(super) fn tell(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        sheet.counter(
            "traces_sent",
            "Requests whose trace was sent",
            self.sent.get(),
        )?;
        let help = "Requests whose trace was dropped: the collector did not take it";
        sheet.counter("traces_dropped", help, self.dropped.get())
    }
}

async fn send_all(
    client: reqwest::Client,
    url: String,
    mut taken: mpsc::Receiver<Traced>,
    traces: std::sync::Weak<Traces>,
) {
    let is_failing = AtomicBool::new(false);
    let mut together = Vec::with_capacity(TOGETHER_MAX);
    while taken.recv_many(&mut together, TOGETHER_MAX).await > 0 {
        let body = body(&together).to_string();
        let request = client.post(&url).header("Content-Type", "application/json");
        let answer = request.body(body).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        let Some(traces) = traces.upgrade() else {
            return;
        };
        let count = together.len() as u64;
        let was_failing = is_failing.swap(answer.is_err(), Ordering::Relaxed);
        match answer {
            Ok(_) => traces.sent.add(count),
            Err(error) => {
                traces.dropped.add(count);
                if !was_failing {
                    log::warn!("traces are not taken: {error}");
                }
            }
        }
        drop(traces);
        together.clear();
        tokio::time::sleep(PAUSE).await;
    }
}

/// What the collector is sent.
fn body(together: &[Traced]) -> Value {
    let spans: Vec<Value> = together.iter().flat_map(spans).collect();
    json!({"resourceSpans": [{
        "resource": {"attributes": [
            attribute("service.name", &"boxoffice".into()),
            attribute("service.version", &env!("CARGO_PKG_VERSION").into()),
        ]},
        "scopeSpans": [{"scope": {"name": "boxoffice"}, "spans": spans}],
    }]})
}

/// The span of a request, and those of its parts.
fn spans(traced: &Traced) -> Vec<Value> {
    let trace = HEXLOWER.encode(&rand::random::<[u8; 16]>());
    let root = HEXLOWER.encode(&rand::random::<[u8; 8]>());
    let began = traced.ended - traced.took;
    let attributes = traced.attributes.iter();
    let attributes: Vec<_> = attributes
        .map(|(key, value)| attribute(key, value))
        .collect();
    let status = if traced.has_failed {
        json!({"code": FAILED})
    } else {
        json!({})
    };
    let mut spans = vec![json!({
        "traceId": trace, "spanId": root, "name": traced.name, "kind": SERVER,
        "startTimeUnixNano": nanoseconds(began), "endTimeUnixNano": nanoseconds(traced.ended),
        "attributes": attributes, "status": status,
    })];
    spans.extend(traced.parts.iter().map(|(name, after, took)| {
        let began = began + *after;
        json!({
            "traceId": trace, "spanId": HEXLOWER.encode(&rand::random::<[u8; 8]>()),
            "parentSpanId": root, "name": name, "kind": INTERNAL,
            "startTimeUnixNano": nanoseconds(began), "endTimeUnixNano": nanoseconds(began + *took),
        })
    }));
    spans
}

/// JSON has no integers of 64 bits: they are written as text.
fn nanoseconds(at: Timestamp) -> String {
    at.timestamp_nanos_opt().unwrap_or_default().to_string()
}

fn attribute(key: &str, value: &Value) -> Value {
    let value = match value {
        Value::Number(number) => json!({"intValue": number.to_string()}),
        other => json!({"stringValue": other}),
    };
    json!({"key": key, "value": value})
}
