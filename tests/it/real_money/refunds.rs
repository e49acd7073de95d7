//! Money that goes back through a real provider: set free if it was only reserved, refunded if it was taken, in part for some
//! tickets, and asked for again while the provider cannot.

use serde_json::{Value, json};

use super::VISA;
use crate::changing::{give_back, seats, tickets};
use crate::provider::localstripe::GOOD;
use crate::provider::money::{hold, with_localstripe, with_scripted};
use crate::provider::script::{Call, Fault};
use crate::reports::Organiser;
use crate::support::{FREE, Server, fresh_key};

const REFUNDED: &str = "SELECT count(*) FROM payments WHERE status = 'refunded'";

async fn paid(server: &Server, method: &str) -> Value {
    let booked = hold(server, 2).await;
    server.pay_with(&booked, method).await.made();
    server.booking(&booked).await
}

#[tokio::test]
async fn what_was_taken_is_refunded_once() {
    with_localstripe(async |server, provider| {
        let method = provider.method(GOOD).await;
        let booked = paid(server, &method).await;
        server.recover().await;
        for _ in 0..2 {
            let cancelled = server.cancel(&booked).await;
            assert_eq!(cancelled.json["payment"]["status"], "refunded");
        }
        assert_eq!(server.count(FREE).await, 10);
        let intent = &provider.intents().await[0];
        assert_eq!(intent["charges"]["data"][0]["amount_refunded"], 2_000);
    })
    .await;
}

#[tokio::test]
async fn what_was_only_reserved_is_set_free_and_not_refunded() {
    with_scripted(&[], async |server, provider| {
        provider.always(Call::Capture, Fault::broken());
        let booked = paid(server, VISA).await;
        assert_eq!(booked["status"], "confirmed");
        assert_eq!(server.cancel(&booked).await.json["status"], "cancelled");
        server.recover().await;
        assert_eq!(server.count(REFUNDED).await, 1);
        assert_eq!(provider.count(Call::Refund), 0);
        let entry = &provider.ledger()[0];
        assert_eq!((entry.status, entry.captured), ("canceled", 0));
    })
    .await;
}

#[tokio::test]
async fn some_tickets_go_back_and_the_rest_later() {
    with_scripted(&[], async |server, provider| {
        let booked = paid(server, VISA).await;
        let organiser = Organiser::new(server).await;
        let ga = seats(&booked, "ga");
        let back = give_back(&organiser, &booked, tickets("ga", &[ga[0].as_str()])).await;
        assert_eq!(back.status, 200, "{}", back.json);
        server.recover().await;
        assert_eq!(provider.ledger()[0].refunded, 1_000);
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
        server.cancel(&booked).await;
        server.recover().await;
        assert_eq!(provider.ledger()[0].refunded, 2_000);
        assert_eq!(provider.count(Call::Refund), 2);
        assert_eq!(server.count(FREE).await, 10);
    })
    .await;
}

/// A part can be given back of what was taken alone.
#[tokio::test]
async fn some_tickets_go_back_before_the_money_was_taken() {
    with_scripted(&[], async |server, provider| {
        provider.always(Call::Capture, Fault::broken());
        let booked = paid(server, VISA).await;
        let organiser = Organiser::new(server).await;
        let ga = seats(&booked, "ga");
        let one = json!({"tickets": tickets("ga", &[ga[0].as_str()])});
        let path = format!("/bookings/{}/returns", booked["id"].as_str().unwrap());
        let back = organiser.change(&path, &fresh_key(), &one).await;
        assert_eq!(back.status, 200, "{}", back.json);
        assert_eq!(provider.ledger()[0].refunded, 0);
        provider.mend();
        server.recover().await;
        let entry = provider.ledger().remove(0);
        assert_eq!((entry.captured, entry.refunded), (2_000, 1_000));
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_the_provider_cannot_make_for_a_while_is_made_once_in_the_end() {
    with_scripted(&[], async |server, provider| {
        for fault in [
            Fault::broken(),
            Fault::too_many(1),
            Fault::bad_gateway(),
            Fault::Truncates,
        ] {
            let before = provider.ledger().iter().map(|it| it.refunded).sum::<i64>();
            let booked = paid(server, VISA).await;
            server.recover().await;
            provider.always(Call::Refund, fault);
            let cancelled = server.cancel(&booked).await;
            assert_eq!(cancelled.json["status"], "cancelled");
            assert_eq!(cancelled.json["payment"]["refund_due"], true);
            server.age_payments().await;
            provider.mend();
            server.recover().await;
            let after = provider.ledger().iter().map(|it| it.refunded).sum::<i64>();
            assert_eq!(after - before, 2_000);
        }
        assert_eq!(server.count(REFUNDED).await, 4);
    })
    .await;
}

/// While it is pending it is asked about; one that fails stays due, and `check` tells of it.
#[tokio::test]
async fn a_refund_that_is_pending_is_asked_about_until_it_is_decided() {
    with_scripted(&[], async |server, provider| {
        let booked = paid(server, "pm_card_pendingRefund").await;
        server.recover().await;
        let cancelled = server.cancel(&booked).await;
        assert_eq!(cancelled.json["payment"]["refund_due"], true);
        let asked = provider.count(Call::Refunds);
        server.age_payments().await;
        while provider.count(Call::Refunds) == asked {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            (server.count(REFUNDED).await, provider.count(Call::Refund)),
            (0, 1)
        );
        provider.decide_refunds("succeeded");
        server.recover().await;
        assert_eq!(
            (server.count(REFUNDED).await, provider.count(Call::Refund)),
            (1, 1)
        );
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_did_not_reach_the_buyer_is_written_down() {
    with_scripted(&[], async |server, provider| {
        let booked = paid(server, VISA).await;
        server.recover().await;
        server.cancel(&booked).await;
        server.recover().await;
        // The card was closed meanwhile: Stripe tells of it days later.
        provider.decide_refunds("failed");
        let event = provider.events("refund.failed").pop().unwrap();
        assert_eq!(server.deliver(&event).await.status, 200);
        let failed = "SELECT count(*) FROM payment_incidents WHERE kind = 'refund-failed' AND amount_minor = 2000";
        assert_eq!(server.count(failed).await, 1);
        // Of a charge that went back in the server's books, the provider has the money again.
        server.sql("DELETE FROM payment_incidents").await;
        provider.decide_refunds("succeeded");
    })
    .await;
}
