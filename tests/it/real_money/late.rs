//! Money that comes when the hold is ending or has ended, and money that does not come although the seats are confirmed.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{SECURE, VISA};
use crate::late_payments::expire;
use crate::provider::money::{hold, with_scripted};
use crate::provider::script::{Call, Fault, Gate, When};
use crate::provider::scripted::Scripted;
use crate::reports::Organiser;
use crate::support::{CONFIRMED, FREE, Server, order, text};

/// The buyer authenticates after their hold has ended, and `then` something has happened; the provider tells of it.
async fn authenticates_late(
    server: &Server,
    provider: &Scripted,
    booked: &Value,
    then: impl AsyncFnOnce(),
) {
    assert_eq!(server.pay_with(booked, SECURE).await.status, 202);
    expire(server, booked).await;
    then().await;
    let intent = provider.ledger().pop().unwrap().intent;
    provider.authenticate(&intent, true);
    let event = provider
        .events("payment_intent.amount_capturable_updated")
        .pop()
        .unwrap();
    assert_eq!(server.deliver(&event).await.status, 200);
    server.recover().await;
}

#[tokio::test]
async fn money_that_comes_after_the_hold_gets_its_tickets_if_they_are_free() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        authenticates_late(server, provider, &booked, async || {}).await;
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
        assert_eq!(provider.ledger()[0].captured, 2_000);
        assert_eq!(server.count(FREE).await, 8);
    })
    .await;
}

#[tokio::test]
async fn money_that_comes_when_the_tickets_are_gone_is_set_free() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 6).await;
        let sell = async || {
            let event = text(&booked["event_id"]).parse().unwrap();
            let body = order(event, Uuid::new_v4(), &[("ga", 8)]);
            server.book(&body).await.made();
        };
        authenticates_late(server, provider, &booked, sell).await;
        assert_eq!(server.booking(&booked).await["status"], "expired");
        let entry = provider.ledger().remove(0);
        assert_eq!((entry.status, entry.captured), ("canceled", 0));
        assert_eq!(provider.count(Call::Refund), 0, "it was never taken");
    })
    .await;
}

#[tokio::test]
async fn money_that_was_taken_at_once_when_the_tickets_are_gone_is_refunded() {
    with_scripted(
        &["--stripe-capture", "automatic"],
        async |server, provider| {
            let booked = hold(server, 6).await;
            assert_eq!(server.pay_with(&booked, SECURE).await.status, 202);
            expire(server, &booked).await;
            let event = text(&booked["event_id"]).parse().unwrap();
            server
                .book(&order(event, Uuid::new_v4(), &[("ga", 8)]))
                .await
                .made();
            provider.authenticate(&provider.ledger()[0].intent, true);
            let event = provider.events("payment_intent.succeeded").pop().unwrap();
            assert_eq!(server.deliver(&event).await.status, 200);
            server.recover().await;
            let entry = provider.ledger().remove(0);
            assert_eq!((entry.captured, entry.refunded), (6_000, 6_000));
        },
    )
    .await;
}

#[tokio::test]
async fn a_cancelled_booking_is_not_paid_by_a_buyer_who_authenticates_after_it() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        assert_eq!(server.pay_with(&booked, SECURE).await.status, 202);
        assert_eq!(server.cancel(&booked).await.json["status"], "cancelled");
        server.recover().await;
        let entry = provider.ledger().remove(0);
        assert_eq!((entry.status, entry.charges), ("canceled", 0));
        assert_eq!(server.count(FREE).await, 10);
    })
    .await;
}

/// What waits for its buyer is cancelled at the provider, without anybody's waiting.
async fn nothing_can_be_paid(server: &Server, provider: &Scripted) {
    server.recover().await;
    let entry = provider.ledger().remove(0);
    assert_eq!((entry.status, entry.charges), ("canceled", 0));
    assert_eq!(server.count(FREE).await, 10);
}

#[tokio::test]
async fn a_buyer_whose_event_is_called_off_is_not_kept_at_their_bank() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        assert_eq!(server.pay_with(&booked, SECURE).await.status, 202);
        let organiser = Organiser::new(server).await;
        let path = format!("/events/{}/call-off", text(&booked["event_id"]));
        let name = json!({"name": "Nordlicht Quartet"});
        assert_eq!(organiser.post(&path, &name).await.status, 202);
        let cancelled = "SELECT count(*) FROM bookings WHERE status = 'cancelled'";
        server.until(cancelled, 1).await;
        nothing_can_be_paid(server, provider).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_is_cancelled_before_its_bank_asks_is_not_waited_for() {
    with_scripted(&["--payment-wait-ms", "0"], async |server, provider| {
        let booked = hold(server, 2).await;
        let gate = Gate::new();
        provider.once(Call::Confirm, Fault::Waits(When::After, gate.clone()));
        assert_eq!(server.pay_with(&booked, SECURE).await.status, 202);
        gate.reached().await;
        assert_eq!(server.cancel(&booked).await.json["status"], "cancelled");
        gate.open();
        let patience = std::time::Duration::from_secs(60);
        server.app.payments.drain(patience).await;
        nothing_can_be_paid(server, provider).await;
    })
    .await;
}

/// The authorisation ends before the capture: the booking is not paid.
#[tokio::test]
async fn a_confirmed_booking_whose_money_is_not_to_be_had_is_cancelled() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        provider.always(Call::Capture, Fault::broken());
        server.pay_with(&booked, VISA).await.made();
        assert_eq!(server.count(CONFIRMED).await, 1);
        provider.end_authorisation(&provider.ledger()[0].intent);
        provider.mend();
        server.recover().await;
        assert_eq!(server.booking(&booked).await["status"], "cancelled");
        assert_eq!(server.count(FREE).await, 10);
        assert_eq!(provider.ledger()[0].captured, 0);
    })
    .await;
}
