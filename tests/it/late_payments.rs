//! Payments whose answer comes late, or never: slow gateways, clients that disconnect, lost answers, holds that
//! were overdue when the charge succeeded.

use boxoffice::payment::{ChargeBy, PaymentRequest};
use boxoffice::types::EventNo;
use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::{GOOD_CARD, LATER_CARD, NO_WEBHOOKS, SLOW, notice};
use crate::support::{
    Answer, CONFIRMED, Server, fresh_key, general, numbered, order, text, token, with_gateway,
    with_server, with_settings,
};

pub(crate) const CHARGED: &str = "SELECT count(*) FROM gateway_charges c WHERE status = 'succeeded'
    AND NOT EXISTS (SELECT FROM gateway_refunds r WHERE r.payment_id = c.payment_id)";
pub(crate) const PROCESSING: &str = "SELECT count(*) FROM payments WHERE status = 'processing'";

pub(crate) async fn pending(server: &Server, quantity: i64) -> Value {
    let event = server.event(&[general("ga", 10)]).await;
    let body = order(event, Uuid::new_v4(), &[("ga", quantity)]);
    server.book(&body).await.made()
}

/// Its hold has ended, although a payment of it is under way.
pub(crate) async fn expire(server: &Server, booking: &Value) {
    let id = text(&booking["id"]);
    server
        .sql(&format!(
            "UPDATE bookings SET expires_at = now(), paying_until = now() WHERE id = '{id}'"
        ))
        .await;
    let ended = format!("SELECT count(*) FROM bookings WHERE id = '{id}' AND status = 'expired'");
    server.until(&ended, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_gateway_holds_up_nobody_else() {
    with_gateway(&[], async |server, gateway| {
        // Far more than there are connections to the database.
        let bookings = join_all((0..40).map(async |_| pending(server, 1).await)).await;
        let slow = join_all(
            bookings
                .iter()
                .map(async |booking| server.pay(booking, SLOW).await.made()),
        );
        let others = async {
            server.until(PROCESSING, 40).await;
            let quick = pending(server, 1).await;
            server.pay(&quick, GOOD_CARD).await.made();
            let forgotten = pending(server, 1).await;
            expire(server, &forgotten).await;
            assert_eq!(server.count(PROCESSING).await, 40);
            gateway.resume();
        };
        let (paid, ()) = tokio::join!(slow, others);
        assert!(paid.iter().all(|payment| payment["status"] == "succeeded"));
        assert_eq!(server.count(CONFIRMED).await, 41);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_takes_too_long_is_answered_processing_and_goes_on() {
    with_gateway(&["--payment-wait-ms", "0"], async |server, gateway| {
        let booked = pending(server, 2).await;
        let body =
            json!({"booking_id": booked["id"], "buyer_id": booked["buyer_id"], "card_number": SLOW});
        let key = fresh_key();
        for _ in 0..2 {
            let paying = Answer::of(server.post("/api/payments", &key, &body).await).await;
            assert_eq!(
                (paying.status, &paying.json["status"]),
                (202, &json!("processing"))
            );
            assert_eq!(
                paying.headers["location"],
                format!("/api/payments/{}", text(&paying.json["id"]))
            );
            assert!(paying.headers.contains_key("retry-after"));
        }
        assert_eq!(
            server.pay(&booked, GOOD_CARD).await.problem(409),
            "payment-in-progress"
        );
        gateway.resume();
        server.until(CONFIRMED, 1).await;
        let receipt = server.booking(&booked).await;
        assert_eq!(receipt["payments"].as_array().unwrap().len(), 1);
        assert!(receipt["payments"][0]["answered_at"].is_string());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_shot_booking_that_takes_too_long_is_answered_202_with_its_payment() {
    with_gateway(&["--payment-wait-ms", "0"], async |server, gateway| {
        let event = server.event(&[general("ga", 10)]).await;
        let mut body = order(event, Uuid::new_v4(), &[("ga", 2)]);
        body["payment"] = json!({"card_number": SLOW});
        let booked = server.book(&body).await;
        assert_eq!(
            (booked.status, &booked.json["payment"]["status"]),
            (202, &json!("processing"))
        );
        assert_eq!(booked.json["status"], "pending");
        gateway.resume();
        server.until(CONFIRMED, 1).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_does_not_stop_its_payment() {
    with_gateway(&[], async |server, gateway| {
        let (one, another) = (pending(server, 1).await, pending(server, 1).await);
        // The connection is closed; and the request's future is dropped, as a web worker that ends does.
        tokio::select! {
            _ = server.pay(&one, SLOW) => panic!("answered"),
            () = server.until(PROCESSING, 1) => {}
        }
        let event = EventNo(server.count("SELECT max(event_id) FROM events").await);
        let request = PaymentRequest {
            seen_moves: None,
            event,
            booking: text(&another["id"]).parse().unwrap(),
            buyer: text(&another["buyer_id"]).parse().unwrap(),
            key: fresh_key().parse().unwrap(),
            method: ChargeBy::Token("pm_sim_mastercard_4444_succeeds".parse().unwrap()),
            return_url: None,
            contact: None,
            answers: Vec::new(),
            by_buyer: true,
            one_shot: false,
        };
        tokio::select! {
            _ = server.app.payments.pay(&request) => panic!("answered"),
            () = server.until(PROCESSING, 2) => {}
        }
        gateway.resume();
        server.until(CONFIRMED, 2).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_finishes_its_payments_first() {
    with_gateway(&["--payment-wait-ms", "0"], async |server, gateway| {
        let booked = pending(server, 1).await;
        let other = server.another().await;
        assert_eq!(server.pay(&booked, SLOW).await.status, 202);
        let limit = std::time::Duration::from_secs(60);
        let mut drained = std::pin::pin!(server.app.payments.drain(limit));
        assert!(futures::poll!(&mut drained).is_pending());
        gateway.resume();
        drained.await;
        assert_eq!(server.count(PROCESSING).await, 0);
        assert_eq!(other.booking(&booked).await["status"], "confirmed");
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_is_kept_while_its_payment_is_under_way_but_not_for_ever() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let booked = pending(server, 2).await;
        assert_eq!(server.pay(&booked, "4000000000003220").await.status, 202);
        server.age_holds().await;
        let event = EventNo(server.count("SELECT max(event_id) FROM events").await);
        let expired = boxoffice::allocator::release::expire(&server.db, event)
            .await
            .unwrap();
        assert!(expired.0.is_empty());
        assert_eq!(server.booking(&booked).await["status"], "pending");
        expire(server, &booked).await;
    })
    .await;
}

/// The first payment may still succeed, so nobody is told that nothing was charged.
#[tokio::test]
async fn another_card_is_refused_while_a_payment_is_under_way_also_after_the_hold() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let booked = pending(server, 2).await;
        let payment = server.pay(&booked, LATER_CARD).await.json;
        server.age_holds().await;
        let kept = server.pay(&booked, GOOD_CARD).await;
        expire(server, &booked).await;
        let ended = server.pay(&booked, GOOD_CARD).await;
        for refused in [kept, ended] {
            assert_eq!(refused.problem(409), "payment-in-progress");
            assert!(refused.headers.contains_key("retry-after"));
        }
        let payments = "SELECT count(*) FROM payments";
        assert_eq!(server.count(payments).await, 1);
        server.decline_later(&payment).await;
        let over = server.pay(&booked, GOOD_CARD).await;
        assert_eq!(over.problem(409), "hold-expired");
    })
    .await;
}

#[tokio::test]
async fn money_that_comes_after_the_hold_gets_the_very_same_seats_if_they_are_free() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 10)])
            .await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("vip", 3), ("ga", 2)]))
            .await
            .made();
        let payment = server.charge_without_webhook(&booked).await;
        expire(server, &booked).await;
        let told = server.webhook(&notice(&payment, "payment.succeeded")).await;
        assert_eq!((told.status, &told.json["duplicate"]), (200, &json!(false)));
        let confirmed = server.booking(&booked).await;
        assert_eq!(confirmed["status"], "confirmed");
        assert_eq!(confirmed["ended_at"], json!(null));
        assert_eq!(confirmed["items"], booked["items"]);
    })
    .await;
}

#[tokio::test]
async fn money_that_comes_after_the_hold_gets_other_tickets_of_the_tier_if_its_own_are_gone() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 10)])
            .await;
        let body = order(event, Uuid::new_v4(), &[("vip", 3), ("ga", 2)]);
        let booked = server.book(&body).await.made();
        let payment = server.charge_without_webhook(&booked).await;
        expire(server, &booked).await;
        let one_seat = &booked["items"][0]["seats"][1];
        let (row, number) = text(one_seat).split_once('-').unwrap();
        let number: i64 = number.parse().unwrap();
        let thief = json!({"event_id": event, "buyer_id": Uuid::new_v4(),
            "seats": [{"tier": "vip", "row": row, "number": number}]});
        server.book(&thief).await.made();
        server.webhook(&notice(&payment, "payment.succeeded")).await;
        let confirmed = server.booking(&booked).await;
        assert_eq!(confirmed["status"], "confirmed");
        assert_eq!(confirmed["items"][1], booked["items"][1], "these were free");
        let seats = confirmed["items"][0]["seats"].as_array().unwrap();
        assert_eq!(seats.len(), 3);
        assert!(!seats.contains(one_seat));
        assert_eq!(confirmed["items"][0]["together"], true);
    })
    .await;
}

