//! Exports: every row once, cells defused, memory flat, foreign formats refused.

use std::time::Duration;

use boxoffice::postgres::Db;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::reports::{Organiser, paid};
use crate::support::memory::peak_kib;
use crate::support::process::Process;
use crate::support::{general, numbered, text, with_server};

/// Every record of a CSV file, the names first.
fn records(file: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_reader(file.as_bytes());
    let records = reader.records().map(|record| record.unwrap());
    records
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "every file of one event")]
async fn bookings_tickets_payments_and_sales_are_exported_with_their_formulas_defused() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 50)])
            .await;
        let organiser = Organiser::new(server).await;
        let ana = paid(server, event, &[("vip", 2), ("ga", 1)], "=1+1").await;
        let bo = paid(server, event, &[("ga", 1)], "Bo, \"the\" Berg").await;
        server.cancel(&bo).await;
        organiser.report(event, 2, 1).await;
        let file = async |name: &str| {
            let answer = organiser
                .ask(&format!("/events/{event}/exports/{name}"))
                .await;
            assert_eq!(answer.status(), 200, "{name}");
            let disposition = answer.headers()["content-disposition"]
                .to_str()
                .unwrap()
                .to_owned();
            assert!(
                disposition.starts_with("attachment; filename=\""),
                "{disposition}"
            );
            answer.text().await.unwrap()
        };
        let bookings = records(&file("bookings.csv").await);
        assert_eq!(bookings.len(), 3);
        let column = |name: &str| {
            bookings[0]
                .iter()
                .position(|it| it == name)
                .expect("a column")
        };
        assert_eq!(bookings[1][column("reference")], text(&ana["reference"]));
        assert_eq!(bookings[1][column("name")], "'=1+1");
        assert_eq!(bookings[2][column("name")], "Bo, \"the\" Berg");
        assert_eq!(
            (
                &*bookings[1][column("tickets")],
                &*bookings[1][column("total")]
            ),
            ("3", "210.00")
        );
        assert_eq!(
            (
                &*bookings[1][column("status")],
                &*bookings[2][column("status")]
            ),
            ("confirmed", "cancelled")
        );
        assert!(file("bookings.csv?bom=true").await.starts_with('\u{feff}'));
        assert_eq!(records(&file("tickets.csv").await).len(), 1 + 4);
        assert_eq!(records(&file("payments.csv").await).len(), 1 + 2);
        let sales = records(&file("sales.csv").await);
        assert_eq!(sales.len(), 1 + 2, "{sales:?}");
        let lines = file("tickets.jsonl").await;
        let tickets: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(tickets.len(), 4);
        assert_eq!(
            tickets[0]["price"],
            json!({"amount": 10_000, "currency": "USD"})
        );
        assert_eq!(tickets[0]["name"], "=1+1");
        let sheet = organiser
            .ask(&format!("/events/{event}/exports/bookings.xlsx"))
            .await;
        assert!(sheet.bytes().await.unwrap().starts_with(b"PK"));
        for wrong in [
            "bookings.pdf",
            "buyers.csv",
            "bookings",
            "..%2Fbookings.csv",
        ] {
            let answer = organiser
                .get(&format!("/events/{event}/exports/{wrong}"))
                .await;
            assert_eq!(answer.problem(404), "not-found", "{wrong}");
        }
    })
    .await;
}

