//! Payments that need more than one step: what the buyer's bank asks (3-D Secure), money that is reserved and captured later, tokens.

use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::{GOOD_CARD, LATER_CARD};
use crate::support::{
    Answer, CONFIRMED, FREE, Server, fresh_key, general, order, text, token, with_server,
};

/// The card whose bank asks.
const ASKS: &str = "pm_sim_visa_3184_asks";
/// The card whose money is reserved first.
const AUTHORISES: &str = "pm_sim_visa_2685_authorises";

async fn booked(server: &Server) -> Value {
    let event = server.event(&[general("ga", 4)]).await;
    server
        .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
        .await
        .made()
}

async fn pay_with(server: &Server, booking: &Value, method: &str) -> Answer {
    let body = json!({"booking_id": booking["id"], "buyer_id": booking["buyer_id"], "payment_method": method,
                      "return_url": "https://example.org/paid"});
    Answer::of(server.post("/api/payments", &fresh_key(), &body).await).await
}

/// A round of recovery, to its end.
async fn recover(server: &Server) {
    let payments = &server.app.payments;
    payments.recover_charges().await.unwrap();
    payments.recover_refunds().await.unwrap();
    let leased = "SELECT count(*) FROM payments WHERE recover_at > now() + interval '30 seconds'";
    server.until(leased, 0).await;
}

/// The path of the bank's page.
fn page_of(server: &Server, payment: &Value) -> String {
    let url = text(&payment["next_action"]["url"]);
    url.strip_prefix(&server.url)
        .expect("a page of this server")
        .to_owned()
}

async fn say(server: &Server, payment: &Value, answer: &str) {
    let page = page_of(server, payment);
    let response = server
        .client
        .post(format!("{}{page}", server.url))
        .header("Sec-Fetch-Site", "same-origin")
        .form(&[("answer", answer)])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()["location"], "https://example.org/paid");
}

/// The payment, as who pays sees it.
async fn look(server: &Server, booking: &Value, payment: &Value) -> Value {
    let path = format!("/api/payments/{}", text(&payment["id"]));
    server.read_as(&booking["buyer_id"], &path).await
}

#[tokio::test]
async fn a_bank_that_asks_is_answered_and_the_booking_is_paid() {
    with_server(async |server| {
        let booking = booked(server).await;
        let paying = pay_with(server, &booking, ASKS).await;
        assert_eq!(paying.status, 202, "{}", paying.json);
        assert_eq!(paying.json["status"], "requires_action");
        assert_eq!(paying.json["next_action"]["type"], "redirect");
        say(server, &paying.json, "yes").await;
        let paid = look(server, &booking, &paying.json).await;
        assert_eq!(paid["status"], "succeeded", "{paid}");
        assert!(paid.get("next_action").is_none());
        assert_eq!(server.count(CONFIRMED).await, 1);
    })
    .await;
}

/// Recovery has looked some times already, as it has after a minute, and waits for minutes.
pub(crate) async fn has_waited(server: &Server) {
    server.sql("UPDATE payments SET recover_attempts = 6").await;
    let waits = "SELECT count(*) FROM payments WHERE recover_attempts = 7 AND recover_at > now() + interval '1 minute'";
    server.until(waits, 1).await;
}

