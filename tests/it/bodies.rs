//! Bodies that are packed: refused by every route that reads one, before a byte is unpacked.

use std::io::Write;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::Value;
use uuid::Uuid;

use crate::support::connection::Connection;
use crate::support::process::Process;
use crate::support::{
    Answer, as_buyer, fresh_database, fresh_key, general, memory, order, with_server,
};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Each route that reads a body, with the type that it reads. Ids need not exist: bodies come first.
fn routes() -> Vec<(String, &'static str)> {
    let id = Uuid::new_v4();
    vec![
        ("/api/bookings".into(), JSON),
        ("/api/payments".into(), JSON),
        ("/api/payments/webhook".into(), JSON),
        (format!("/events/{id}/bookings"), FORM),
        (format!("/bookings/{id}/payments"), FORM),
    ]
}

/// Few bytes that are many, by content coding.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let spaces = vec![b' '; 32 << 20];
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&spaces[..8 << 20]).unwrap();
    deflate.write_all(&spaces).unwrap();
    vec![
        ("br", include_bytes!("bombs/spaces_1_gib.br").to_vec()),
        ("gzip", gzip.finish().unwrap()),
        ("deflate", deflate.finish().unwrap()),
        ("zstd", include_bytes!("bombs/spaces_64_mib.zst").to_vec()),
    ]
}

#[tokio::test]
async fn a_packed_body_is_refused_before_it_is_sent() {
    with_server(async |server| {
        for (path, content_type) in routes() {
            for coding in ["br", "gzip", "deflate", "zstd"] {
                let mut client = Connection::open(&server.url).await;
                let head = format!(
                    "POST {path} HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Type: {content_type}\r\n\
                     Content-Encoding: {coding}\r\nContent-Length: 1000\r\n\r\n"
                );
                client.send(&head).await;
                assert_eq!(client.status().await, Some(415), "{coding} {path}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_body_is_never_unpacked() {
    let url = fresh_database().await;
    let server = Process::start(&url, &["serve"], &[], Stdio::null()).expect("it starts");
    let client = reqwest::Client::new();
    let send = async |path: &str, content_type: &str, coding: &str, body: Vec<u8>| {
        let request = client
            .post(format!("{}{path}", server.url))
            .header("Origin", &server.url)
            .header("Idempotency-Key", fresh_key())
            .header("Content-Type", content_type)
            .header("Content-Encoding", coding);
        request.body(body).send().await.unwrap()
    };
    for (path, content_type) in routes() {
        send(&path, content_type, "br", b"\x3f".to_vec()).await;
    }
    let before = memory::peak_kib(&server);
    for (coding, bomb) in bombs() {
        assert!(bomb.len() <= 64 * 1024, "{coding}: {}", bomb.len());
        for (path, content_type) in routes() {
            let answer = send(&path, content_type, coding, bomb.clone()).await;
            assert_eq!(answer.status(), 415, "{coding} {path}");
            assert_eq!(answer.headers()["accept-encoding"], "identity");
            let text = answer.text().await.unwrap();
            // Programs are told what to do, in words of HTTP; readers of pages are not.
            let is_told = text.contains("Content-Encoding");
            assert_eq!(is_told, path.starts_with("/api/"), "{path}: {text}");
        }
    }
    let grown = memory::peak_kib(&server) - before;
    assert!(grown < 8 * 1024, "{grown} KiB");
}

#[tokio::test]
async fn a_body_that_says_that_it_is_not_packed_is_read() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let send = async |coding: &str, body: &Value| {
            let request = server
                .client
                .post(format!("{}/api/bookings", server.url))
                .header("Idempotency-Key", fresh_key())
                .header("Content-Encoding", coding);
            let request = as_buyer(&server.db, request, body).await;
            Answer::of(request.send().await.unwrap()).await
        };
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        send("Identity", &body).await.made();
        for coding in ["", "identity, br", "x-unheard-of"] {
            assert_eq!(send(coding, &body).await.problem(415), "invalid-request");
        }
    })
    .await;
}

#[tokio::test]
async fn json_that_is_nested_deeply_is_refused() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let depth = 32_000;
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let bodies = [
            nested.clone(),
            nested[..depth].to_owned(),
            "{\"items\":".repeat(6_000),
            format!("{{\"items\":{}", &nested[..depth]),
            format!("{{\"anything\":{nested}}}"),
        ];
        for (path, _) in routes().iter().filter(|(_, kind)| *kind == JSON) {
            for body in &bodies {
                let request = server
                    .client
                    .post(format!("{}{path}", server.url))
                    .header("Idempotency-Key", fresh_key())
                    .header("Content-Type", JSON);
                let answer = request.body(body.clone()).send().await.unwrap();
                let status = answer.status().as_u16();
                assert!((400..500).contains(&status), "{path}: {status}");
            }
        }
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        server.book(&body).await.made();
    })
    .await;
}
