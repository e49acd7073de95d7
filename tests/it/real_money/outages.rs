//! A provider that is away, slow or wrong: nobody is charged twice or for nothing, and tickets are sold on.

use futures::future::join_all;
use serde_json::json;

use super::VISA;
use crate::provider::money::{assert_reconciled, hold, with_scripted};
use crate::provider::script::{Call, Fault, Gate, When};
use crate::provider::wire::Reply;
use crate::support::{CONFIRMED, Server, general, order};

/// A request waits for this long for the provider.
const SHORT: [&str; 2] = ["--payment-wait-ms", "300"];

async fn expires_at(server: &Server) -> i64 {
    let since = "SELECT extract(epoch FROM expires_at - created_at)::bigint FROM bookings WHERE status = 'pending'";
    server.count(since).await
}

#[tokio::test]
async fn while_the_provider_is_away_tickets_are_booked_and_holds_are_kept_for_a_bounded_time() {
    with_scripted(&["--hold-seconds", "60"], async |server, provider| {
        let booked = hold(server, 2).await;
        provider.go_down().await;
        for _ in 0..4 {
            let away = server.pay_with(&booked, VISA).await;
            assert_eq!(away.problem(402), "payment-declined");
            assert_eq!(away.json["decline_code"], "provider_unavailable");
        }
        assert_eq!(server.booking(&booked).await["status"], "pending", "no attempt is used up");
        let kept = expires_at(server).await;
        assert!((200..=400).contains(&kept), "kept for {kept} s");
        // An hour after it was booked it is not prolonged any more.
        server
            .sql("UPDATE events SET on_sale_at = now() - interval '3 hours';
                  UPDATE bookings SET created_at = now() - interval '2 hours', expires_at = now() + interval '20 seconds'
                  WHERE status = 'pending'")
            .await;
        server.pay_with(&booked, VISA).await.problem(402);
        assert!(expires_at(server).await <= 7_220);
        let event = server.event(&[general("ga", 10)]).await;
        let others = (0..5).map(async |_| {
            let body = order(event, uuid::Uuid::new_v4(), &[("ga", 2)]);
            server.book(&body).await.made()
        });
        assert_eq!(join_all(others).await.len(), 5);
        provider.come_up().await;
        server.pay_with(&booked, VISA).await.made();
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
        server.recover().await;
        let charged = provider.ledger().iter().filter(|it| it.captured > 0).count();
        assert_eq!(charged, 1);
    })
    .await;
}

/// The keys are wrong, or may not do this: no buyer has used up an attempt, and all may pay when that is mended.
#[tokio::test]
async fn what_the_provider_refuses_us_fails_no_booking() {
    with_scripted(&[], async |server, provider| {
        let wrong = Reply::error(401, "invalid_request_error", "", "Invalid API Key provided");
        provider.always(Call::Create, Fault::Refuses(wrong));
        let booked = hold(server, 2).await;
        for _ in 0..4 {
            let refused = server.pay_with(&booked, VISA).await;
            assert_eq!(refused.problem(402), "payment-declined");
            assert_eq!(refused.json["decline_code"], "provider_refused");
        }
        let event = server.event(&[general("ga", 10)]).await;
        let mut at_once = order(event, uuid::Uuid::new_v4(), &[("ga", 1)]);
        at_once["payment"] = json!({"payment_method": VISA});
        let at_once = server.book(&at_once).await;
        assert_eq!(at_once.json["status"], "pending", "{}", at_once.json);
        provider.mend();
        for booked in [&booked, &at_once.json] {
            server.pay_with(booked, VISA).await.made();
        }
        server.recover().await;
        // A token that the provider does not know is another matter.
        let booked = hold(server, 2).await;
        for _ in 0..3 {
            let unknown = server.pay_with(&booked, "pm_missing").await;
            assert_eq!(unknown.problem(402), "payment-declined");
            assert_eq!(unknown.json["decline_code"], "resource_missing");
        }
        assert_eq!(server.booking(&booked).await["status"], "failed");
    })
    .await;
}

/// A token that the provider does not know is the buyer's mistake: who sends it keeps no hold by it.
#[tokio::test]
async fn a_payment_method_that_there_is_not_keeps_no_hold() {
    with_scripted(&["--hold-seconds", "60"], async |server, _| {
        let booked = hold(server, 2).await;
        let refused = server.pay_with(&booked, "pm_missing").await;
        assert_eq!(refused.problem(402), "payment-declined");
        assert!(expires_at(server).await <= 60);
        server.pay_with(&booked, VISA).await.made();
    })
    .await;
}

/// Paying meets this at a call, again and again; then the provider is well, and recovery completes what is left. In the end
/// the booking is paid once.
async fn goes_wrong(call: Call, fault: Fault) {
    with_scripted(&SHORT, async |server, provider| {
        let booked = hold(server, 2).await;
        provider.always(call, fault);
        let answer = server.pay_with(&booked, VISA).await;
        assert!(
            [201, 202, 402].contains(&answer.status),
            "{} {}",
            answer.status,
            answer.json
        );
        // The task that pays outlives the request.
        let patience = std::time::Duration::from_secs(60);
        server.app.payments.drain(patience).await;
        provider.mend();
        server.recover().await;
        let now = server.booking(&booked).await;
        if now["status"] == "pending" {
            assert!(
                provider
                    .ledger()
                    .iter()
                    .all(|it| it.charges == 0 || it.status == "canceled")
            );
            // After a 429 it pauses.
            let mut paid = server.pay_with(&booked, VISA).await;
            for _ in 0..20 {
                if paid.status == 201 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                server.recover().await;
                if server.count(CONFIRMED).await == 1 {
                    break;
                }
                paid = server.pay_with(&booked, VISA).await;
            }
        }
        server.recover().await;
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
        let charged = provider
            .ledger()
            .iter()
            .filter(|it| it.captured > 0)
            .count();
        assert_eq!(charged, 1, "{:?}", provider.ledger());
        assert_reconciled(server).await;
    })
    .await;
}

/// The answer to a confirmation is lost, and when it is repeated, nobody says how the intent is.
#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_that_was_carried_out_is_never_told_as_a_decline() {
    let revoked = Reply::error(401, "invalid_request_error", "", "Expired API Key provided");
    for fault in [Fault::too_many(1), Fault::Refuses(revoked)] {
        with_scripted(&SHORT, async |server, provider| {
            let booked = hold(server, 2).await;
            provider.once(Call::Confirm, Fault::Drops(When::After));
            provider.always(Call::Retrieve, fault);
            server.pay_with(&booked, VISA).await;
            let patience = std::time::Duration::from_secs(60);
            server.app.payments.drain(patience).await;
            let now = server.booking(&booked).await;
            assert_eq!(now["payment"]["status"], "processing", "{now}");
            provider.mend();
            server.recover().await;
            assert_eq!(server.booking(&booked).await["status"], "confirmed");
            let charges: Vec<_> = provider.ledger().iter().map(|it| it.charges).collect();
            assert_eq!(charges, [1]);
        })
        .await;
    }
}

