//! Webhooks of a real provider: early, late, twice, in the wrong order, about what is not here, and not from the provider.

use serde_json::{Value, json};

use super::{SECURE, VISA};
use crate::provider::hooks::signature;
use crate::provider::keys::WEBHOOK_SECRET;
use crate::provider::money::{hold, with_scripted};
use crate::provider::script::{Call, Fault, Gate, When};
use crate::provider::scripted::Scripted;
use crate::provider::wire::Reply;
use crate::reports::Organiser;
use crate::support::{CONFIRMED, Server, text};

const SUCCEEDED: &str = "payment_intent.succeeded";
const RESERVED: &str = "payment_intent.amount_capturable_updated";
const TOLD: &str = "SELECT count(*) FROM webhook_events";

/// The newest webhook of a kind.
fn last(provider: &Scripted, kind: &str) -> Value {
    provider.events(kind).pop().expect(kind)
}

async fn taken(server: &Server, event: &Value) -> bool {
    let answer = server.deliver(event).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json["duplicate"].as_bool().unwrap()
}

#[tokio::test]
async fn a_webhook_that_comes_before_the_answer_confirms_and_the_answer_changes_nothing() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        let gate = Gate::new();
        provider.once(Call::Confirm, Fault::Waits(When::After, gate.clone()));
        let told = async {
            gate.reached().await;
            assert!(!taken(server, &last(provider, RESERVED)).await);
            assert_eq!(server.count(CONFIRMED).await, 1);
            gate.open();
        };
        let (paid, ()) = tokio::join!(server.pay_with(&booked, VISA), told);
        assert_eq!(paid.made()["status"], "succeeded");
        server.recover().await;
        let entry = &provider.ledger()[0];
        assert_eq!(
            (entry.charges, entry.captured, entry.refunded),
            (1, 2_000, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_comes_twice_or_after_the_refund_changes_nothing() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        server.pay_with(&booked, VISA).await.made();
        server.recover().await;
        let (reserved, succeeded) = (last(provider, RESERVED), last(provider, SUCCEEDED));
        // In the wrong order, and twice.
        assert!(!taken(server, &succeeded).await);
        assert!(taken(server, &succeeded).await);
        assert!(!taken(server, &reserved).await);
        assert_eq!(server.count(TOLD).await, 2);
        assert_eq!(
            server.cancel(&booked).await.json["payment"]["status"],
            "refunded"
        );
        let mut again = succeeded;
        again["id"] = json!("evt_another");
        assert!(!taken(server, &again).await);
        assert!(!taken(server, &last(provider, "charge.refunded")).await);
        assert_eq!(server.booking(&booked).await["status"], "cancelled");
        assert_eq!(provider.count(Call::Refund), 1);
        assert_eq!(provider.ledger()[0].refunded, 2_000);
    })
    .await;
}

