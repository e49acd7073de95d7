//! `kill -9` of the server at each step of paying through a real provider, a restart, and recovery.

use std::process::Stdio;
use std::time::Duration;

use boxoffice::fault;
use serde_json::json;
use uuid::Uuid;

use super::{DECLINES, SECURE, VISA};
use crate::provider::keys::flags;
use crate::provider::money::{assert_books_agree, assert_reconciled, payment, with_scripted};
use crate::provider::scripted::Scripted;
use crate::support::process::Process;
use crate::support::{Server, as_buyer, fresh_key, general, order, text};

/// What a buyer is doing when the server dies.
#[derive(Debug, Clone, Copy)]
enum Doing {
    Paying(&'static str),
    Cancelling,
}

/// The fault point, what the buyer is doing, and the booking after recovery: its status, and its last payment's.
type Case = (&'static str, Doing, &'static str, &'static str);

#[rustfmt::skip]
const CASES: &[Case] = &[
    (fault::BEGUN, Doing::Paying(VISA), "pending", "declined"),
    (fault::CREATED, Doing::Paying(VISA), "pending", "declined"),
    (fault::ANSWERED, Doing::Paying(VISA), "confirmed", "succeeded"),
    (fault::RECORDING, Doing::Paying(VISA), "confirmed", "succeeded"),
    (fault::RECORDED, Doing::Paying(VISA), "confirmed", "succeeded"),
    (fault::CAPTURED, Doing::Paying(VISA), "confirmed", "succeeded"),
    (fault::ANSWERED, Doing::Paying(DECLINES), "pending", "declined"),
    (fault::RECORDING, Doing::Paying(DECLINES), "pending", "declined"),
    // What the bank asks was told to nobody: it is given up.
    (fault::ANSWERED, Doing::Paying(SECURE), "pending", "declined"),
    (fault::RECORDING, Doing::Paying(SECURE), "pending", "declined"),
    (fault::CANCELLED, Doing::Cancelling, "cancelled", "refunded"),
    (fault::REFUNDED, Doing::Cancelling, "cancelled", "refunded"),
];

/// A server over the test's database that dies at this point.
fn start(server: &Server, provider: &Scripted, fault: &str) -> Process {
    let words = flags(&provider.url());
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.extend(["--recover-after-seconds", "3600"]);
    let fault = [("BOXOFFICE_FAULT", fault)];
    Process::start(&server.database_url, &words, &fault, Stdio::null()).expect("a server")
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_step_of_paying_a_server_dies_at_the_next_one_finishes_it_with_the_provider() {
    with_scripted(&[], async |server, provider| {
        let event = server.event(&[general("ga", 100)]).await;
        for &(fault, doing, status, paid) in CASES {
            let booked = server.book(&order(event, Uuid::new_v4(), &[("ga", 2)])).await.made();
            if let Doing::Cancelling = doing {
                server.pay_with(&booked, VISA).await.made();
                server.recover().await;
            }
            let mut process = start(server, provider, fault);
            let (path, body) = match doing {
                Doing::Paying(method) => ("/api/payments".to_owned(), payment(&booked, method)),
                Doing::Cancelling => (
                    format!("/api/bookings/{}/cancel", text(&booked["id"])),
                    json!({"buyer_id": booked["buyer_id"]}),
                ),
            };
            let request = server.client.post(format!("{}{path}", process.url));
            let request = request.header("Idempotency-Key", fresh_key());
            as_buyer(&server.db, request, &body).await.send().await.ok();
            while process.ended().is_none() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_books_agree(server, &provider.ledger()).await;
            server.age_payments().await;
            let id = text(&booked["id"]);
            // What waits for its buyer stays due.
            let due = format!("SELECT count(*) FROM payments WHERE booking_id = '{id}' AND recover_at IS NOT NULL AND action IS NULL");
            server.until(&due, 0).await;
            let now = server.booking(&booked).await;
            assert_eq!((&now["status"], &now["payment"]["status"]), (&json!(status), &json!(paid)), "{fault} {doing:?}");
            assert_books_agree(server, &provider.ledger()).await;
            let charges = provider.ledger();
            let charged = charges.iter().filter(|it| it.metadata.iter().any(|text| text == now["payment"]["id"].as_str().unwrap()));
            assert!(charged.count() <= 1, "{fault} {doing:?}");
        }
        assert_reconciled(server).await;
    })
    .await;
}
