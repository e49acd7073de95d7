//! Each transition of a booking against each other one, at the same moment, twenty times.
//! Pay against expiry, cancellation and payment are in `payments.rs`.

use serde_json::{Value, json};
use uuid::Uuid;

use boxoffice::types::EventNo;

use crate::payments::{race_over, twenty_pending};
use crate::support::gateway::{GOOD_CARD, NO_WEBHOOKS, notice};
use crate::support::{
    Answer, CONFIRMED, FREE, Server, general, order, text, with_gateway, with_settings,
};

const PENDING: &str = "SELECT count(*) FROM bookings WHERE status = 'pending'";
pub(crate) const REFUNDED: &str = "SELECT count(*) FROM gateway_refunds";
pub(crate) const DUE: &str = "SELECT count(*) FROM payments WHERE recover_at IS NOT NULL";

/// Twenty bookings that are charged, with no webhook sent. Returns their payments.
async fn twenty_charged(server: &Server) -> Vec<Value> {
    let mut payments = Vec::new();
    for booking in twenty_pending(server).await {
        let mut payment = server.charge_without_webhook(&booking).await;
        payment["booking"] = booking;
        payments.push(payment);
    }
    payments
}

/// Sends the webhook until it is accepted, as the gateway does.
pub(crate) async fn tell(server: &Server, payment: &Value) {
    let notice = notice(payment, "payment.succeeded");
    for _ in 0..20 {
        let told = server.webhook(&notice).await;
        if told.status == 200 {
            return;
        }
        assert_eq!(told.problem(503), "unavailable");
    }
    panic!("the webhook is not accepted");
}

async fn recover(server: &Server, payment: &Value) {
    let id = text(&payment["id"]);
    server
        .sql(&format!(
            "UPDATE payments SET recover_at = now() WHERE id = '{id}' AND status = 'processing'"
        ))
        .await;
    server.app.payments.recover_charges().await.unwrap();
}

/// Ends the hold of this booking, if it can be.
async fn expire(server: &Server, booking: &Value) {
    let id = text(&booking["id"]);
    server
        .sql(&format!(
            "UPDATE bookings SET expires_at = now(), paying_until = NULL
             WHERE id = '{id}' AND status = 'pending'"
        ))
        .await;
    let event = EventNo(server.count("SELECT max(event_id) FROM events").await);
    boxoffice::allocator::release::expire(&server.db, event)
        .await
        .unwrap();
}

