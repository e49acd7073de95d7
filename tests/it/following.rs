//! The log tells the life of each booking by its id, one JSON object a line if that is asked for, and keeps nobody
//! waiting.

use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use boxoffice::access::Access;
use boxoffice::postgres::Db;
use boxoffice::types::BuyerId;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use uuid::Uuid;

use crate::support::process::Process;
use crate::support::{fresh_database, fresh_key, text};

const EMAIL: &str = "ada.lovelace@mail.example";

/// A server, a buyer of its, and an event.
struct Shop {
    server: Process,
    client: Client,
    db: Db,
    event: Uuid,
    buyer: BuyerId,
    token: String,
}

impl Shop {
    async fn open(words: &[&str], log: Stdio) -> Self {
        let url = fresh_database().await;
        let db = Db::new(&url, 4).unwrap();
        let server = Process::start(&url, words, &[("RUST_LOG", "info")], log);
        let server = server.expect("it starts");
        let event = boxoffice_event(&url);
        let buyer = BuyerId::make();
        let token = Access::new(db.clone()).buyer_token(buyer).await.unwrap();
        Self {
            server,
            client: Client::new(),
            db,
            event,
            buyer,
            token,
        }
    }

    async fn send(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.request(path).json(body).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    fn request(&self, path: &str) -> RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.server.url));
        let request = request.bearer_auth(&self.token);
        request.header("Idempotency-Key", fresh_key())
    }

    async fn book(&self) -> Value {
        let body = json!({"event_id": self.event, "items": [{"tier": "ga", "quantity": 1}]});
        let (status, booking) = self.send("/api/bookings", &body).await;
        assert_eq!(status, 201, "{booking}");
        booking
    }

    async fn sql(&self, sql: &str) {
        self.db
            .get()
            .await
            .unwrap()
            .batch_execute(sql)
            .await
            .unwrap();
    }
}

/// An event of one tier, made by the command; its id.
fn boxoffice_event(url: &str) -> Uuid {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_boxoffice"));
    let words = "create-event --name x --max-tickets-per-buyer 1000 --starts-at 2090-06-01T20:00:00Z --tier ga:GA:1000:100000:general";
    command
        .args(words.split(' '))
        .env("DATABASE_URL", url)
        .stdin(Stdio::null());
    let made = command.output().expect("the binary runs");
    let event: Value = serde_json::from_slice(&made.stdout).unwrap();
    text(&event["id"]).parse().unwrap()
}

/// A file for a log.
struct Log(NamedTempFile);

impl Log {
    fn new() -> Self {
        Self(NamedTempFile::new().unwrap())
    }

