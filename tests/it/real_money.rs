//! Payments through a provider that moves money: Stripe's API, spoken by localstripe, which others have written, and by the
//! scripted provider. After each test both books agree (`money::assert_books_agree`) and the invariants hold.

mod contract;
mod crashes;
mod giving_up;
mod late;
mod outages;
mod refunds;
mod webhooks;

use serde_json::json;
use tempfile::NamedTempFile;

use crate::provider::keys::PUBLISHABLE_KEY;
use crate::provider::keys::flags;
use crate::provider::localstripe::{DECLINED, GOOD, SECURED, SECURED_DECLINED};
use crate::provider::money::{assert_books_agree, hold, payment, with_localstripe, with_scripted};
use crate::provider::script::{Call, Fault, Gate, When};
use crate::provider::scripted::Scripted;
use crate::support::gateway::GOOD_CARD;
use crate::support::process::Process;
use crate::support::{
    Answer, CONFIRMED, FREE, Server, as_buyer, fresh_key, general, order, text, token, with_server,
};

/// Stripe's names of test payment methods.
const VISA: &str = "pm_card_visa";
const DECLINES: &str = "pm_card_visa_chargeDeclined";
const SECURE: &str = "pm_card_threeDSecure2Required";

#[tokio::test]
async fn a_payment_method_of_the_provider_pays_a_booking() {
    with_localstripe(async |server, provider| {
        let booked = hold(server, 2).await;
        let method = provider.method(GOOD).await;
        let paid = server.pay_with(&booked, &method).await.made();
        assert_eq!(
            (&paid["status"], &paid["amount"]),
            (&json!("succeeded"), &booked["total"])
        );
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
        server.recover().await;
        let intents = provider.intents().await;
        assert_eq!(intents.len(), 1);
        assert_eq!(intents[0]["status"], "succeeded");
        assert_eq!(intents[0]["amount"], booked["total"]["amount"]);
        assert_eq!(intents[0]["metadata"]["payment_id"], paid["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_declined_card_is_followed_by_another() {
    with_localstripe(async |server, provider| {
        let booked = hold(server, 2).await;
        let method = provider.method(DECLINED).await;
        let declined = server.pay_with(&booked, &method).await;
        assert_eq!(declined.problem(402), "payment-declined");
        assert_eq!(server.booking(&booked).await["status"], "pending");
        let method = provider.method(GOOD).await;
        server.pay_with(&booked, &method).await.made();
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
        let intents = provider.intents().await;
        assert_eq!(intents.len(), 2);
        assert_ne!(intents[1]["status"], "succeeded");
    })
    .await;
}

#[tokio::test]
async fn each_decline_is_told_with_the_banks_reason() {
    with_scripted(&[], async |server, provider| {
        for (method, code) in [
            (DECLINES, "generic_decline"),
            (
                "pm_card_visa_chargeDeclinedInsufficientFunds",
                "insufficient_funds",
            ),
            (
                "pm_card_visa_chargeDeclinedProcessingError",
                "processing_error",
            ),
        ] {
            let booked = hold(server, 1).await;
            let declined = server.pay_with(&booked, method).await;
            assert_eq!(declined.problem(402), "payment-declined");
            assert_eq!(declined.json["decline_code"], code);
            let shown = server
                .payment(&booked, &json!({"id": declined.json["payment_id"]}))
                .await;
            assert_eq!(
                (&shown["status"], &shown["decline_code"]),
                (&json!("declined"), &json!(code))
            );
        }
        for _ in 0..2 {
            let booked = hold(server, 1).await;
            for _ in 0..3 {
                server.pay_with(&booked, DECLINES).await.problem(402);
            }
            assert_eq!(server.booking(&booked).await["status"], "failed");
        }
        assert!(provider.ledger().iter().all(|entry| entry.charges == 0));
    })
    .await;
}

#[tokio::test]
async fn a_buyer_who_authenticates_has_paid_and_one_who_does_not_may_try_another_card() {
    with_localstripe(async |server, provider| {
        for (card, success) in [(SECURED, true), (SECURED, false), (SECURED_DECLINED, true)] {
            let booked = hold(server, 2).await;
            let method = provider.method(card).await;
            let asked = server.pay_with(&booked, &method).await;
            assert_eq!(
                (asked.status, &asked.json["status"]),
                (202, &json!("requires_action"))
            );
            let next = &asked.json["next_action"];
            assert_eq!(
                (&next["type"], &next["publishable_key"]),
                (&json!("script"), &json!(PUBLISHABLE_KEY))
            );
            provider
                .authenticate(text(&next["client_secret"]), success)
                .await;
            let is_paid = success && card == SECURED;
            let seen = server.payment(&booked, &asked.json).await;
            assert_eq!(
                seen["status"],
                if is_paid { "succeeded" } else { "declined" }
            );
            if !is_paid {
                assert_eq!(server.booking(&booked).await["status"], "pending");
                let method = provider.method(GOOD).await;
                server.pay_with(&booked, &method).await.made();
            }
            assert_eq!(server.booking(&booked).await["status"], "confirmed");
        }
        server.recover().await;
        let intents = provider.intents().await;
        let paid = intents
            .iter()
            .filter(|intent| intent["status"] == "succeeded");
        assert_eq!(paid.count(), 3);
    })
    .await;
}

#[tokio::test]
async fn the_webhook_confirms_a_buyer_who_authenticates_and_does_not_come_back() {
    with_localstripe(async |server, provider| {
        let booked = hold(server, 2).await;
        let method = provider.method(SECURED).await;
        let asked = server.pay_with(&booked, &method).await;
        let secret = text(&asked.json["next_action"]["client_secret"]).to_owned();
        // localstripe tells of what is captured, not of what is reserved: recovery looks first.
        provider.authenticate(&secret, true).await;
        server.age_payments().await;
        server.until(CONFIRMED, 1).await;
        server.until("SELECT count(*) FROM webhook_events", 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_ends_while_the_bank_asks_is_given_up_at_the_provider_too() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        let asked = server.pay_with(&booked, SECURE).await;
        assert_eq!(
            (asked.status, &asked.json["status"]),
            (202, &json!("requires_action"))
        );
        let held = server.booking(&booked).await;
        assert_eq!(held["status"], "pending");
        server.age_holds().await;
        // It is kept for the buyer while they may act, however long the hold was.
        server.age_payments().await;
        assert_eq!(server.count(FREE).await, 8);
        server
            .sql(
                "UPDATE payments SET act_until = now(), recover_at = now();
                  UPDATE bookings SET paying_until = now() + interval '30 seconds'",
            )
            .await;
        server.until(FREE, 10).await;
        assert_eq!(provider.ledger()[0].status, "canceled");
        assert_eq!(server.booking(&booked).await["status"], "expired");
        assert_eq!(
            server.pay_with(&booked, VISA).await.problem(409),
            "hold-expired"
        );
        assert_eq!(provider.count(Call::Create), 1);
    })
    .await;
}

#[tokio::test]
async fn money_is_captured_after_the_seats_are_confirmed() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        let gate = Gate::new();
        provider.once(Call::Capture, Fault::Waits(When::Before, gate.clone()));
        let seen = async {
            gate.reached().await;
            let status = server.booking(&booked).await["status"].clone();
            let money = provider.ledger()[0].clone();
            gate.open();
            (status, money.status, money.captured)
        };
        let (paid, seen) = tokio::join!(server.pay_with(&booked, VISA), seen);
        paid.made();
        assert_eq!(seen, (json!("confirmed"), "requires_capture", 0));
        server.recover().await;
        assert_eq!(provider.ledger()[0].captured, 2_000);
    })
    .await;
}

#[tokio::test]
async fn a_key_charges_once_however_often_it_is_sent() {
    with_scripted(&[], async |server, provider| {
        let booked = hold(server, 2).await;
        let key = fresh_key();
        let body = payment(&booked, VISA);
        let send = async || Answer::of(server.post("/api/payments", &key, &body).await).await;
        let answers = futures::future::join_all((0..8).map(async |_| send().await)).await;
        assert!(
            answers
                .iter()
                .all(|answer| (200..=202).contains(&answer.status))
        );
        let replay = send().await;
        assert_eq!(
            (replay.status, &replay.json["status"]),
            (200, &json!("succeeded"))
        );
        let other = payment(&booked, "pm_card_mastercard");
        let reused = Answer::of(server.post("/api/payments", &key, &other).await).await;
        assert_eq!(reused.problem(422), "idempotency-key-reused");
        assert_eq!(provider.ledger().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_booking_that_is_paid_at_once_is_confirmed_asked_about_or_failed() {
    with_scripted(&[], async |server, provider| {
        let event = server.event(&[general("ga", 10)]).await;
        let at_once = async |method: &str| {
            let mut body = order(event, uuid::Uuid::new_v4(), &[("ga", 1)]);
            body["payment"] = json!({"payment_method": method});
            server.book(&body).await
        };
        let paid = at_once(VISA).await.made();
        assert_eq!(
            (&paid["status"], &paid["payment"]["status"]),
            (&json!("confirmed"), &json!("succeeded"))
        );
        let declined = at_once(DECLINES).await;
        assert_eq!(declined.problem(402), "payment-declined");
        assert_eq!(declined.json["booking_status"], "failed");
        let asked = at_once(SECURE).await;
        assert_eq!(asked.status, 202, "{}", asked.json);
        let intent = provider.ledger()[2].intent.clone();
        provider.authenticate(&intent, true);
        server.age_payments().await;
        server.until(CONFIRMED, 2).await;
    })
    .await;
}

/// Who sends a card number to a shop with a real provider has made a mistake: it is refused, and goes nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_card_number_is_refused_and_neither_stored_nor_logged_nor_passed_on() {
    let provider = Scripted::start().await;
    with_server(async |server| {
        let log = NamedTempFile::new().unwrap();
        let words = flags(&provider.url());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let all = [("RUST_LOG", "trace"), ("BOXOFFICE_LEAVE_SECONDS", "0")];
        let process = Process::start(&server.database_url, &words, &all, log.reopen().unwrap().into());
        let process = process.expect("a server");
        let booked = hold(server, 1).await;
        let post = async |path: &str, body: &serde_json::Value| {
            let request = server.client.post(format!("{}{path}", process.url));
            let request = request.header("Idempotency-Key", fresh_key());
            let request = as_buyer(&server.db, request, body).await;
            Answer::of(request.send().await.unwrap()).await
        };
        let by_number = json!({"booking_id": booked["id"], "buyer_id": booked["buyer_id"], "card_number": GOOD_CARD});
        let mut as_token = payment(&booked, GOOD_CARD);
        for (body, field) in [
            (by_number.clone(), "/card_number"),
            (as_token.clone(), "/payment_method"),
            ({ as_token["card_number"] = json!("4242 4242 4242 4242"); as_token }, "/card_number"),
        ] {
            let refused = post("/api/payments", &body).await;
            assert_eq!(refused.status, 422, "{}", refused.json);
            assert_eq!(refused.json["errors"][0]["pointer"], field, "{}", refused.json);
            assert!(!refused.json.to_string().contains(GOOD_CARD));
        }
        let mut at_once = order(text(&booked["event_id"]).parse().unwrap(), uuid::Uuid::new_v4(), &[("ga", 1)]);
        at_once["payment"] = json!({"card_number": GOOD_CARD});
        assert_eq!(post("/api/bookings", &at_once).await.status, 422);
        let cookie = format!("buyer={}", token(&server.db, &booked["buyer_id"]).await);
        let form = server.client.post(format!("{}/bookings/{}/payments", process.url, text(&booked["id"])));
        let form = form.header("Cookie", cookie).header("Sec-Fetch-Site", "same-origin");
        let key = fresh_key();
        let form = form.form(&[("key", key.as_str()), ("card_number", GOOD_CARD)]);
        let page = form.send().await.unwrap();
        assert!(!page.status().is_success() || page.status() == 200, "{page:?}");
        assert!(!page.text().await.unwrap().contains(GOOD_CARD));
        // What is sent to the provider is logged too.
        assert_eq!(post("/api/payments", &payment(&booked, VISA)).await.status, 201);
        // Its log waits in a queue, which is written to the end by who is told to stop.
        crate::stopping::stop(process);
        let logged = std::fs::read_to_string(&log).unwrap();
        assert!(logged.contains("TRACE") && logged.contains("INSERT INTO payments"));
        let plain = logged.replace([' ', '-'], "");
        assert!(!plain.contains(GOOD_CARD), "the card number is in the log");
        assert!(!logged.contains(crate::provider::keys::SECRET_KEY), "the secret key is in the log");
        let stored = crate::crashes::dump(server).await;
        assert!(stored.contains("succeeded") && !stored.contains(GOOD_CARD));
        assert!(!stored.contains(crate::provider::keys::SECRET_KEY), "the secret key is in the database");
        let sent = provider.requests();
        assert!(!sent.is_empty() && sent.iter().all(|request| !request.body.contains(GOOD_CARD)));
        assert!(sent.iter().all(|request| request.method == "GET" || request.key.is_some()));
        assert_books_agree(server, &provider.ledger()).await;
    })
    .await;
}

/// Payments remember their provider: each is completed and refunded where it was made.
#[tokio::test]
async fn payments_under_way_are_completed_by_the_provider_that_they_began_with() {
    with_scripted(&[], async |server, provider| {
        let words = flags(&provider.url());
        // The keys stay, new payments are simulated.
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let simulated = [&["--gateway", "simulated"], &words[2..]].concat();
        let (asked, paid) = (hold(server, 2).await, hold(server, 1).await);
        server.pay_with(&paid, VISA).await.made();
        assert_eq!(server.pay_with(&asked, SECURE).await.status, 202);
        let later = Server::start(&server.database_url, &simulated).await;
        provider.authenticate(&provider.ledger()[1].intent, true);
        server.age_payments().await;
        server.until(CONFIRMED, 2).await;
        assert_eq!(
            later.cancel(&paid).await.json["payment"]["status"],
            "refunded"
        );
        let new = hold(&later, 1).await;
        later.pay(&new, GOOD_CARD).await.made();
        assert_eq!(
            server
                .count("SELECT count(*) FROM payments WHERE provider = 'simulated'")
                .await,
            1
        );
        // And back: what the simulated one has charged is refunded there.
        assert_eq!(
            server.cancel(&new).await.json["payment"]["status"],
            "refunded"
        );
        assert_eq!(provider.ledger().len(), 2);
        later.stop().await;
    })
    .await;
}