#[tokio::test]
async fn a_buyer_who_takes_a_minute_at_their_bank_has_paid_when_they_come_back() {
    with_server(async |server| {
        let booking = booked(server).await;
        let paying = pay_with(server, &booking, ASKS).await;
        has_waited(server).await;
        say(server, &paying.json, "yes").await;
        let paid = look(server, &booking, &paying.json).await;
        assert_eq!(paid["status"], "succeeded", "{paid}");
        assert_eq!(server.count(CONFIRMED).await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_looks_again_and_again_keeps_recovery_from_nothing() {
    with_server(async |server| {
        let booking = booked(server).await;
        let paying = pay_with(server, &booking, ASKS).await;
        server
            .sql("UPDATE payments SET act_until = now(), recover_at = now() + interval '1 hour'")
            .await;
        let late = look(server, &booking, &paying.json).await;
        assert_eq!(late["status"], "requires_action");
        let put_off =
            "SELECT count(*) FROM payments WHERE recover_at < now() + interval '10 minutes'";
        assert_eq!(server.count(put_off).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_bank_that_is_told_no_leaves_the_hold_and_another_card_may_be_tried() {
    with_server(async |server| {
        let booking = booked(server).await;
        let paying = pay_with(server, &booking, ASKS).await.json;
        // A second payment beside it could charge twice.
        let second = server.pay(&booking, GOOD_CARD).await;
        assert_eq!(second.problem(409), "payment-in-progress");
        say(server, &paying, "no").await;
        say(server, &paying, "yes").await;
        let declined = look(server, &booking, &paying).await;
        assert_eq!(declined["status"], "declined");
        assert_eq!(declined["decline_code"], "authentication_required");
        assert_eq!(server.pay(&booking, GOOD_CARD).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn what_the_buyer_does_not_do_in_time_is_cancelled_and_the_tickets_are_free_again() {
    with_server(async |server| {
        let booking = booked(server).await;
        let paying = pay_with(server, &booking, ASKS).await.json;
        // The hold is over; the payment keeps it for as long as the buyer may take.
        server
            .sql("UPDATE bookings SET expires_at = now() - interval '1 second'")
            .await;
        server.app.expiry.end_due().await.unwrap();
        assert_eq!(server.count(FREE).await, 2);
        server
            .sql("UPDATE payments SET act_until = now(), recover_at = now()")
            .await;
        recover(server).await;
        server.until(FREE, 4).await;
        say(server, &paying, "yes").await;
        assert_eq!(look(server, &booking, &paying).await["status"], "declined");
        let charged = "SELECT count(*) FROM gateway_charges WHERE status <> 'cancelled'";
        assert_eq!(server.count(charged).await, 0);
    })
    .await;
}

#[tokio::test]
async fn recovery_looks_again_when_the_buyers_time_is_over_however_often_it_has_looked_before() {
    with_server(async |server| {
        let booking = booked(server).await;
        pay_with(server, &booking, ASKS).await;
        server
            .sql("UPDATE payments SET recover_attempts = 7, act_until = now() + interval '2 minutes', recover_at = now()")
            .await;
        server.app.payments.recover_charges().await.unwrap();
        let looked = "SELECT count(*) FROM payments WHERE recover_attempts = 8 AND recover_at > now() + interval '1 minute'";
        server.until(looked, 1).await;
        let in_time = "SELECT count(*) FROM payments WHERE recover_at < act_until + interval '1 second'";
        assert_eq!(server.count(in_time).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_booking_that_is_cancelled_while_the_bank_asks_is_not_charged() {
    with_server(async |server| {
        let booking = booked(server).await;
        let paying = pay_with(server, &booking, ASKS).await.json;
        let cancelled = server.cancel(&booking).await;
        assert_eq!(cancelled.status, 200, "{}", cancelled.json);
        recover(server).await;
        say(server, &paying, "yes").await;
        let charged = "SELECT count(*) FROM gateway_charges WHERE status <> 'cancelled'";
        assert_eq!(server.count(charged).await, 0);
        assert_eq!(server.count(FREE).await, 4);
    })
    .await;
}

#[tokio::test]
async fn only_who_may_pay_sees_what_is_to_be_done() {
    with_server(async |server| {
        let booking = booked(server).await;
        let paying = pay_with(server, &booking, ASKS).await.json;
        let path = format!("/api/payments/{}", text(&paying["id"]));
        let another = token(&server.db, &json!(Uuid::new_v4())).await;
        let asked = server
            .client
            .get(format!("{}{path}", server.url))
            .bearer_auth(another);
        let answer = Answer::of(asked.send().await.unwrap()).await;
        assert_eq!(answer.problem(404), "not-found");
        let shown = server.booking(&booking).await;
        assert!(shown["payment"].get("next_action").is_none(), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn what_is_reserved_is_captured_once_the_booking_is_confirmed() {
    with_server(async |server| {
        let booking = booked(server).await;
        let paid = pay_with(server, &booking, AUTHORISES).await;
        assert_eq!(paid.status, 201, "{}", paid.json);
        let captured = "SELECT count(*) FROM gateway_charges WHERE status = 'succeeded'";
        assert_eq!(server.count(captured).await, 1);
        assert_eq!(
            server
                .count("SELECT count(*) FROM payments WHERE capture_due")
                .await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_reserved_for_a_booking_that_is_gone_is_set_free_not_refunded() {
    with_server(async |server| {
        let booking = booked(server).await;
        let paying = server.pay(&booking, LATER_CARD).await.json;
        assert_eq!(server.cancel(&booking).await.status, 200);
        server
            .sql("UPDATE gateway_charges SET status = 'authorised', answers_at = NULL")
            .await;
        server.sql("UPDATE payments SET recover_at = now()").await;
        recover(server).await;
        let back = look(server, &booking, &paying).await;
        assert_eq!(back["status"], "refunded", "{back}");
        let free = "SELECT count(*) FROM gateway_charges WHERE status = 'cancelled'";
        assert_eq!(server.count(free).await, 1);
        assert_eq!(
            server.count("SELECT count(*) FROM gateway_refunds").await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn money_that_cannot_be_captured_cancels_its_booking() {
    with_server(async |server| {
        let booking = booked(server).await;
        assert_eq!(pay_with(server, &booking, AUTHORISES).await.status, 201);
        // As a process leaves it that died before the capture, and whose reservation has run out since.
        server
            .sql("UPDATE gateway_charges SET status = 'cancelled'")
            .await;
        server
            .sql("UPDATE payments SET capture_due = true, recover_at = now()")
            .await;
        recover(server).await;
        assert_eq!(server.count(CONFIRMED).await, 0);
        assert_eq!(server.count(FREE).await, 4);
        let declined = "SELECT count(*) FROM payments WHERE status = 'declined'";
        assert_eq!(server.count(declined).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_payment_has_a_token_or_a_test_card_and_not_both() {
    with_server(async |server| {
        let booking = booked(server).await;
        let pay = async |fields: Value| {
            let mut body = fields;
            body["booking_id"] = booking["id"].clone();
            body["buyer_id"] = booking["buyer_id"].clone();
            let answer = Answer::of(server.post("/api/payments", &fresh_key(), &body).await).await;
            assert_eq!(answer.status, 422, "{}", answer.json);
            text(&answer.json["errors"][0]["pointer"]).to_owned()
        };
        assert_eq!(pay(json!({})).await, "/payment_method");
        assert_eq!(
            pay(json!({"payment_method": "4242424242424242"})).await,
            "/payment_method"
        );
        let both = json!({"payment_method": "pm_card_visa", "card_number": GOOD_CARD});
        assert_eq!(pay(both).await, "/card_number");
        for url in [
            "javascript:alert(1)",
            "//example.org",
            "/bookings",
            "https://",
        ] {
            let wrong = json!({"payment_method": "pm_card_visa", "return_url": url});
            assert_eq!(pay(wrong).await, "/return_url", "{url}");
        }
        let paid = pay_with(server, &booking, "pm_card_visa").await;
        assert_eq!(paid.status, 201, "{}", paid.json);
        assert_eq!(paid.json["card_last4"], "4242");
    })
    .await;
}