/// The hold is over, `then` something happens, and then the money comes: it goes back.
async fn late_money_goes_back(then: impl AsyncFnOnce(&Server, &Value), status: &str) {
    with_settings(&NO_WEBHOOKS, async |server| {
        let booked = pending(server, 6).await;
        let payment = server.charge_without_webhook(&booked).await;
        then(server, &booked).await;
        server.webhook(&notice(&payment, "payment.succeeded")).await;
        server
            .until("SELECT count(*) FROM payments WHERE status = 'refunded'", 1)
            .await;
        let ended = server.booking(&booked).await;
        assert_eq!(ended["status"], status);
        assert_eq!(ended["payment"]["status"], "refunded");
        assert_eq!(server.count(CHARGED).await, 0);
        // Who has paid in time is not told that they had not.
        let cookie = format!("buyer={}", token(&server.db, &booked["buyer_id"]).await);
        let page = format!("{}/bookings/{}", server.url, text(&booked["id"]));
        let page = server
            .client
            .get(page)
            .header("Cookie", cookie)
            .send()
            .await;
        let page = page.unwrap().text().await.unwrap();
        assert!(!page.contains("You had not paid yet"), "{page}");
        let is_late = page.contains("The bank’s answer did not come in time");
        assert_eq!(is_late, status == "expired", "{page}");
    })
    .await;
}

