//! What the log must not hold, at its most talkative: whatever opens something, and card numbers.

use std::process::{Command, Stdio};
use std::time::Duration;

use boxoffice::access::Access;
use boxoffice::gateway::signature::sign;
use boxoffice::gateway::simulated::signing_key::HEADER;
use boxoffice::postgres::Db;
use boxoffice::types::{BookingId, BookingLink, BuyerId};
use data_encoding::HEXLOWER;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use uuid::Uuid;

use crate::support::connection::Connection;
use crate::support::process::Process;
use crate::support::{fresh_database, fresh_key, text};

const WEBHOOK_SECRET: &str = "a-secret-of-webhooks";

/// A file for the log of one server.
struct Log(NamedTempFile);

impl Log {
    fn new() -> Self {
        Self(NamedTempFile::new().unwrap())
    }

    fn writer(&self) -> Stdio {
        self.0.reopen().unwrap().into()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.0.path()).unwrap()
    }
}

/// Runs a command of the program, which logs all that it can. What it printed, and what it logged.
fn boxoffice(database_url: &str, words: &[&str]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice"));
    command.args(words).stdin(Stdio::null());
    let variables = [("DATABASE_URL", database_url), ("RUST_LOG", "trace")];
    let output = command.envs(variables).output().expect("the binary runs");
    let read = |bytes| String::from_utf8(bytes).unwrap();
    assert!(output.status.success());
    (read(output.stdout), read(output.stderr))
}

/// A server's address, and a client.
struct Shop<'s> {
    url: &'s str,
    client: Client,
}

impl Shop<'_> {
    async fn send(&self, request: RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body = answer.bytes().await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.url));
        request.header("Idempotency-Key", fresh_key())
    }

    /// A form of our own page.
    fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let key = fresh_key();
        let fields = [fields, &[("key", key.as_str())]].concat();
        let request = self.post(path).header("Origin", self.url);
        request.form(&fields)
    }

    async fn book(&self, event: &str, token: &str, card: Option<&str>) -> (u16, Value) {
        let mut body = json!({"event_id": event, "items": [{"tier": "ga", "quantity": 1}]});
        if let Some(card) = card {
            body["payment"] = json!({"card_number": card});
        }
        let request = self.post("/api/bookings").bearer_auth(token).json(&body);
        self.send(request).await
    }
}

/// The secrets that the database keeps, as a log would show them.
async fn kept_secrets(db: &Db) -> Vec<String> {
    let client = db.get().await.unwrap();
    let rows = client.query("SELECT value FROM secrets", &[]).await;
    let rows = rows.unwrap();
    assert!(rows.len() >= 2, "for tokens and for tickets");
    let shown = rows.iter().flat_map(|row| {
        let value: &[u8] = row.get(0);
        [format!("{value:?}"), HEXLOWER.encode(value)]
    });
    shown.collect()
}