/// What can go wrong at any call.
fn every_fault() -> Vec<Fault> {
    vec![
        Fault::Drops(When::Before),
        Fault::Drops(When::After),
        Fault::broken(),
        Fault::conflict(),
        Fault::too_many(1),
        Fault::bad_gateway(),
        Fault::garbage(),
        Fault::Truncates,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_as_an_intent_is_created_the_booking_is_paid_once() {
    join_all(
        every_fault()
            .into_iter()
            .map(|fault| goes_wrong(Call::Create, fault)),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_as_an_intent_is_confirmed_the_booking_is_paid_once() {
    join_all(
        every_fault()
            .into_iter()
            .map(|fault| goes_wrong(Call::Confirm, fault)),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_as_money_is_captured_the_booking_is_paid_once() {
    join_all(
        every_fault()
            .into_iter()
            .map(|fault| goes_wrong(Call::Capture, fault)),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_amount_is_not_recorded_until_it_is_right() {
    goes_wrong(Call::Confirm, Fault::WrongAmount).await;
}

/// Stripe keeps an answer for a key, also one that says that Stripe was broken.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_is_the_answer_for_ever_keeps_no_booking_from_being_paid() {
    let broken = Reply::error(500, "api_error", "", "An unknown error.");
    for call in [Call::Create, Call::Confirm, Call::Capture] {
        goes_wrong(call, Fault::RefusesForGood(broken.clone())).await;
    }
}

/// The same of refunds: also one that says that the balance was empty.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_is_the_answer_for_ever_keeps_no_money_from_going_back() {
    with_scripted(&[], async |server, provider| {
        let poor = "Insufficient funds in your Stripe balance to refund this amount.";
        for reply in [
            Reply::error(500, "api_error", "", "An unknown error."),
            Reply::error(400, "invalid_request_error", "balance_insufficient", poor),
        ] {
            let booked = hold(server, 2).await;
            server.pay_with(&booked, VISA).await.made();
            server.recover().await;
            provider.always(Call::Refund, Fault::RefusesForGood(reply));
            let cancelled = server.cancel(&booked).await;
            assert_eq!(cancelled.json["payment"]["refund_due"], true);
            provider.mend();
            server.recover().await;
            assert_eq!(provider.ledger().pop().unwrap().refunded, 2_000);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_without_an_answer_is_completed_by_recovery() {
    with_scripted(&SHORT, async |server, provider| {
        for when in [When::Before, When::After] {
            let booked = hold(server, 2).await;
            let gate = Gate::new();
            provider.once(Call::Confirm, Fault::Waits(when, gate.clone()));
            let waiting = server.pay_with(&booked, VISA).await;
            assert_eq!(
                (waiting.status, &waiting.json["status"]),
                (202, &json!("processing"))
            );
            gate.reached().await;
            server.recover().await;
            let now = server.booking(&booked).await;
            let intent = provider.ledger().pop().unwrap();
            match when {
                // Recovery was first: it must not be charged any more, and the buyer was told so.
                When::Before => assert_eq!(
                    (&now["status"], intent.status),
                    (&json!("pending"), "canceled")
                ),
                When::After => {
                    assert_eq!((&now["status"], intent.charges), (&json!("confirmed"), 1))
                }
            }
            gate.open();
            server
                .app
                .payments
                .drain(std::time::Duration::from_secs(60))
                .await;
            server.recover().await;
            assert_eq!(server.booking(&booked).await["status"], now["status"]);
        }
    })
    .await;
}