#[tokio::test]
async fn money_that_comes_when_too_few_tickets_are_left_goes_back() {
    let sell = async |server: &Server, booked: &Value| {
        expire(server, booked).await;
        let event = text(&booked["event_id"]).parse().unwrap();
        server
            .book(&order(event, Uuid::new_v4(), &[("ga", 5)]))
            .await
            .made();
    };
    late_money_goes_back(sell, "expired").await;
}

#[tokio::test]
async fn money_that_comes_when_the_buyer_has_all_that_one_buyer_may_have_goes_back() {
    let book_again = async |server: &Server, booked: &Value| {
        expire(server, booked).await;
        server
            .sql("UPDATE events SET max_tickets_per_booking = 6, max_tickets_per_buyer = 7")
            .await;
        let event = text(&booked["event_id"]).parse().unwrap();
        let buyer = text(&booked["buyer_id"]).parse().unwrap();
        server.book(&order(event, buyer, &[("ga", 2)])).await.made();
    };
    late_money_goes_back(book_again, "expired").await;
}

#[tokio::test]
async fn money_that_comes_after_the_event_has_begun_goes_back() {
    let begin = async |server: &Server, booked: &Value| {
        expire(server, booked).await;
        server.sql("UPDATE events SET on_sale_at = now() - interval '2 days', starts_at = now() - interval '1 day'").await;
    };
    late_money_goes_back(begin, "expired").await;
}

#[tokio::test]
async fn money_that_comes_after_the_booking_was_cancelled_goes_back() {
    let cancel = async |server: &Server, booked: &Value| {
        assert_eq!(server.cancel(booked).await.status, 200);
    };
    late_money_goes_back(cancel, "cancelled").await;
}

#[tokio::test]
async fn cancelling_ends_so_many_seconds_before_the_event_as_is_set() {
    with_settings(&["--cancel-until-seconds", "31536000"], async |server| {
        let booked = pending(server, 1).await;
        server.pay(&booked, GOOD_CARD).await.made();
        assert_eq!(
            server.cancel(&booked).await.problem(409),
            "too-late-to-cancel"
        );
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
    })
    .await;
    with_server(async |server| {
        let booked = pending(server, 1).await;
        server.pay(&booked, GOOD_CARD).await.made();
        assert_eq!(server.cancel(&booked).await.status, 200);
    })
    .await;
}
