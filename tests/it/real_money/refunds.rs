//! Money that goes back through a real provider: set free if it was only reserved, refunded if it was taken, in part for some
//! tickets, and asked for again while the provider cannot.

use boxoffice::catalog::{NewEvent, NewTier};
use boxoffice::check::check;
use serde_json::Value;
use uuid::Uuid;

use super::VISA;
use crate::changing::{give_back, seats, tickets};
use crate::provider::localstripe::GOOD;
use crate::provider::money::{hold, with_localstripe, with_scripted};
use crate::provider::script::{Call, Fault};
use crate::provider::scripted::Scripted;
use crate::reports::Organiser;
use crate::support::{FREE, Server, general, order, text};

const REFUNDED: &str = "SELECT count(*) FROM payments WHERE status = 'refunded'";
const PENDING: &str = "SELECT count(*) FROM payments WHERE refund_pending";

/// The provider's last intent.
fn intent(provider: &Scripted) -> String {
    provider.ledger().pop().unwrap().intent
}

/// Gives the first ticket of a tier back.
async fn give_one_back(server: &Server, booked: &Value, tier: &str) {
    let organiser = Organiser::new(server).await;
    let seats = seats(booked, tier);
    let back = give_back(&organiser, booked, tickets(tier, &[seats[0].as_str()])).await;
    assert_eq!(back.status, 200, "{}", back.json);
}

/// Recovery asks for the refunds that are due once more, and is answered.
async fn ask_again(server: &Server, provider: &Scripted) {
    let asked = provider.count(Call::Refunds);
    server.age_payments().await;
    while provider.count(Call::Refunds) == asked {
        tokio::task::yield_now().await;
    }
}

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
        give_one_back(server, &booked, "ga").await;
        assert_eq!(provider.ledger()[0].refunded, 0);
        provider.mend();
        server.recover().await;
        let entry = provider.ledger().remove(0);
        assert_eq!((entry.captured, entry.refunded), (2_000, 1_000));
    })
    .await;
}

/// What was never taken is set free with what was to go back before: nothing of it is refunded.
#[tokio::test]
async fn what_was_to_go_back_is_set_free_with_the_rest_if_nothing_was_taken() {
    with_scripted(&[], async |server, provider| {
        // Of the ticket that stays: with one that cost nothing, all was to go back already.
        for price_minor in [1_000, 0] {
            let before = provider.count(Call::Refund);
            provider.always(Call::Capture, Fault::broken());
            provider.always(Call::Cancel, Fault::broken());
            let other = NewTier {
                price_minor,
                ..general("other", 10)
            };
            let event = server.event(&[general("ga", 10), other]).await;
            let body = order(event, Uuid::new_v4(), &[("ga", 1), ("other", 1)]);
            let booked = server.book(&body).await.made();
            server.pay_with(&booked, VISA).await.made();
            let booked = server.booking(&booked).await;
            give_one_back(server, &booked, "ga").await;
            let cancelled = server.cancel(&booked).await;
            assert_eq!(cancelled.json["payment"]["refund_due"], true);
            assert_eq!(provider.count(Call::Refund), before);
            provider.mend();
            server.recover().await;
            let entry = provider.ledger().pop().unwrap();
            assert_ne!(entry.status, "requires_capture");
            assert_eq!(entry.captured, entry.refunded);
        }
        assert_eq!(server.count(REFUNDED).await, 2);
    })
    .await;
}

