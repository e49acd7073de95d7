//! Payments and refunds.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::support::gateway::DECLINED_CARD;
use crate::support::{Answer, FREE, Server, fresh_key, general, order, with_server};

const GOOD: &str = "4242 4242 4242 4242";

async fn pending(server: &Server) -> Value {
    let event = server.event(&[general("ga", 10)]).await;
    server
        .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
        .await
        .made()
}

#[tokio::test]
async fn paying_confirms_the_booking() {
    with_server(async |server| {
        let booked = pending(server).await;
        let payment = server.pay(&booked, GOOD).await.made();
        assert_eq!(payment["status"], "succeeded");
        assert_eq!(payment["amount"], booked["total"]);
        assert_eq!(
            (&payment["card_brand"], &payment["card_last4"]),
            (&json!("visa"), &json!("4242"))
        );
        let confirmed = server.booking(&booked).await;
        assert_eq!(confirmed["status"], "confirmed");
        assert_eq!(confirmed["expires_at"], json!(null));
        assert_eq!(confirmed["payment"]["id"], payment["id"]);
        assert_eq!(server.pay(&booked, GOOD).await.problem(409), "already-paid");
    })
    .await;
}

#[tokio::test]
async fn each_test_card_is_declined_for_its_own_reason() {
    with_server(async |server| {
        for (card, code) in [
            (DECLINED_CARD, "card_declined"),
            ("4000000000009995", "insufficient_funds"),
            ("4000000000000119", "processing_error"),
        ] {
            let booked = pending(server).await;
            let declined = server.pay(&booked, card).await;
            assert_eq!(declined.problem(402), "payment-declined");
            assert_eq!(declined.json["decline_code"], code);
            assert_eq!(server.booking(&booked).await["status"], "pending");
            server.pay(&booked, GOOD).await.made();
        }
    })
    .await;
}

#[tokio::test]
async fn the_third_decline_is_for_good() {
    with_server(async |server| {
        let booked = pending(server).await;
        for _ in 0..3 {
            assert_eq!(
                server.pay(&booked, DECLINED_CARD).await.problem(402),
                "payment-declined"
            );
        }
        assert_eq!(server.booking(&booked).await["status"], "failed");
        assert_eq!(
            server.pay(&booked, GOOD).await.problem(409),
            "booking-failed"
        );
        assert_eq!(server.count(FREE).await, 10);
    })
    .await;
}

