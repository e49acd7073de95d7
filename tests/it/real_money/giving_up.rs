//! What is cancelled while it is being paid: it is told as paid or as not paid, never first the one and then the other.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{SECURE, VISA};
use crate::provider::money::{hold, with_scripted};
use crate::provider::script::{Call, Fault, Gate, When};
use crate::provider::scripted::Scripted;
use crate::support::{CONFIRMED, Server, text};

/// A hold whose buyer is asked by their bank, and the payment. Nothing is captured before the provider is mended.
async fn asked(server: &Server, provider: &Scripted) -> (Value, Value) {
    let booked = hold(server, 2).await;
    let asked = server.pay_with(&booked, SECURE).await;
    assert_eq!(asked.status, 202, "{}", asked.json);
    provider.always(Call::Capture, Fault::broken());
    (booked, asked.json)
}

/// The buyer authenticates, and the provider tells of it: with what status that is answered.
async fn authenticates(server: &Server, provider: &Scripted) -> u16 {
    let intent = provider.ledger().pop().unwrap();
    if intent.status == "requires_action" {
        provider.authenticate(&intent.intent, true);
    }
    let told = provider.events("payment_intent.amount_capturable_updated");
    server.deliver(told.last().unwrap()).await.status
}

/// It is cancelled so, and before the provider does it, the buyer authenticates.
async fn is_overtaken(server: &Server, provider: &Scripted, cancels: impl Future<Output = ()>) {
    let gate = Gate::new();
    provider.once(Call::Cancel, Fault::Waits(When::Before, gate.clone()));
    let authenticates = async {
        gate.reached().await;
        assert_eq!(authenticates(server, provider).await, 503);
        assert_eq!(server.count(CONFIRMED).await, 0);
        gate.open();
    };
    tokio::join!(cancels, authenticates);
    is_given_up(server, provider).await;
}

/// Nothing was charged, and the buyer may pay otherwise.
async fn is_given_up(server: &Server, provider: &Scripted) {
    provider.mend();
    server.recover().await;
    let declined = "SELECT count(*) FROM payments WHERE decline_code = 'abandoned'";
    assert_eq!(server.count(declined).await, 1);
    let entry = provider.ledger().remove(0);
    assert_eq!((entry.status, entry.captured), ("canceled", 0));
    // The webhook that comes again changes nothing.
    assert_eq!(authenticates(server, provider).await, 200);
    let booked = server.text("SELECT status FROM bookings").await;
    assert_eq!(booked, "pending");
}

async fn give_up(server: &Server, payment: &Value) {
    let id = text(&payment["id"]).parse().unwrap();
    server.app.payments.give_up(id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_not_confirmed_by_what_recovery_is_just_cancelling() {
    with_scripted(&[], async |server, provider| {
        let (booked, _) = asked(server, provider).await;
        let cancels = async {
            server
                .sql("UPDATE payments SET act_until = now(), recover_at = now()")
                .await;
        };
        is_overtaken(server, provider, cancels).await;
        server.pay_with(&booked, VISA).await.made();
        server.recover().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_not_confirmed_by_what_its_buyer_has_just_given_up() {
    with_scripted(&[], async |server, provider| {
        let (booked, payment) = asked(server, provider).await;
        is_overtaken(server, provider, give_up(server, &payment)).await;
        server.pay_with(&booked, VISA).await.made();
        server.recover().await;
    })
    .await;
}

/// As a process leaves it that dies before the provider has heard of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_and_not_cancelled_is_cancelled_by_recovery_even_if_it_is_authorised() {
    with_scripted(&[], async |server, provider| {
        let (booked, payment) = asked(server, provider).await;
        provider.always(Call::Cancel, Fault::broken());
        give_up(server, &payment).await;
        assert_eq!(authenticates(server, provider).await, 503);
        let seen = server.payment(&booked, &payment).await;
        assert_eq!(
            (&seen["status"], seen.get("next_action")),
            (&json!("processing"), None)
        );
        is_given_up(server, provider).await;
    })
    .await;
}

/// Recovery has read a payment without a name, and while it waits, the name is written down and it is charged by it.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_written_down_while_recovery_looks_is_charged_and_stays_charged() {
    with_scripted(&["--payment-wait-ms", "0"], async |server, provider| {
        let booked = hold(server, 2).await;
        let gate = Gate::new();
        provider.once(Call::Create, Fault::Waits(When::After, gate.clone()));
        assert_eq!(server.pay_with(&booked, VISA).await.status, 202);
        gate.reached().await;
        let mut client = server.db.get().await.unwrap();
        let locking = client.transaction().await.unwrap();
        let id: Uuid = text(&booked["id"]).parse().unwrap();
        let lock = "SELECT FROM bookings WHERE event_id = 1 AND id = $1 FOR UPDATE";
        assert_eq!(locking.query(lock, &[&id]).await.unwrap().len(), 1);
        server.age_payments().await;
        let waits = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        server.until(waits, 1).await;
        gate.open();
        let named = "SELECT count(*) FROM payments WHERE reference IS NOT NULL";
        server.until(named, 1).await;
        locking.rollback().await.unwrap();
        let patience = std::time::Duration::from_secs(60);
        server.app.payments.drain(patience).await;
        server.recover().await;
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
        let entry = provider.ledger().remove(0);
        assert_eq!((entry.charges, entry.captured), (1, 2_000));
    })
    .await;
}
