//! Traces reach a collector that speaks OTLP in JSON, and nobody waits for one that does not.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::support::{general, order, text, with_settings};

/// Stands in for a collector: takes what it is sent.
struct Collector {
    url: String,
    taken: mpsc::UnboundedReceiver<Value>,
}

impl Collector {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (give, taken) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let give = give.clone();
                tokio::spawn(async move {
                    while let Some(body) = take(&mut stream).await {
                        give.send(body).ok();
                    }
                });
            }
        });
        Self { url, taken }
    }

    /// Spans, until there are these.
    async fn until(&mut self, names: &[&str]) -> Vec<Value> {
        let mut spans = Vec::new();
        let has = |spans: &[Value], name: &str| spans.iter().any(|span| span["name"] == name);
        while !names.iter().all(|name| has(&spans, name)) {
            let body = self.taken.recv().await.expect("the collector lives");
            let scopes = &body["resourceSpans"][0]["scopeSpans"][0];
            spans.extend(scopes["spans"].as_array().unwrap().iter().cloned());
        }
        spans
    }
}

/// A request to /v1/traces; it is answered.
async fn take(stream: &mut TcpStream) -> Option<Value> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(head.starts_with("post /v1/traces http/1.1\r\n"), "{head}");
    assert!(
        head.contains("content-type: application/json\r\n"),
        "{head}"
    );
    let (_, length) = head.split_once("content-length: ")?;
    let length = length.split_once("\r\n")?.0.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    stream.write_all(answer.as_bytes()).await.ok()?;
    serde_json::from_slice(&body).ok()
}

/// The value of a span's attribute.
fn attribute<'a>(span: &'a Value, key: &str) -> &'a Value {
    let attributes = span["attributes"].as_array().unwrap();
    let found = attributes.iter().find(|attribute| attribute["key"] == key);
    &found.expect(key)["value"]
}

fn nanoseconds(span: &Value, key: &str) -> u64 {
    text(&span[key]).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_a_span_with_its_parts_and_names_no_buyer() {
    let mut collector = Collector::start().await;
    let url = collector.url.clone();
    let flags = ["--otlp-endpoint", &url, "--trace-percent", "100"];
    with_settings(&flags, async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        let spans = collector.until(&["POST /api/bookings", "order"]).await;
        let find = |name: &str| spans.iter().find(|span| span["name"] == name).unwrap();
        let (root, part) = (find("POST /api/bookings"), find("order"));
        assert_eq!(
            attribute(root, "boxoffice.booking")["stringValue"],
            booked["id"]
        );
        assert_eq!(
            attribute(root, "boxoffice.event")["stringValue"],
            booked["event_id"]
        );
        assert_eq!(
            attribute(root, "http.response.status_code")["intValue"],
            "201"
        );
        assert_eq!(text(&root["traceId"]).len(), 32);
        assert_eq!(text(&root["spanId"]).len(), 16);
        assert_eq!(
            (&part["traceId"], &part["parentSpanId"]),
            (&root["traceId"], &root["spanId"])
        );
        let [begin, end] = ["startTimeUnixNano", "endTimeUnixNano"];
        assert!(nanoseconds(root, begin) <= nanoseconds(part, begin));
        assert!(nanoseconds(part, end) <= nanoseconds(root, end));
        let all = serde_json::to_string(&spans).unwrap();
        assert!(!all.contains(text(&booked["buyer_id"])), "{all}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_collector_that_does_not_answer() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let flags = ["--otlp-endpoint", &url, "--trace-percent", "100"];
    with_settings(&flags, async |server| {
        let event = server.event(&[general("ga", 100)]).await;
        for _ in 0..50 {
            server
                .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
                .await
                .made();
        }
        while server.metric("boxoffice_traces_dropped_total").await == 0.0 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(server.metric("boxoffice_traces_sent_total").await, 0.0);
    })
    .await;
}