#[tokio::test]
async fn what_a_webhook_says_is_not_believed_but_asked_for() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        let asked = server.pay_with(&booked, SECURE).await;
        // Signed, but not so.
        let mut event = last(provider, "payment_intent.requires_action");
        event["type"] = json!(SUCCEEDED);
        event["data"]["object"]["status"] = json!("succeeded");
        assert!(!taken(server, &event).await);
        assert_eq!(
            server.payment(&booked, &asked.json).await["status"],
            "requires_action"
        );
        assert_eq!(server.count(CONFIRMED).await, 0);
        provider.authenticate(&provider.ledger()[0].intent, true);
        assert!(!taken(server, &last(provider, RESERVED)).await);
        assert_eq!(server.count(CONFIRMED).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_charge_of_another_amount_confirms_nothing() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        server.pay_with(&booked, SECURE).await;
        provider.authenticate(&provider.ledger()[0].intent, true);
        provider.always(Call::Retrieve, Fault::WrongAmount);
        let refused = server.deliver(&last(provider, RESERVED)).await;
        assert_eq!(refused.problem(409), "webhook-amount");
        server.age_payments().await;
        assert_eq!(server.count(CONFIRMED).await, 0);
        provider.mend();
        server.recover().await;
        assert_eq!(server.count(CONFIRMED).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_about_a_payment_of_ours_is_taken_and_forgotten() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        server.pay_with(&booked, VISA).await.made();
        let known = last(provider, RESERVED);
        let mut strange = known.clone();
        strange["type"] = json!("payment_intent.danced");
        let mut foreign = known.clone();
        foreign["data"]["object"]["id"] = json!("pi_of_another_program");
        foreign["data"]["object"]["metadata"] = json!({"order": "7"});
        let mut odd = known.clone();
        odd["type"] = json!("customer.created");
        odd["data"]["object"] = json!({"id": "cus_1", "object": "customer"});
        let mut other_payment = foreign.clone();
        other_payment["data"]["object"]["metadata"] = json!({"payment_id": uuid::Uuid::new_v4()});
        let mut no_metadata = foreign.clone();
        no_metadata["data"]["object"]["metadata"] = Value::Null;
        for (n, mut event) in [strange, foreign, odd, other_payment, no_metadata]
            .into_iter()
            .enumerate()
        {
            event["id"] = json!(format!("evt_{n}"));
            assert!(!taken(server, &event).await, "{event}");
        }
        assert_eq!(server.count(CONFIRMED).await, 1);
        // An answer to what is no webhook at all.
        for body in ["{}", "[]", "7", "{\"id\": 1}"] {
            let signed = signature(&[WEBHOOK_SECRET], 0, body);
            let refused = server.deliver_signed(body.to_owned(), Some(&signed)).await;
            assert!(
                (400..500).contains(&refused.status),
                "{body}: {} {}",
                refused.status,
                refused.json
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_the_provider_has_not_signed_is_refused() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        server.pay_with(&booked, SECURE).await;
        provider.authenticate(&provider.ledger()[0].intent, true);
        let body = last(provider, RESERVED).to_string();
        let good = signature(&[WEBHOOK_SECRET], 0, &body);
        let other = signature(&["whsec_wrong"], 0, &body);
        let old = signature(&[WEBHOOK_SECRET], 3_600, &body);
        let early = signature(&[WEBHOOK_SECRET], -3_600, &body);
        let (time, _) = good.split_once(',').unwrap();
        let weak = good.replace("v1=", "v0=");
        for (header, problem) in [
            (None, "webhook-signature"),
            (Some(""), "webhook-signature"),
            (Some(other.as_str()), "webhook-signature"),
            (Some(time), "webhook-signature"),
            (Some(weak.as_str()), "webhook-signature"),
            (Some(old.as_str()), "webhook-timestamp"),
            (Some(early.as_str()), "webhook-timestamp"),
        ] {
            let refused = server.deliver_signed(body.clone(), header).await;
            assert!(
                [400, 401, 403].contains(&refused.status),
                "{header:?}: {}",
                refused.json
            );
            assert_eq!(refused.json["type"], problem, "{header:?}");
        }
        let changed = body.replace("evt_", "evt_x");
        assert_eq!(
            server.deliver_signed(changed, Some(&good)).await.json["type"],
            "webhook-signature"
        );
        assert_eq!(
            (server.count(TOLD).await, server.count(CONFIRMED).await),
            (0, 0)
        );
        assert_eq!(server.deliver_signed(body, Some(&good)).await.status, 200);
        assert_eq!(server.count(CONFIRMED).await, 1);
    })
    .await;
}

/// While Stripe's secret is being replaced it signs with both, and we believe both.
#[tokio::test]
async fn a_secret_is_replaced_without_a_webhook_being_refused() {
    const NEW: &str = "whsec_1a2b3c4d5e6f7a8b9c0d";
    let both = format!("{WEBHOOK_SECRET},{NEW}");
    with_scripted(
        &["--stripe-webhook-secret", &both],
        async |server, provider| {
            for secrets in [
                &[WEBHOOK_SECRET][..],
                &[NEW],
                &[WEBHOOK_SECRET, NEW],
                &["whsec_gone", NEW],
            ] {
                let booked = hold(server, 1).await;
                server.pay_with(&booked, SECURE).await;
                let intent = provider.ledger().pop().unwrap().intent;
                provider.authenticate(&intent, true);
                let body = last(provider, RESERVED).to_string();
                let signed = signature(secrets, 0, &body);
                assert_eq!(
                    server.deliver_signed(body, Some(&signed)).await.status,
                    200,
                    "{secrets:?}"
                );
                assert_eq!(server.booking(&booked).await["status"], "confirmed");
            }
            // It is captured after the webhook was answered.
            server.recover().await;
        },
    )
    .await;
}

#[tokio::test]
async fn a_dispute_is_written_down_once_and_the_booking_stays() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        server.pay_with(&booked, VISA).await.made();
        server.recover().await;
        let intent = provider.ledger()[0].intent.clone();
        for (status, kind) in [("needs_response", "dispute-opened"), ("lost", "dispute-lost")] {
            let event = provider.dispute(&intent, status);
            assert!(!taken(server, &event).await);
            assert!(taken(server, &event).await);
            let one = format!("SELECT count(*) FROM payment_incidents WHERE kind = '{kind}' AND amount_minor = 2000");
            assert_eq!(server.count(&one).await, 1);
        }
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
    })
    .await;
}