#[tokio::test]
async fn a_payment_in_the_request_confirms_or_fails_at_once() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let mut body = order(event, Uuid::new_v4(), &[("ga", 2)]);
        body["payment"] = json!({"card_number": GOOD});
        let key = fresh_key();
        let booked = server.book_with_key(&key, &body).await.made();
        assert_eq!(
            (&booked["status"], &booked["payment"]["status"]),
            (&json!("confirmed"), &json!("succeeded"))
        );
        let replay = server.book_with_key(&key, &body).await;
        assert_eq!((replay.status, &replay.json["id"]), (200, &booked["id"]));
        body["payment"] = json!({"card_number": DECLINED_CARD});
        let key = fresh_key();
        for _ in 0..2 {
            let declined = server.book_with_key(&key, &body).await;
            assert_eq!(declined.problem(402), "payment-declined");
            assert_eq!(declined.json["booking_status"], "failed");
        }
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 2);
        assert_eq!(
            server
                .count("SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL")
                .await,
            2
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_payment_key_replays_and_another_card_is_refused() {
    with_server(async |server| {
        let booked = pending(server).await;
        let body = |card: &str| json!({"booking_id": booked["id"], "buyer_id": booked["buyer_id"], "card_number": card});
        let key = fresh_key();
        let first = Answer::of(server.post("/api/payments", &key, &body(GOOD)).await).await.made();
        let replay = Answer::of(server.post("/api/payments", &key, &body(GOOD)).await).await;
        assert_eq!((replay.status, &replay.json["id"]), (200, &first["id"]));
        assert_eq!(replay.headers["idempotent-replayed"], "true");
        let reused = Answer::of(server.post("/api/payments", &key, &body("5555555555554444")).await).await;
        assert_eq!(reused.problem(422), "idempotency-key-reused");
        assert_eq!(server.count("SELECT count(*) FROM payments").await, 1);
    })
    .await;
}

#[tokio::test]
async fn cancelling_a_confirmed_booking_refunds_it() {
    with_server(async |server| {
        let booked = pending(server).await;
        server.pay(&booked, GOOD).await.made();
        let cancelled = server.cancel(&booked).await;
        assert_eq!(cancelled.status, 200);
        assert_eq!(cancelled.json["status"], "cancelled");
        assert_eq!(cancelled.json["payment"]["status"], "refunded");
        assert!(cancelled.json["payment"]["refunded_at"].is_string());
        assert_eq!(server.count(FREE).await, 10);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_cancelled_after_the_event_has_begun() {
    with_server(async |server| {
        let booked = pending(server).await;
        server.pay(&booked, GOOD).await.made();
        server.sql("UPDATE events SET on_sale_at = now() - interval '2 days', starts_at = now() - interval '1 day'").await;
        assert_eq!(server.cancel(&booked).await.problem(409), "too-late-to-cancel");
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
    })
    .await;
}

/// Does two things to each of some pending bookings at the same moment.
async fn race<A, B>(server: &Server, first: A, second: B)
where
    A: AsyncFn(&Value),
    B: AsyncFn(&Value),
{
    race_over(&twenty_pending(server).await, first, second).await;
}

/// Twenty pending bookings of two tickets each, of an event with a hundred.
pub(crate) async fn twenty_pending(server: &Server) -> Vec<Value> {
    let event = server.event(&[general("ga", 100)]).await;
    let mut bookings = Vec::new();
    for _ in 0..20 {
        bookings.push(
            server
                .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
                .await
                .made(),
        );
    }
    bookings
}

/// Does two things to each of some bookings, or payments, at the same moment.
pub(crate) async fn race_over<A, B>(each: &[Value], first: A, second: B)
where
    A: AsyncFn(&Value),
    B: AsyncFn(&Value),
{
    join_all(each.iter().map(async |booking| {
        let barrier = Arc::new(Barrier::new(2));
        tokio::join!(
            async {
                barrier.wait().await;
                first(booking).await;
            },
            async {
                barrier.wait().await;
                second(booking).await;
            }
        );
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_races_the_expiry_either_confirms_or_charges_nothing() {
    with_server(async |server| {
        let expire = async |booking: &Value| {
            let id = booking["id"].as_str().unwrap();
            server.sql(&format!("UPDATE bookings SET expires_at = now() WHERE id = '{id}' AND status = 'pending'")).await;
            let event: i64 = server.count("SELECT max(event_id) FROM events").await;
            boxoffice::allocator::release::expire(&server.db, boxoffice::types::EventNo(event)).await.unwrap();
        };
        let pay = async |booking: &Value| {
            let answer = server.pay(booking, GOOD).await;
            assert!(answer.status == 201 || answer.problem(409) == "hold-expired", "{}", answer.json);
        };
        race(server, pay, expire).await;
        server.until("SELECT count(*) FROM bookings WHERE status = 'pending'", 0).await;
        let charged = server.count("SELECT count(*) FROM payments WHERE status = 'succeeded'").await;
        assert_eq!(server.count("SELECT count(*) FROM bookings WHERE status = 'confirmed'").await, charged);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_payments_that_race_charge_once() {
    with_server(async |server| {
        let pay = async |booking: &Value| {
            let answer = server.pay(booking, GOOD).await;
            if answer.status != 201 {
                assert!(
                    matches!(answer.problem(409), "payment-in-progress" | "already-paid"),
                    "{}",
                    answer.json
                );
            }
        };
        race(server, pay, pay).await;
        let charged = "SELECT count(*) FROM gateway_charges WHERE status = 'succeeded'";
        assert_eq!(server.count(charged).await, 20);
        assert_eq!(
            server
                .count("SELECT count(*) FROM bookings WHERE status = 'confirmed'")
                .await,
            20
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_races_a_cancellation_is_refunded_or_never_made() {
    with_server(async |server| {
        let pay = async |booking: &Value| {
            let answer = server.pay(booking, GOOD).await;
            assert!(
                answer.status == 201 || answer.problem(409) == "booking-cancelled",
                "{}",
                answer.json
            );
        };
        let cancel = async |booking: &Value| {
            assert_eq!(server.cancel(booking).await.status, 200);
        };
        race(server, pay, cancel).await;
        assert_eq!(
            server
                .count("SELECT count(*) FROM bookings WHERE status = 'cancelled'")
                .await,
            20
        );
        assert_eq!(
            server
                .count("SELECT count(*) FROM payments WHERE status = 'succeeded'")
                .await,
            0
        );
        assert_eq!(
            server
                .count("SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL")
                .await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn a_booking_that_cannot_be_paid_says_why_and_nothing_changes() {
    with_server(async |server| {
        let stranger = json!({"id": Uuid::new_v4(), "buyer_id": Uuid::new_v4()});
        let confirmed = pending(server).await;
        server.pay(&confirmed, GOOD).await.made();
        let cancelled = pending(server).await;
        server.cancel(&cancelled).await;
        let failed = pending(server).await;
        for _ in 0..3 {
            server.pay(&failed, DECLINED_CARD).await;
        }
        let expired = pending(server).await;
        server.age_holds().await;
        server
            .until("SELECT count(*) FROM bookings WHERE status = 'expired'", 1)
            .await;
        let mut anothers = pending(server).await;
        anothers["buyer_id"] = json!(Uuid::new_v4());
        let everything = "SELECT md5(string_agg(b::text, '' ORDER BY b.id)) FROM
            (SELECT id, b::text FROM bookings b UNION ALL SELECT id, p::text FROM payments p) b";
        let before = server.text(everything).await;
        for (booking, status, kind) in [
            (&confirmed, 409, "already-paid"),
            (&cancelled, 409, "booking-cancelled"),
            (&failed, 409, "booking-failed"),
            (&expired, 409, "hold-expired"),
            (&anothers, 404, "not-found"),
            (&stranger, 404, "not-found"),
        ] {
            for card in [GOOD, DECLINED_CARD] {
                assert_eq!(server.pay(booking, card).await.problem(status), kind);
            }
        }
        assert_eq!(server.text(everything).await, before);
    })
    .await;
}

#[tokio::test]
async fn the_receipt_shows_every_payment_and_refund_with_its_time() {
    with_server(async |server| {
        let booked = pending(server).await;
        assert_eq!(
            (&booked["payment"], &booked["payments"]),
            (&json!(null), &json!([]))
        );
        server.pay(&booked, DECLINED_CARD).await;
        server.pay(&booked, GOOD).await.made();
        let receipt = server.booking(&booked).await;
        let payments = receipt["payments"].as_array().unwrap();
        let statuses: Vec<_> = payments.iter().map(|payment| &payment["status"]).collect();
        assert_eq!(statuses, ["declined", "succeeded"]);
        assert!(
            payments
                .iter()
                .all(|p| p["created_at"].is_string() && p["answered_at"].is_string())
        );
        assert_eq!(receipt["payment"], payments[1]);
        assert_eq!(
            receipt["items"][0]["unit_price"],
            json!({"amount": 1000, "currency": "USD"})
        );
        assert_eq!(receipt["total"], payments[1]["amount"]);
        let cancelled = server.cancel(&booked).await.json;
        assert!(cancelled["payments"][1]["refunded_at"].is_string());
        let list = server.read_as(&booked["buyer_id"], "/api/bookings").await;
        assert_eq!(list["bookings"][0]["payments"], cancelled["payments"]);
    })
    .await;
}
