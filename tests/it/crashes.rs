//! `kill -9` of the server at each step of paying, a restart, and recovery: a charge is confirmed or refunded,
//! and a booking that holds tickets is pending or confirmed. And `kill -9` of PostgreSQL under load.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use boxoffice::cluster::{Embedded, Options};
use boxoffice::postgres::{Db, create_database};
use boxoffice::{check, fault};
use futures::future::join_all;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::task::block_in_place;
use uuid::Uuid;

use crate::support::directory::Directory;
use crate::support::gate::{Gate, Moment};
use crate::support::gateway::{DECLINED_CARD, GOOD_CARD, LATER_CARD};
use crate::support::process::Process;
use crate::support::{
    Answer, Server, as_buyer, fresh_key, general, numbered, order, text, with_server,
};

/// The server that crashes leaves the recovery to the one that starts after it.
const FLAGS: [&str; 4] = [
    "--recover-after-seconds",
    "3600",
    "--gateway-webhook-delay-ms",
    "0",
];

/// What a buyer is doing when the server dies.
#[derive(Debug, Clone, Copy)]
enum Doing {
    Paying(&'static str),
    BookingAndPaying(&'static str),
    Cancelling,
}

/// The fault point, what the buyer is doing, and the booking after recovery: its status, and its
/// last payment's with the decline code.
type Case = (
    &'static str,
    Doing,
    &'static str,
    Option<(&'static str, Option<&'static str>)>,
);

#[rustfmt::skip]
const CASES: &[Case] = &[
    (fault::BEGUN, Doing::Paying(GOOD_CARD), "pending", Some(("declined", Some("abandoned")))),
    (fault::CHARGING, Doing::Paying(GOOD_CARD), "pending", Some(("declined", Some("abandoned")))),
    (fault::CHARGED, Doing::Paying(GOOD_CARD), "confirmed", Some(("succeeded", None))),
    (fault::ANSWERED, Doing::Paying(GOOD_CARD), "confirmed", Some(("succeeded", None))),
    (fault::RECORDING, Doing::Paying(GOOD_CARD), "confirmed", Some(("succeeded", None))),
    (fault::RECORDED, Doing::Paying(GOOD_CARD), "confirmed", Some(("succeeded", None))),
    (fault::CHARGED, Doing::Paying(DECLINED_CARD), "pending", Some(("declined", Some("card_declined")))),
    (fault::RECORDING, Doing::Paying(DECLINED_CARD), "pending", Some(("declined", Some("card_declined")))),
    (fault::CHARGED, Doing::Paying(LATER_CARD), "confirmed", Some(("succeeded", None))),
    (fault::RECORDING, Doing::Paying(LATER_CARD), "confirmed", Some(("succeeded", None))),
    (fault::BOOKED, Doing::BookingAndPaying(GOOD_CARD), "pending", None),
    (fault::BEGUN, Doing::BookingAndPaying(GOOD_CARD), "failed", Some(("declined", Some("abandoned")))),
    (fault::CHARGED, Doing::BookingAndPaying(GOOD_CARD), "confirmed", Some(("succeeded", None))),
    (fault::RECORDING, Doing::BookingAndPaying(DECLINED_CARD), "failed", Some(("declined", Some("card_declined")))),
    (fault::CANCELLED, Doing::Cancelling, "cancelled", Some(("refunded", None))),
    (fault::REFUNDED, Doing::Cancelling, "cancelled", Some(("refunded", None))),
];

/// A server over the test's database that dies at this point.
fn start(server: &Server, fault: &str) -> Process {
    let fault = [("BOXOFFICE_FAULT", fault)];
    Process::start(&server.database_url, &FLAGS, &fault, Stdio::null()).expect("a server")
}

/// Does it, at the server that is to die of it; the answer is lost.
async fn crash(server: &Server, event: Uuid, fault: &str, doing: Doing, key: &str) {
    let mut process = start(server, fault);
    let mut body = order(event, Uuid::new_v4(), &[("ga", 2)]);
    let post = async |path: &str, key: &str, body: &Value| {
        let url = format!("{}{path}", process.url);
        let request = server.client.post(url).header("Idempotency-Key", key);
        as_buyer(&server.db, request, body).await.send().await
    };
    let lost = match doing {
        Doing::BookingAndPaying(card) => {
            body["payment"] = json!({"card_number": card});
            post("/api/bookings", key, &body).await
        }
        Doing::Paying(card) => {
            let booking = server.book(&body).await.made();
            post("/api/payments", key, &payment(&booking, card)).await
        }
        Doing::Cancelling => {
            let booking = server.book(&body).await.made();
            server.pay(&booking, GOOD_CARD).await.made();
            let path = format!("/api/bookings/{}/cancel", text(&booking["id"]));
            post(&path, key, &json!({"buyer_id": booking["buyer_id"]})).await
        }
    };
    // Only the gateway's webhook kills after the answer.
    let answered_before = matches!(doing, Doing::Paying(LATER_CARD)) && lost.is_ok();
    assert!(
        lost.is_err() || answered_before,
        "{fault} {doing:?}: {lost:?}"
    );
    while process.ended().is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn payment(booking: &Value, card: &str) -> Value {
    json!({"booking_id": booking["id"], "buyer_id": booking["buyer_id"], "card_number": card})
}

/// The server of the test is the one that is started after the crash: it recovers.
async fn recover(server: &Server) {
    server.age_payments().await;
    let due = "SELECT count(*) FROM payments WHERE recover_at IS NOT NULL";
    server.until(due, 0).await;
}

async fn last_booking(server: &Server) -> Value {
    let client = server.db.get().await.unwrap();
    let row = client
        .query_one(
            "SELECT id::text FROM bookings ORDER BY id DESC LIMIT 1",
            &[],
        )
        .await
        .unwrap();
    let id: &str = row.get(0);
    let buyer = format!("SELECT buyer_id::text FROM bookings WHERE id = '{id}'");
    let buyer = json!(server.text(&buyer).await);
    server.read_as(&buyer, &format!("/api/bookings/{id}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_step_of_paying_a_server_dies_at_the_next_one_finishes() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 100)]).await;
        for &(fault, doing, status, paid) in CASES {
            crash(server, event, fault, doing, &fresh_key()).await;
            recover(server).await;
            let booking = last_booking(server).await;
            assert_eq!(booking["status"], status, "{fault} {doing:?}: {booking}");
            let expected = paid.map_or((Value::Null, Value::Null), |(status, code)| {
                (json!(status), json!(code))
            });
            let last = &booking["payment"];
            assert_eq!(
                (&last["status"], &last["decline_code"]),
                (&expected.0, &expected.1),
                "{fault} {doing:?}"
            );
            assert_money_is_right(server).await;
        }
    })
    .await;
}

/// Charged and not given back ⇔ confirmed. `check` says the rest.
async fn assert_money_is_right(server: &Server) {
    let kept = "SELECT count(*) FROM gateway_charges c WHERE status = 'succeeded'
        AND NOT EXISTS (SELECT FROM gateway_refunds r WHERE r.payment_id = c.payment_id)";
    let confirmed = "SELECT count(*) FROM bookings WHERE status = 'confirmed'";
    assert_eq!(server.count(kept).await, server.count(confirmed).await);
    let violations = boxoffice::check::check(&server.db).await.unwrap();
    assert!(violations.is_empty(), "{violations:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_answer_was_lost_in_a_crash_may_be_sent_again() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 100)]).await;
        for fault in [
            fault::BOOKED,
            fault::CHARGED,
            fault::ANSWERED,
            fault::RECORDED,
        ] {
            let mut process = start(server, fault);
            let mut body = order(event, Uuid::new_v4(), &[("ga", 2)]);
            body["payment"] = json!({"card_number": GOOD_CARD});
            let key = fresh_key();
            let url = format!("{}/api/bookings", process.url);
            let request = server.client.post(url).header("Idempotency-Key", &key);
            let request = as_buyer(&server.db, request, &body).await;
            let lost = request.send().await;
            assert!(lost.is_err());
            process.kill();
            // Before the recovery has had its turn, and after it.
            let first = server.book_with_key(&key, &body).await;
            assert!(
                (200..=202).contains(&first.status),
                "{fault}: {}",
                first.json
            );
            recover(server).await;
            let second = server.book_with_key(&key, &body).await;
            assert_eq!(
                (second.status, &second.json["status"]),
                (200, &json!("confirmed")),
                "{fault}"
            );
            assert_eq!(second.json["id"], first.json["id"]);
            assert_money_is_right(server).await;
        }
        assert_eq!(
            server.count("SELECT count(*) FROM gateway_charges").await,
            4
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_card_number_is_ever_stored_or_logged() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 100)]).await;
        let log = NamedTempFile::new().unwrap();
        let file = log.reopen().unwrap();
        let flags = ["--gateway-webhook-delay-ms", "0"];
        let process = Process::start(
            &server.database_url,
            &flags,
            &[("RUST_LOG", "trace")],
            file.into(),
        )
        .expect("a server");
        let post = async |path: &str, body: &Value| {
            let url = format!("{}{path}", process.url);
            let request = server
                .client
                .post(url)
                .header("Idempotency-Key", fresh_key());
            let request = as_buyer(&server.db, request, body).await;
            Answer::of(request.send().await.unwrap()).await
        };
        for card in [
            GOOD_CARD,
            "4242 4242 4242 4242",
            DECLINED_CARD,
            LATER_CARD,
            "4242424242424241",
            "42424242424242424242",
        ] {
            let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
            let booking = server.book(&body).await.made();
            let paid = post("/api/payments", &payment(&booking, card)).await;
            assert!(!digits(&paid.json.to_string()).contains(&digits(card)));
            let mut one_shot = body.clone();
            one_shot["payment"] = json!({"card_number": card});
            post("/api/bookings", &one_shot).await;
        }
        server
            .until(
                "SELECT count(*) FROM gateway_deliveries WHERE delivered_at IS NOT NULL",
                2,
            )
            .await;
        drop(process);
        let logged = std::fs::read_to_string(&log).unwrap();
        assert!(
            logged.contains("TRACE") && logged.contains("INSERT INTO payments"),
            "all is logged"
        );
        let stored = dump(server).await;
        assert!(stored.contains("succeeded"));
        for number in [GOOD_CARD, DECLINED_CARD, LATER_CARD, "4242424242424241"] {
            assert!(
                !digits(&logged).contains(number) && !logged.contains(number),
                "{number} is in the log"
            );
            assert!(!stored.contains(number), "{number} is in the database");
        }
    })
    .await;
}