    /// Its lines about this, once there are so many.
    async fn about(&self, what: &str, count: usize) -> Vec<String> {
        for _ in 0..600 {
            let text = std::fs::read_to_string(self.0.path()).unwrap();
            let lines = text.lines().filter(|line| line.contains(what));
            let lines: Vec<_> = lines.map(str::to_owned).collect();
            if lines.len() >= count {
                return lines;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{}", std::fs::read_to_string(self.0.path()).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_life_of_a_booking_is_in_the_log_by_its_id() {
    let log = Log::new();
    let file = log.0.reopen().unwrap();
    let words = ["serve", "--log-format", "json"];
    let shop = Shop::open(&words, file.into()).await;
    let booking = shop.book().await;
    let id = text(&booking["id"]);
    let pay = |card: &str| json!({"booking_id": id, "card_number": card});
    assert_eq!(
        shop.send("/api/payments", &pay("4000000000000002")).await.0,
        402
    );
    assert_eq!(
        shop.send("/api/payments", &pay("4242424242424242")).await.0,
        201
    );
    let cancel = format!("/api/bookings/{id}/cancel");
    assert_eq!(shop.send(&cancel, &json!({})).await.0, 200);
    let lines = log.about(id, 10).await;
    let lines: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<_> = lines.iter().map(|line| text(&line["message"])).collect();
    let expected = [
        "held",
        "payment asked",
        "payment declined",
        "",
        "payment asked",
        "payment succeeded, confirmed",
        "paid",
        "cancelled; 1 refunds are due",
        "refunded",
        "cancelled",
    ];
    assert_eq!(told, expected);
    let held = &lines[0];
    assert_eq!(held["route"], "/api/bookings");
    assert_eq!(
        (&held["method"], &held["status"]),
        (&"POST".into(), &201.into())
    );
    assert_eq!(held["event"], json!(shop.event));
    assert!(held["ms"].is_u64() && held["request"].is_string() && held["event_no"].is_i64());
    let refused = &lines[3];
    assert_eq!(
        (&refused["route"], &refused["status"]),
        (&"/api/payments".into(), &402.into())
    );

    let forgotten = shop.book().await;
    shop.sql(
        "UPDATE events SET on_sale_at = now() - interval '2 hours';
         UPDATE bookings SET created_at = now() - interval '1 hour', expires_at = now() - interval '1 second'
         WHERE status = 'pending'",
    )
    .await;
    let lines = log.about(text(&forgotten["id"]), 2).await;
    let last: Value = serde_json::from_str(&lines[1]).unwrap();
    assert_eq!(last["message"], "expired: its hold was not paid");
}

/// Anybody could fill a disk with lines of what changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_refused_write_no_lines() {
    let log = Log::new();
    let file = log.0.reopen().unwrap();
    let shop = Shop::open(&["serve"], file.into()).await;
    let too_many = json!({"event_id": shop.event, "items": [{"tier": "ga", "quantity": 11}]});
    for _ in 0..20 {
        assert_eq!(shop.send("/api/bookings", &too_many).await.0, 422);
        assert_eq!(shop.send("/api/nowhere", &json!({})).await.0, 404);
        let unknown = json!({"booking_id": Uuid::new_v4(), "card_number": "4242424242424242"});
        assert_eq!(shop.send("/api/payments", &unknown).await.0, 404);
    }
    shop.book().await;
    log.about("route=/api/bookings status=201", 1).await;
    let text = std::fs::read_to_string(log.0.path()).unwrap();
    let lines: Vec<_> = text
        .lines()
        .filter(|line| line.contains("status=4"))
        .collect();
    assert!(lines.is_empty(), "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_the_log_has_no_buyer_no_path_and_no_address() {
    let log = Log::new();
    let file = log.0.reopen().unwrap();
    let words = ["serve", "--slow-request-ms", "1", "--slow-batch-ms", "1"];
    let shop = Shop::open(&words, file.into()).await;
    let body = json!({"event_id": shop.event, "items": [{"tier": "ga", "quantity": 1}],
        "contact": {"name": "Ada Lovelace", "email": EMAIL}, "payment": {"card_number": "4242424242424242"}});
    let (_, booking) = shop.send("/api/bookings", &body).await;
    let path = format!(
        "/bookings/{}?access=x",
        booking["id"].as_str().unwrap_or("-")
    );
    shop.client
        .get(format!("{}{path}", shop.server.url))
        .send()
        .await
        .unwrap();
    shop.send(&format!("/bookings/find/{EMAIL}"), &json!({}))
        .await;
    shop.send(&format!("/{}/bookings", shop.buyer.0), &json!({}))
        .await;
    let find = [("reference", "ABCD-2345"), ("email", EMAIL)];
    let find = shop
        .request("/bookings/find")
        .header("Origin", &shop.server.url)
        .form(&find);
    find.send().await.unwrap();
    shop.book().await;
    log.about("slow request", 1).await;
    log.about("held", 1).await;
    let text = std::fs::read_to_string(log.0.path()).unwrap();
    let buyer = shop.buyer.0.to_string();
    assert!(!text.contains(&buyer), "{buyer}: {text}");
    // An id may have any digits.
    let words = text.split_inclusive([' ', '=', '\n']);
    let text: String = words
        .filter(|word| Uuid::parse_str(word.trim_end()).is_err())
        .collect();
    for never in [
        EMAIL,
        "Lovelace",
        "4242",
        "127.0.0.1:",
        "access=",
        &shop.token,
    ] {
        // Where the server listens is no client's address.
        let lines = text.lines().filter(|line| !line.contains("actix_server"));
        let telling: Vec<_> = lines.filter(|line| line.contains(never)).collect();
        assert!(telling.is_empty(), "{never}: {telling:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_keeps_no_buyer_waiting() {
    let mut shop = Shop::open(&["serve"], Stdio::piped()).await;
    // A pipe takes 64 KiB, which is some 300 lines.
    for _ in 0..600 {
        shop.book().await;
    }
    let mut log = shop.server.child.stderr.take().expect("piped");
    shop.server.kill();
    let mut text = Vec::new();
    log.read_to_end(&mut text).unwrap();
    assert!(text.len() >= 32 * 1024, "{}", text.len());
}