async fn cancel(server: &Server, booking: &Value) {
    let answer = server.cancel(booking).await;
    assert!(
        answer.status == 200 || answer.problem(409) == "hold-expired",
        "{}",
        answer.json
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_races_the_recovery_confirms_once() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payments = twenty_charged(server).await;
        let tell = async |payment: &Value| tell(server, payment).await;
        let recover = async |payment: &Value| recover(server, payment).await;
        race_over(&payments, tell, recover).await;
        server.until(CONFIRMED, 20).await;
        assert_eq!(server.count(REFUNDED).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_races_itself_is_taken_once() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let notices: Vec<Value> = (twenty_charged(server).await.iter())
            .map(|payment| notice(payment, "payment.succeeded"))
            .collect();
        let news = std::sync::atomic::AtomicUsize::new(0);
        let send = async |notice: &Value| {
            let told = server.webhook(notice).await;
            assert_eq!(told.status, 200, "{}", told.json);
            if told.json["duplicate"] == json!(false) {
                news.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        };
        race_over(&notices, &send, &send).await;
        assert_eq!(news.into_inner(), 20);
        assert_eq!(server.count(CONFIRMED).await, 20);
        assert_eq!(
            server.count("SELECT count(*) FROM webhook_events").await,
            20
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_races_a_decline_leaves_no_charge_without_a_booking() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payments = twenty_charged(server).await;
        let tell = async |payment: &Value| tell(server, payment).await;
        let decline = async |payment: &Value| {
            let told = server.webhook(&notice(payment, "payment.declined")).await;
            assert_eq!(told.status, 200, "{}", told.json);
        };
        race_over(&payments, tell, decline).await;
        server.until(DUE, 0).await;
        let (confirmed, refunded) = (server.count(CONFIRMED).await, server.count(REFUNDED).await);
        assert_eq!(confirmed + refunded, 20);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_that_races_the_expiry_gives_the_tickets_back_once() {
    with_settings(&[], async |server| {
        let bookings = twenty_pending(server).await;
        let cancel = async |booking: &Value| cancel(server, booking).await;
        let expire = async |booking: &Value| expire(server, booking).await;
        race_over(&bookings, cancel, expire).await;
        server.until(PENDING, 0).await;
        assert_eq!(server.count(FREE).await, 100);
        let ended = "SELECT count(*) FROM bookings WHERE status IN ('cancelled', 'expired')";
        assert_eq!(server.count(ended).await, 20);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_that_races_itself_refunds_once() {
    with_gateway(&[], async |server, gateway| {
        let bookings = twenty_pending(server).await;
        for booking in &bookings {
            server.pay(booking, GOOD_CARD).await.made();
        }
        let cancel = async |booking: &Value| assert_eq!(server.cancel(booking).await.status, 200);
        race_over(&bookings, &cancel, &cancel).await;
        server.until(DUE, 0).await;
        assert_eq!(server.count(REFUNDED).await, 20);
        assert_eq!(gateway.refunds(), 20, "the gateway is told once for each");
        assert_eq!(server.count(FREE).await, 100);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_races_a_cancellation_is_refunded_either_way() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payments = twenty_charged(server).await;
        let tell = async |payment: &Value| tell(server, payment).await;
        let cancel = async |payment: &Value| cancel(server, &payment["booking"]).await;
        race_over(&payments, tell, cancel).await;
        server.until(DUE, 0).await;
        assert_eq!(server.count(REFUNDED).await, 20);
        assert_eq!(server.count(FREE).await, 100);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_races_the_expiry_confirms_either_way_while_tickets_are_left() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payments = twenty_charged(server).await;
        let tell = async |payment: &Value| tell(server, payment).await;
        let expire = async |payment: &Value| expire(server, &payment["booking"]).await;
        race_over(&payments, tell, expire).await;
        server.until(DUE, 0).await;
        // Tickets that another transaction has locked are skipped, but a hundred are enough for all.
        assert_eq!(server.count(CONFIRMED).await, 20);
        assert_eq!(server.count(REFUNDED).await, 0);
    })
    .await;
}

/// A payment that was charged without notice, for a booking of two of three tickets whose hold is over.
pub(crate) async fn charged_and_expired(server: &Server) -> Value {
    let event = server.event(&[general("ga", 3)]).await;
    let body = order(event, Uuid::new_v4(), &[("ga", 2)]);
    let booking = server.book(&body).await.made();
    let mut payment = server.charge_without_webhook(&booking).await;
    server
        .sql("UPDATE bookings SET expires_at = now(), paying_until = NULL WHERE status = 'pending'")
        .await;
    server.until(PENDING, 0).await;
    payment["event_id"] = json!(event);
    payment["booking"] = booking;
    payment
}

/// Another buyer wants two of the three tickets.
pub(crate) async fn buy(server: &Server, payment: &Value) -> Answer {
    let event = text(&payment["event_id"]).parse().unwrap();
    server
        .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_who_comes_while_late_money_takes_the_tickets_gets_none_of_them() {
    // The buyer gives up before the payment does, which waits for the lock.
    let settings = [&NO_WEBHOOKS[..], &["--held-wait-ms", "20"]].concat();
    with_settings(&settings, async |server| {
        let payment = charged_and_expired(server).await;
        // The answer is recorded up to the payment's own row: the tickets are taken, not committed.
        let mut client = server.db.get().await.unwrap();
        let holding = client.transaction().await.unwrap();
        let id: Uuid = text(&payment["id"]).parse().unwrap();
        let hold = "SELECT FROM payments WHERE event_id = 1 AND id = $1 FOR NO KEY UPDATE";
        assert_eq!(holding.query(hold, &[&id]).await.unwrap().len(), 1);
        let told = tell(server, &payment);
        let bought = async {
            let waits = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
            server.until(waits, 1).await;
            assert_eq!(buy(server, &payment).await.problem(409), "held-by-others");
            holding.rollback().await.unwrap();
        };
        tokio::join!(told, bought);
        assert_eq!(
            server.booking(&payment["booking"]).await["status"],
            "confirmed"
        );
        assert_eq!(server.count(REFUNDED).await, 0);
        assert_eq!(buy(server, &payment).await.problem(409), "sold-out");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_that_races_other_buyers_for_the_last_tickets_sells_none_twice() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let mut payments = Vec::new();
        for _ in 0..20 {
            payments.push(charged_and_expired(server).await);
        }
        let tell = async |payment: &Value| tell(server, payment).await;
        let buy = async |payment: &Value| {
            let answer = buy(server, payment).await;
            assert!(
                answer.status == 201
                    || matches!(answer.problem(409), "sold-out" | "held-by-others"),
                "{}",
                answer.json
            );
        };
        race_over(&payments, tell, buy).await;
        server.until(DUE, 0).await;
        let (confirmed, refunded) = (server.count(CONFIRMED).await, server.count(REFUNDED).await);
        assert_eq!(confirmed + refunded, 20);
        assert_eq!(
            server.count(PENDING).await,
            refunded,
            "one of the two in each event"
        );
    })
    .await;
}