/// An event, the first of its database, with so many paid bookings of one ticket.
pub(crate) async fn fill(db: &Db, bookings: i32) -> Uuid {
    let event = Uuid::new_v4();
    let statements = format!(
        "INSERT INTO venues (name, city, country, time_zone) VALUES ('Hall', 'Porto', 'PT', 'Europe/Lisbon');
         INSERT INTO events (public_id, venue_id, name, starts_at, on_sale_at, currency, search_text)
         SELECT '{event}', venue_id, 'Nordlicht Quartet', now() + interval '1 day', now() - interval '1 day', 'USD', 'x' FROM venues;
         INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating)
         VALUES (1, 1, 'ga', 'GA', 1000, {bookings}, 'general');
         CREATE TEMP TABLE made AS
         SELECT n, gen_random_uuid() AS booking, gen_random_uuid() AS payment FROM generate_series(1, {bookings}) AS n;
         INSERT INTO tickets (event_id, tier_no, seat_no, booking_id) SELECT 1, 1, n, booking FROM made;
         INSERT INTO bookings (event_id, id, reference, buyer_id, idempotency_key, request_fingerprint, status,
                               total_minor, currency, created_at, confirmed_at, turn)
         SELECT 1, booking, n, gen_random_uuid(), 'k', '', 'confirmed', 1000, 'USD', now() - interval '1 hour',
                now() - n % 7 * interval '1 s' - interval '1 minute', 1 FROM made;
         INSERT INTO booking_items SELECT 1, booking, 1, 1, 1000, ARRAY[n] FROM made;
         INSERT INTO contacts SELECT 1, booking, 'Somebody ' || n, n || '@example.org', n || '@example.org' FROM made;
         INSERT INTO payments (event_id, id, booking_id, idempotency_key, request_fingerprint, status, amount_minor,
                               currency, card_brand, card_last4, created_at, answered_at, one_shot, recover_attempts)
         SELECT 1, payment, booking, 'k', '', 'succeeded', 1000, 'USD', 'visa', '4242', now(), now(), false, 0 FROM made;
         INSERT INTO gateway_charges (payment_id, status, amount_minor, currency, created_at)
         SELECT payment, 'succeeded', 1000, 'USD', now() FROM made;
         DROP TABLE made; ANALYZE"
    );
    let client = db.get().await.unwrap();
    client.batch_execute(&statements).await.unwrap();
    event
}

#[tokio::test]
async fn many_rows_are_exported_each_once_in_flat_memory() {
    const ROWS: i32 = 40_000;
    /// Less than the rows take.
    const GROWTH_MAX_KIB: u64 = 12 << 10;
    with_server(async |server| {
        let event = fill(&server.db, ROWS).await;
        let token = {
            let hour = Duration::from_secs(3600);
            let scopes = [boxoffice::access::api_token::Scope::BookingsRead];
            boxoffice::access::api_token::create(&server.db, "x", &scopes, hour)
                .await
                .unwrap()
                .1
        };
        let process = Process::start(&server.database_url, &[], &[], std::process::Stdio::null())
            .expect("a server");
        let fetch = async |file: &str| {
            let url = format!(
                "{}/api/organiser/events/{event}/exports/{file}",
                process.url
            );
            let answer = server
                .client
                .get(url)
                .bearer_auth(&token)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 200, "{file}");
            answer.bytes().await.unwrap()
        };
        // Warm: buffers and statements are there.
        fetch("bookings.csv").await;
        fetch("payments.xlsx").await;
        let before = peak_kib(&process);
        for file in [
            "bookings.csv",
            "tickets.csv",
            "payments.csv",
            "payments.jsonl",
            "bookings.xlsx",
        ] {
            let bytes = fetch(file).await;
            let grown = peak_kib(&process) - before;
            assert!(grown < GROWTH_MAX_KIB, "{file}: {grown} KiB more");
            if file.ends_with(".csv") {
                let rows = records(std::str::from_utf8(&bytes).unwrap());
                let mut ids: Vec<&str> = rows[1..].iter().map(|row| row[1].as_str()).collect();
                if file == "payments.csv" {
                    ids = rows[1..].iter().map(|row| row[0].as_str()).collect();
                }
                ids.sort_unstable();
                ids.dedup();
                assert_eq!(
                    (rows.len(), ids.len()),
                    (ROWS as usize + 1, ROWS as usize),
                    "{file}"
                );
            }
        }
    })
    .await;
}