/// Without what people put between them.
fn digits(text: &str) -> String {
    text.replace([' ', '-'], "")
}

/// Every row of every table.
pub(crate) async fn dump(server: &Server) -> String {
    let client = server.db.get().await.unwrap();
    let tables = "SELECT format('%I', relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
    let mut all = String::new();
    for table in client.query(tables, &[]).await.unwrap() {
        let rows = format!("SELECT t::text FROM {} AS t", table.get::<_, &str>(0));
        for row in client.query(&rows, &[]).await.unwrap() {
            all.push_str(row.get(0));
            all.push('\n');
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_that_is_killed_under_load_loses_no_order_and_leaves_no_caller_waiting() {
    const BUYERS: usize = 24;
    const ORDERS: usize = 40;
    const TRIES_MAX: usize = 1_000;
    const KILLS: usize = 4;
    let directory = Directory::new();
    let options = Options {
        data_dir: directory.join("data"),
        max_connections: 50,
        bin_dir: None,
    };
    let embedded = block_in_place(|| Embedded::start(&options)).unwrap();
    let url = embedded.connection().url("boxoffice");
    create_database(&embedded.connection().url("postgres"), "boxoffice")
        .await
        .unwrap();
    Db::new(&url, 1).unwrap().migrate().await.unwrap();
    let server = Server::start(&url, &[]).await;
    let event = server
        .event(&[general("ga", 5_000), numbered("vip", 5_000, &[10])])
        .await;
    let settled = AtomicUsize::new(0);
    let buyers = join_all((0..BUYERS).map(async |_| {
        for n in 0..ORDERS {
            // First batches of general tickets, then batches of seats.
            let tier = ["ga", "vip"][n / 10 % 2];
            let (key, body) = (fresh_key(), order(event, Uuid::new_v4(), &[(tier, 2)]));
            let mut tries = 0;
            loop {
                // No answer at all would panic here.
                let answer = server.book_with_key(&key, &body).await;
                tries += 1;
                match answer.status {
                    200 | 201 => break,
                    503 if tries < TRIES_MAX => {}
                    status => panic!("{status} at try {tries}: {}", answer.json),
                }
            }
            settled.fetch_add(1, Ordering::Relaxed);
        }
    }));
    // Each time with orders in flight. When a backend is killed, the postmaster ends all others at once; when
    // the postmaster is killed, they may finish a statement.
    let killer = async {
        for part in 1..=KILLS {
            while settled.load(Ordering::Relaxed) < BUYERS * ORDERS * part / (KILLS + 1) {
                tokio::task::yield_now().await;
            }
            let pid = if part == KILLS {
                embedded.pid().cast_signed()
            } else {
                pid_at_work(&server).await
            };
            let pid = rustix::process::Pid::from_raw(pid).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        }
    };
    tokio::join!(buyers, killer);
    let bookings = server.count("SELECT count(*) FROM bookings").await;
    assert_eq!(bookings, (BUYERS * ORDERS) as i64);
    let taken = "SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL";
    assert_eq!(server.count(taken).await, 2 * (BUYERS * ORDERS) as i64);
    let violations = check::check(&server.db).await.unwrap();
    assert!(violations.is_empty(), "{violations:#?}");
    server.stop().await;
    block_in_place(|| embedded.stop()).unwrap();
}

/// A backend that is held in the middle of a batch of orders. When it is killed, the gate is open again.
async fn pid_at_work(server: &Server) -> i32 {
    loop {
        // The database may be about to start.
        if let Ok(gate) = Gate::try_close(server, Moment::BeforeTickets).await {
            return gate.waiting_pid(server).await as i32;
        }
        tokio::task::yield_now().await;
    }
}