/// The history of a booking, from the first incident on.
async fn told(server: &Server, booked: &Value) -> Vec<String> {
    let organiser = Organiser::new(server).await;
    let path = format!("/bookings/{}/history", text(&booked["id"]));
    let history = organiser.read(&path).await;
    let moments = history["history"].as_array().unwrap().iter();
    moments
        .map(|moment| text(&moment["what"]).to_owned())
        .filter(|what| what.starts_with("dispute") || what.starts_with("refund-"))
        .collect()
}

#[tokio::test]
async fn a_dispute_has_one_history_in_whatever_order_its_webhooks_come() {
    with_scripted(&[], async |server, provider| {
        // Seconds from its opening to its end; and which of the two comes first.
        for (seconds, is_late) in [(60, false), (60, true), (0, false), (0, true)] {
            let booked = hold(server, 1).await;
            server.pay_with(&booked, VISA).await.made();
            let intent = provider.ledger().pop().unwrap().intent;
            let mut opened = provider.dispute(&intent, "needs_response");
            let mut lost = provider.dispute(&intent, "lost");
            let at = opened["created"].as_i64().unwrap() - 100;
            opened["created"] = json!(at);
            lost["created"] = json!(at + seconds);
            // As the database keeps ids: within one second their order must not matter.
            opened["id"] = json!("ffffffff-ffff-4fff-bfff-ffffffffffff");
            lost["id"] = json!("00000000-0000-4000-8000-000000000000");
            let both = if is_late {
                [lost, opened]
            } else {
                [opened, lost]
            };
            for event in &both {
                assert!(!taken(server, event).await);
            }
            let expected = ["dispute-opened", "dispute-lost"];
            assert_eq!(told(server, &booked).await, expected, "{seconds} {is_late}");
        }
        server.recover().await;
    })
    .await;
}

