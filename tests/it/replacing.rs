//! An order in the place of a hold: the old tickets are given back and the new ones taken, or neither.

use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gate::{Gate, Moment};
use crate::support::gateway::GOOD_CARD;
use crate::support::{
    CONFIRMED, FREE, Server, fresh_key, general, numbered, order, text, with_server, with_settings,
};

const PENDING: &str = "SELECT count(*) FROM bookings WHERE status = 'pending'";

/// The same buyer's order of so many tickets in the place of this hold.
fn instead(held: &Value, quantity: i64) -> Value {
    json!({
        "event_id": held["event_id"], "buyer_id": held["buyer_id"], "replaces": held["id"],
        "items": [{"tier": "hall", "quantity": quantity}],
    })
}

async fn held(server: &Server, event: Uuid, quantity: i64) -> Value {
    let body = order(event, Uuid::new_v4(), &[("hall", quantity)]);
    server.book(&body).await.made()
}

async fn status(server: &Server, booking: &Value) -> String {
    text(&server.booking(booking).await["status"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_given_back_for_an_order_that_needs_its_tickets() {
    with_server(async |server| {
        let event = server.event(&[numbered("hall", 4, &[4])]).await;
        let old = held(server, event, 3).await;
        let new = server.book(&instead(&old, 4)).await.made();
        assert_eq!(status(server, &old).await, "cancelled");
        assert_eq!(
            new["items"][0]["seats"],
            json!(["A-1", "A-2", "A-3", "A-4"])
        );
        assert_eq!(server.count(FREE).await, 0);
        // The counts that readers see know of both.
        let counts = server
            .read(&format!("/api/events/{event}/availability"))
            .await;
        assert_eq!(counts["tiers"][0]["available"], 0, "{counts}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_refused_leaves_the_hold() {
    with_server(async |server| {
        let event = server.event(&[numbered("hall", 6, &[6])]).await;
        let old = held(server, event, 2).await;
        let other = held(server, event, 2).await;
        server.pay(&other, GOOD_CARD).await.made();
        let before = server.booking(&old).await;
        let refused = server.book(&instead(&old, 5)).await;
        assert_eq!(refused.problem(409), "sold-out", "{}", refused.json);
        assert_eq!(refused.json["tiers"][0]["available"], 4);
        assert_eq!(server.booking(&old).await, before);
        // One seat of each: what is the buyer's own is not enough.
        let seat = |booking: &Value| {
            let label = text(&booking["items"][0]["seats"][0]);
            let number: i64 = label.trim_start_matches("A-").parse().unwrap();
            json!({"tier": "hall", "row": "A", "number": number})
        };
        let named = json!({
            "event_id": event, "buyer_id": old["buyer_id"], "replaces": old["id"],
            "seats": [seat(&old), seat(&other)],
        });
        assert_eq!(server.book(&named).await.problem(409), "seats-taken");
        assert_eq!(server.booking(&old).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_or_another_s_or_of_another_event_is_not_given_back() {
    with_server(async |server| {
        let tiers = [general("hall", 10)];
        let (event, elsewhere) = (server.event(&tiers).await, server.event(&tiers).await);
        let paid = held(server, event, 2).await;
        server.pay(&paid, GOOD_CARD).await.made();
        let refused = server.book(&instead(&paid, 3)).await;
        assert_eq!(refused.problem(409), "already-paid", "{}", refused.json);

        let of_other = held(server, event, 2).await;
        let mut body = instead(&of_other, 1);
        body["buyer_id"] = json!(Uuid::new_v4());
        let refused = server.book(&body).await;
        assert_eq!(refused.problem(422), "invalid-request");
        assert_eq!(refused.json["errors"][0]["pointer"], "/replaces");
        let mut body = instead(&of_other, 1);
        body["event_id"] = json!(elsewhere);
        let refused = server.book(&body).await;
        assert_eq!(refused.json["errors"][0]["pointer"], "/replaces");

        assert_eq!(status(server, &paid).await, "confirmed");
        assert_eq!(status(server, &of_other).await, "pending");
        assert_eq!(server.count(FREE).await, 16);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_is_being_paid_is_not_given_back() {
    with_settings(&["--gateway-webhook-delay-ms", "600000"], async |server| {
        let event = server.event(&[general("hall", 10)]).await;
        let old = held(server, event, 2).await;
        let paying = server.pay(&old, "4000000000003220").await;
        assert_eq!(paying.status, 202, "{}", paying.json);
        let refused = server.book(&instead(&old, 3)).await;
        assert_eq!(refused.problem(409), "payment-in-progress");
        assert_eq!(status(server, &old).await, "pending");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_is_over_does_not_keep_the_order_from_being_booked() {
    with_server(async |server| {
        let event = server.event(&[general("hall", 4)]).await;
        let old = held(server, event, 4).await;
        server.age_holds().await;
        let new = server.book(&instead(&old, 4)).await.made();
        assert_eq!(new["status"], "pending");
        assert_eq!(status(server, &old).await, "expired");
    })
    .await;
}

/// Twenty requests under one key, through two servers: one booking.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_sent_many_times_takes_the_place_of_the_hold_once() {
    with_server(async |server| {
        let second = server.another().await;
        let event = server.event(&[numbered("hall", 40, &[10])]).await;
        let old = held(server, event, 2).await;
        let (key, body) = (fresh_key(), instead(&old, 3));
        let sent = (0..20).map(|n| if n % 2 == 0 { server } else { &second });
        let answers = join_all(sent.map(|at| at.book_with_key(&key, &body))).await;
        for answer in &answers {
            assert!(matches!(answer.status, 200 | 201), "{}", answer.json);
            assert_eq!(answer.json["id"], answers[0].json["id"]);
        }
        assert_eq!(server.count(PENDING).await, 1);
        assert_eq!(server.count(FREE).await, 37);
        second.stop().await;
    })
    .await;
}

/// The hold is given back, and the new booking about to be inserted, when its payment comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_in_the_middle_of_it_is_refused_and_charges_nothing() {
    with_server(async |server| {
        let event = server.event(&[general("hall", 10)]).await;
        let old = held(server, event, 2).await;
        let gate = Gate::close(server, Moment::BeforeBookings).await;
        let body = instead(&old, 3);
        let replaced = server.book(&body);
        let paid = async {
            gate.until_waiting(1).await;
            let paid = server.pay(&old, GOOD_CARD);
            let open = async {
                let waits = "SELECT count(*) FROM pg_stat_activity
                    WHERE wait_event IN ('transactionid', 'tuple') AND datname = current_database()";
                server.until(waits, 1).await;
                gate.open().await;
            };
            tokio::join!(paid, open).0
        };
        let (replaced, paid) = tokio::join!(replaced, paid);
        replaced.made();
        assert_eq!(paid.problem(409), "booking-cancelled", "{}", paid.json);
        assert_eq!(server.count(CONFIRMED).await, 0);
        assert_eq!(server.count("SELECT count(*) FROM gateway_charges").await, 0);
        assert_eq!(server.count(FREE).await, 7);
    })
    .await;
}