/// The authorisation ends before anything was taken.
#[tokio::test]
async fn what_was_to_go_back_is_void_if_the_money_is_not_to_be_had() {
    with_scripted(&[], async |server, provider| {
        for is_cancelled in [false, true] {
            provider.always(Call::Capture, Fault::broken());
            provider.always(Call::Cancel, Fault::broken());
            let booked = paid(server, VISA).await;
            give_one_back(server, &booked, "ga").await;
            if is_cancelled {
                server.cancel(&booked).await;
            }
            provider.end_authorisation(&intent(provider));
            provider.mend();
            server.recover().await;
            assert_eq!(server.booking(&booked).await["status"], "cancelled");
            let status = if is_cancelled { "refunded" } else { "declined" };
            let ended = format!(
                "SELECT count(*) FROM payments JOIN refunds ON payment_id = payments.id
                 WHERE payments.status = '{status}' AND returned_minor IS NULL AND refunds.status = 'void'"
            );
            assert_eq!(server.count(&ended).await, 1);
            assert_eq!(check(&server.db).await.unwrap(), []);
        }
        assert_eq!(provider.count(Call::Refund), 0);
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
        ask_again(server, provider).await;
        assert_eq!(
            (server.count(REFUNDED).await, provider.count(Call::Refund)),
            (0, 1)
        );
        // Banks take days, and nobody is needed.
        let later = "UPDATE payments SET refund_requested_at = now() - interval '5 days'";
        server.sql(later).await;
        assert_eq!(check(&server.db).await.unwrap(), []);
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

/// What was given back at the provider's own pages does not go back once more, and the rest does.
#[tokio::test]
async fn what_somebody_has_given_back_by_hand_is_counted() {
    with_scripted(&[], async |server, provider| {
        for (by_hand, asked) in [(2_000, 0), (500, 1)] {
            let before = provider.count(Call::Refund);
            let booked = paid(server, VISA).await;
            server.recover().await;
            provider.refund_by_hand(&intent(provider), by_hand);
            let cancelled = server.cancel(&booked).await;
            assert_eq!(cancelled.json["payment"]["status"], "refunded");
            assert_eq!(provider.ledger().pop().unwrap().refunded, 2_000);
            assert_eq!(provider.count(Call::Refund) - before, asked);
        }
        // Of a part, too: no more than is left.
        let booked = paid(server, VISA).await;
        server.recover().await;
        provider.refund_by_hand(&intent(provider), 1_500);
        give_one_back(server, &booked, "ga").await;
        assert_eq!(provider.ledger().pop().unwrap().refunded, 2_000);
        assert_eq!(check(&server.db).await.unwrap(), []);
        server.cancel(&booked).await;
        assert_eq!(server.count(REFUNDED).await, 3);
    })
    .await;
}

/// It went to a card that is closed: somebody gives it back by hand.
#[tokio::test]
async fn a_refund_that_did_not_arrive_is_made_by_hand_and_ends() {
    with_scripted(&[], async |server, provider| {
        let booked = paid(server, "pm_card_pendingRefund").await;
        server.recover().await;
        server.cancel(&booked).await;
        server.until(PENDING, 1).await;
        provider.decide_refunds("failed");
        ask_again(server, provider).await;
        server.until(PENDING, 0).await;
        assert_eq!(server.count(REFUNDED).await, 0);
        provider.refund_by_hand(&intent(provider), 2_000);
        server.recover().await;
        assert_eq!(server.count(REFUNDED).await, 1);
        assert_eq!(provider.count(Call::Refund), 1);
    })
    .await;
}

/// While the banks decide, nothing can be given back; a buyer who wins has the money already.
#[tokio::test]
async fn a_charge_that_is_disputed_goes_back_when_the_banks_have_decided() {
    with_scripted(&[], async |server, provider| {
        for (end, refunded) in [("lost", 0), ("won", 2_000)] {
            let booked = paid(server, VISA).await;
            server.recover().await;
            provider.dispute(&intent(provider), "needs_response");
            let cancelled = server.cancel(&booked).await;
            assert_eq!(cancelled.json["payment"]["refund_due"], true);
            server.until(PENDING, 1).await;
            provider.dispute(&intent(provider), end);
            server.recover().await;
            assert_eq!(provider.ledger().pop().unwrap().refunded, refunded);
        }
        assert_eq!(server.count(REFUNDED).await, 2);
    })
    .await;
}

/// Stripe counts dinars by ten fils: half of 2.010 is nothing that could go back.
#[tokio::test]
async fn a_part_that_the_provider_cannot_give_back_is_refused_before_it_is_promised() {
    with_scripted(&[], async |server, provider| {
        let odd = NewTier {
            price_minor: 1_005,
            ..general("ga", 10)
        };
        let in_dinars = |event: &mut NewEvent| event.currency = "KWD".parse().unwrap();
        let event = server.event_with(&[odd], in_dinars).await;
        let body = order(event, Uuid::new_v4(), &[("ga", 4)]);
        let booked = server.book(&body).await.made();
        server.pay_with(&booked, VISA).await.made();
        server.recover().await;
        let booked = server.booking(&booked).await;
        let organiser = Organiser::new(server).await;
        let ga = seats(&booked, "ga");
        let back = give_back(&organiser, &booked, tickets("ga", &[ga[0].as_str()])).await;
        assert_eq!(back.problem(409), "refund-refused");
        assert_eq!(back.json["refund"]["amount"], 1_005);
        let held = server.booking(&booked).await;
        assert_eq!(seats(&held, "ga"), ga, "{}", text(&held["status"]));
        let two = tickets("ga", &[ga[0].as_str(), ga[1].as_str()]);
        let back = give_back(&organiser, &booked, two).await;
        assert_eq!(back.status, 200, "{}", back.json);
        server.recover().await;
        assert_eq!(provider.ledger()[0].refunded, 2_010);
    })
    .await;
}