/// Books and pays in every way, rightly and wrongly. The card numbers that were sent.
async fn send_cards(shop: &Shop<'_>, event: &str, token: &str) -> Vec<&'static str> {
    let (status, _) = shop.book(event, token, Some("5555555555554444")).await;
    assert_eq!(status, 201);
    let (status, _) = shop.book(event, token, Some("4242424242424241")).await;
    assert_eq!(status, 422);
    let (status, booking) = shop.book(event, token, None).await;
    assert_eq!(status, 201);
    let id = text(&booking["id"]);
    let pay = |body: String| {
        let request = shop.post("/api/payments").bearer_auth(token);
        let request = request.header("Content-Type", "application/json");
        shop.send(request.body(body))
    };
    let number = |number: &str| format!("{{\"booking_id\": \"{id}\", \"card_number\": {number}");
    for (body, expected) in [
        // It breaks off; it is no text; it is declined.
        (number("\"6011111111111117\""), 400),
        (number("30569309025904}"), 422),
        (number("\"4000000000000002\"}"), 402),
    ] {
        assert_eq!(pay(body.clone()).await.0, expected, "{body}");
    }
    let path = format!("/bookings/{id}/payments");
    for (card, expected) in [("4242 4242 4242 4240", 422), ("3782 8224 6310 005", 303)] {
        let form = shop.form(&path, &[("card_number", card)]);
        assert_eq!(shop.send(form.bearer_auth(token)).await.0, expected);
    }
    let other_site = shop.form(&path, &[("card_number", "2223003122003222")]);
    let other_site = other_site.header("Origin", "null").bearer_auth(token);
    assert_eq!(shop.send(other_site).await.0, 403);
    vec![
        "5555555555554444",
        "4242424242424241",
        "6011111111111117",
        "30569309025904",
        "4000000000000002",
        "4242 4242 4242 4240",
        "4242+4242+4242+4240",
        "3782 8224 6310 005",
        "3782+8224+6310+005",
        "378282246310005",
        "2223003122003222",
    ]
}

/// Sends what opens something where it belongs and where it does not: in headers, cookies, addresses, and in
/// requests that are no HTTP.
async fn send_keys(shop: &Shop<'_>, booking: BookingId, token: &str, link: &str) {
    let cookie = format!("buyer={token}");
    for (path, expected) in [
        (format!("/bookings/{booking}"), 404),
        (format!("/bookings/{booking}?access={link}"), 200),
        (format!("/api/bookings/{booking}?access={link}"), 200),
        (
            format!("/bookings/{booking}/calendar.ics?access={link}"),
            404,
        ),
        (format!("/bookings/{link}?access={token}"), 404),
        (format!("/api/bookings?cursor={token}"), 422),
        (format!("/nothing/{token}"), 404),
    ] {
        let request = shop.get(&path).header("Cookie", &cookie);
        assert_eq!(shop.send(request).await.0, expected, "{path}");
    }
    for authorization in [
        format!("Bearer {}x", &token[..token.len() - 2]),
        format!("Basic {token}"),
        token.to_owned(),
    ] {
        let request = shop.get("/api/bookings");
        let request = request.header("Authorization", authorization);
        assert_eq!(shop.send(request).await.0, 401);
    }
    let query = shop.get(&format!("/api/bookings?on_behalf_of={token}"));
    assert_eq!(shop.send(query.bearer_auth(token)).await.0, 422);
    let mut client = Connection::open(shop.url).await;
    let head = "GET /api/bookings HTTP/1.1\r\nHost: x\r\n";
    let no_http = format!("{head}Authorization: Bearer {token}\r\nContent-Length: {token}\r\n\r\n");
    client.send(&no_http).await;
    assert_eq!(client.status().await, Some(400));
}

/// Sends webhooks that are refused. Their signatures.
async fn send_webhooks(shop: &Shop<'_>, db: &Db) -> Vec<String> {
    let client = db.get().await.unwrap();
    let query = "SELECT extract(epoch FROM now())::bigint";
    let now: i64 = client.query_one(query, &[]).await.unwrap().get(0);
    let body = json!({"id": Uuid::new_v4(), "type": "payment.succeeded", "payment_id": Uuid::new_v4(),
        "amount": {"amount": 1, "currency": "EUR"}});
    let body = body.to_string();
    let mut signatures = Vec::new();
    for (secret, seconds, body, expected) in [
        (WEBHOOK_SECRET, now, body.as_str(), 404),
        (WEBHOOK_SECRET, now - 3600, &body, 403),
        (WEBHOOK_SECRET, now, "{", 400),
        ("another secret of webhooks", now, &body, 403),
    ] {
        let signature = sign(secret.as_bytes(), seconds, body.as_bytes());
        let request = shop.post("/api/payments/webhook");
        let request = request.header("Content-Type", "application/json");
        let request = request.header(HEADER, &signature).body(body.to_owned());
        assert_eq!(shop.send(request).await.0, expected, "{body}");
        let (_, code) = signature.split_once("v1=").unwrap();
        signatures.push(code.to_owned());
    }
    signatures
}

/// Pays with the card that is answered by webhook, and waits for it.
async fn receive_webhook(shop: &Shop<'_>, event: &str, token: &str) -> &'static str {
    let card = "4000000000003220";
    let (status, booking) = shop.book(event, token, Some(card)).await;
    assert_eq!(status, 202, "{booking}");
    let path = format!("/api/bookings/{}", text(&booking["id"]));
    let confirmed = async {
        while shop.send(shop.get(&path).bearer_auth(token)).await.1["status"] != "confirmed" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let patience = Duration::from_secs(30);
    tokio::time::timeout(patience, confirmed)
        .await
        .expect("a webhook");
    // The codes of its tickets are signed, by a secret that is made for the first of them.
    let page = shop.get(path.trim_start_matches("/api"));
    assert_eq!(shop.send(page.bearer_auth(token)).await.0, 200);
    card
}

/// Sends all of it to a server, and reads its log. The log, and what it must not hold.
async fn send_everything(database_url: &str, level: Option<&str>) -> (String, Vec<String>) {
    let tier = ["--tier", "ga:GA:1000:100:general"];
    let at = "2090-06-01T20:00:00Z";
    let event = ["create-event", "--name", "x", "--starts-at", at];
    let (event, log_of_event) = boxoffice(database_url, &[&event[..], &tier].concat());
    let event: Value = serde_json::from_str(&event).unwrap();
    let event = text(&event["id"]);
    let words = [
        "token",
        "create",
        "--scope",
        "bookings:write",
        "--name",
        "till",
    ];
    let (api_token, log_of_token) = boxoffice(database_url, &words);
    let api_token: Value = serde_json::from_str(&api_token).unwrap();
    let api_token = text(&api_token["token"]);

    let log = Log::new();
    let delay = "--gateway-webhook-delay-ms";
    let words = ["serve", delay, "0", "--webhook-secret", WEBHOOK_SECRET];
    let level = level.map(|level| ("RUST_LOG", level));
    let server = Process::start(database_url, &words, level.as_slice(), log.writer());
    let server = server.expect("it starts");
    let client = Client::builder().redirect(reqwest::redirect::Policy::none());
    let shop = Shop {
        url: &server.url,
        client: client.build().unwrap(),
    };
    let (status, buyer) = shop.send(shop.post("/api/buyers")).await;
    assert_eq!(status, 201);
    let token = text(&buyer["token"]);
    let db = Db::new(database_url, 2).unwrap();
    let access = Access::new(db.clone());
    let another = access.buyer_token(BuyerId::make()).await.unwrap();
    let (_, booking) = shop.book(event, token, None).await;
    let booking: BookingId = text(&booking["id"]).parse().unwrap();
    let link = access.link(BookingLink::first(booking)).await.unwrap();

    send_keys(&shop, booking, &another, &link).await;
    let items = json!([{"tier": "ga", "quantity": 1}]);
    let body = json!({"event_id": event, "on_behalf_of": Uuid::new_v4(), "items": items});
    let by_token = shop.post("/api/bookings").bearer_auth(api_token);
    assert_eq!(shop.send(by_token.json(&body)).await.0, 201);
    let mut cards = send_cards(&shop, event, token).await;
    cards.push(receive_webhook(&shop, event, token).await);
    let mut secrets = send_webhooks(&shop, &db).await;
    secrets.extend(kept_secrets(&db).await);
    secrets.extend([token, &another, &link, api_token, WEBHOOK_SECRET].map(str::to_owned));
    secrets.extend(cards.into_iter().map(str::to_owned));
    drop(server);
    ([log_of_event, log_of_token, log.text()].concat(), secrets)
}

fn assert_tells_nothing(log: &str, secrets: &[String]) {
    let is_told = |line: &&str| secrets.iter().any(|secret| line.contains(secret));
    let telling: Vec<_> = log.lines().filter(is_told).collect();
    assert!(telling.is_empty(), "{telling:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_says_all_holds_nothing_that_opens_anything_and_no_card_number() {
    let all = Some("trace,actix_http=trace,tokio_postgres::query=trace");
    let (log, secrets) = send_everything(&fresh_database().await, all).await;
    for library in ["actix_http::h1", "tokio_postgres", "hyper_util"] {
        assert!(
            log.contains(&format!(" {library}")),
            "{library} says nothing"
        );
    }
    assert_tells_nothing(&log, &secrets);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_do_wrong_is_no_error_in_the_log() {
    let (log, secrets) = send_everything(&fresh_database().await, None).await;
    assert_tells_nothing(&log, &secrets);
    assert!(!log.contains(" ERROR "), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_writes_no_errors_into_the_log() {
    let url = fresh_database().await;
    for level in [None, Some(("RUST_LOG", "info"))] {
        let log = Log::new();
        let server = Process::start(&url, &["serve"], level.as_slice(), log.writer());
        let server = server.expect("it starts");
        for _ in 0..20 {
            let mut client = Connection::open(&server.url).await;
            client.send("\0\u{1}\r\n\r\n").await;
            assert_eq!(client.status().await, Some(400));
            client.closed().await;
        }
        drop(server);
        assert!(!log.text().contains("ERROR"), "{}", log.text());
    }
}