/// The payment is known by the name of the page, and what is told names the intent.
#[tokio::test]
async fn what_happens_to_a_payment_on_a_page_is_written_down() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        let page = server.go_to_page(&booked).await;
        assert!(provider.pay_on_page(&page, VISA));
        assert!(!taken(server, &last(provider, "checkout.session.completed")).await);
        assert_eq!(server.count(CONFIRMED).await, 1);
        server.recover().await;
        let entry = &provider.ledger()[0];
        let dispute = provider.dispute(&entry.intent, "needs_response");
        assert!(!taken(server, &dispute).await);
        assert!(taken(server, &dispute).await);
        let refund = |status: &str, metadata: Value| {
            let object = json!({"id": "re_1", "object": "refund", "amount": 500, "currency": "usd",
                "payment_intent": entry.intent, "status": status, "metadata": metadata});
            json!({"id": format!("evt_{status}"), "object": "event", "type": "refund.updated",
                "created": dispute["created"], "livemode": false, "data": {"object": object}})
        };
        // At the provider's own pages; and one of ours, which names the payment.
        let by_hand = refund("succeeded", json!({}));
        assert!(!taken(server, &by_hand).await);
        let payment = server.text("SELECT id::text FROM payments").await;
        let asked = provider.count(Call::Retrieve);
        let ours = json!({"refund_id": payment, "payment_id": payment});
        assert!(!taken(server, &refund("failed", ours)).await);
        assert_eq!(provider.count(Call::Retrieve), asked);
        let expected = ["dispute-opened", "refund-failed", "refund-reported"];
        let mut written = told(server, &booked).await;
        written.sort();
        assert_eq!(written, expected);
        // Of another program's intent nothing is kept.
        let mut foreign = dispute.clone();
        foreign["id"] = json!("evt_foreign");
        foreign["data"]["object"]["payment_intent"] = json!("pi_of_another_program");
        assert!(!taken(server, &foreign).await);
        assert_eq!(told(server, &booked).await.len(), 3);
        // When it cannot be asked whose it is, it is to be sent again.
        provider.once(
            Call::Retrieve,
            Fault::RefusesForGood(Reply::error(403, "invalid_request_error", "", "No.")),
        );
        let mut later = dispute.clone();
        later["id"] = json!("evt_later");
        assert_eq!(server.deliver(&later).await.status, 503);
        assert!(!taken(server, &later).await);
        assert_eq!(told(server, &booked).await.len(), 4);
    })
    .await;
}

/// What was created and has no name here yet cannot have been charged.
#[tokio::test]
async fn a_webhook_that_comes_before_the_name_is_known_is_taken() {
    with_scripted(&[], async |server, provider| {
        let event = |id: &str, payment: &str| {
            let object = json!({"id": "pi_early", "object": "payment_intent", "metadata": {"payment_id": payment}});
            json!({"id": id, "object": "event", "type": "payment_intent.created", "livemode": false,
                "data": {"object": object}})
        };
        let payment = async || server.text("SELECT id::text FROM payments ORDER BY id DESC LIMIT 1").await;
        let booked = hold(server, 2).await;
        let gate = Gate::new();
        provider.once(Call::Create, Fault::Waits(When::After, gate.clone()));
        let early = async {
            gate.reached().await;
            assert!(!taken(server, &event("evt_1", &payment().await)).await);
            gate.open();
        };
        let (paid, ()) = tokio::join!(server.pay_with(&booked, VISA), early);
        assert_eq!(paid.made()["status"], "succeeded");
        // It never gets one.
        let booked = hold(server, 2).await;
        provider.always(Call::Create, Fault::Refuses(Reply::error(400, "invalid_request_error", "", "No.")));
        assert!(server.pay_with(&booked, VISA).await.status >= 400);
        assert!(!taken(server, &event("evt_2", &payment().await)).await);
        // It is not what was paid: nothing is remembered of it.
        assert_eq!(server.count(TOLD).await, 0);
        provider.mend();
        server.recover().await;
    })
    .await;
}

/// Some banks take days.
#[tokio::test]
async fn a_payment_that_the_bank_decides_later_is_waited_for() {
    with_scripted(&[], async |server, provider| {
        for success in [true, false] {
            let booked = hold(server, 2).await;
            let waiting = server.pay_with(&booked, "pm_usBankAccount").await;
            assert_eq!(waiting.status, 202, "{}", waiting.json);
            assert_eq!(waiting.json["status"], "processing");
            let intent = provider.ledger().pop().unwrap().intent;
            provider.settle(&intent, success);
            let kind = if success {
                RESERVED
            } else {
                "payment_intent.payment_failed"
            };
            assert!(!taken(server, &last(provider, kind)).await);
            let expected = if success { "confirmed" } else { "pending" };
            assert_eq!(server.booking(&booked).await["status"], expected);
        }
        server.recover().await;
    })
    .await;
}
