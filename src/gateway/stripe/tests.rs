//! Calls against a server that answers as it is told.

mod fake;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::fake::*;
use super::*;
use crate::config::Capture;
use crate::types::RefundId;

/// What Stripe answers, what is known then, and how often it is asked.
type Case = (Vec<Reply>, &'static str, usize);

/// It is too busy, or fails.
fn busy() -> Vec<Case> {
    let invalid = json!({"type": "invalid_request_error"});
    let failed = || error(500, json!({"type": "api_error"}));
    let later = Reply::Json(429, "Retry-After: 600\r\n", json!({"error": {}}));
    let unwanted = Reply::Json(500, "Stripe-Should-Retry: false\r\n", json!({"error": {}}));
    let locked = error(409, json!({"code": "lock_timeout"}));
    let in_use = error(409, json!({"code": "idempotency_key_in_use"}));
    let empty = raw("HTTP/1.1 429 X\r\nContent-Length: 0\r\n\r\n");
    vec![
        (vec![error(429, invalid.clone())], "unavailable", 3),
        (vec![empty], "unavailable", 3),
        (vec![later], "unavailable", 1),
        (vec![locked], "unavailable", 3),
        (vec![in_use], "unknown", 3),
        (vec![failed()], "unknown", 3),
        (vec![failed(), ok(intent("succeeded"))], "ok", 2),
        (vec![unwanted], "unknown", 1),
        (vec![raw(""), error(429, invalid)], "unknown", 3),
    ]
}

/// What comes is no answer.
fn garbage() -> Vec<Case> {
    let close = "Connection: close\r\n";
    let torn = format!("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n{close}\r\n{{\"id\": \"pi_1\"");
    let large = format!("HTTP/1.1 200 OK\r\n\r\n{}", " ".repeat(5 * 1024 * 1024));
    let page = format!("HTTP/1.1 404 X\r\n{close}Content-Length: 6\r\n\r\n<html>");
    let elsewhere = format!("HTTP/1.1 302 X\r\nLocation: /\r\n{close}Content-Length: 0\r\n\r\n");
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    vec![
        (vec![raw("this is not HTTP\r\n\r\n")], "unknown", 3),
        (vec![raw(text)], "unknown", 3),
        (vec![ok(json!({"id": "pi_1"}))], "unknown", 3),
        (vec![raw(&torn)], "unknown", 3),
        (vec![raw(&torn), ok(intent("succeeded"))], "ok", 2),
        (vec![raw(&large)], "unknown", 3),
        (vec![raw("")], "unknown", 3),
        (vec![raw(&page)], "unknown", 3),
        (vec![raw(&elsewhere)], "unknown", 3),
    ]
}

/// It says no.
fn refusals() -> Vec<Case> {
    let invalid = || json!({"type": "invalid_request_error"});
    let of_key = error(400, json!({"type": "idempotency_error"}));
    vec![
        (vec![error(400, invalid())], "refused", 1),
        (vec![error(401, invalid())], "refused", 1),
        (vec![error(402, json!({"type": "card_error"}))], "method", 1),
        (vec![error(403, invalid())], "refused", 1),
        (vec![raw(""), error(401, invalid())], "unknown", 2),
        (vec![of_key], "unknown", 1),
    ]
}

#[tokio::test]
async fn of_a_request_that_went_wrong_is_told_what_is_known() {
    let cases = [busy(), garbage(), refusals()].into_iter().flatten();
    let cases = cases.map(|(replies, expected, requests)| async move {
        let fake = Fake::new(replies.clone()).await;
        let created = fake.stripe.create(&new("pm_card_visa")).await;
        let (first, asked) = (replies[0].bytes(), fake.asked());
        let first = String::from_utf8_lossy(&first).into_owned();
        let first: String = first.chars().take(200).collect();
        assert_eq!(kind(&created), expected, "{first}: {created:?}");
        assert_eq!(asked.len(), requests, "{first}");
        let key = format!("idempotency-key: {}-create", payment());
        assert!(
            asked.iter().all(|request| request.contains(&key)),
            "{asked:?}"
        );
    });
    futures::future::join_all(cases).await;
}

#[tokio::test]
async fn every_wait_ends() {
    let short = Duration::from_millis(300);
    let silent = Fake::waiting(vec![Reply::Silence], short).await;
    let created = silent.stripe.create(&new("pm_card_visa")).await;
    assert_eq!((kind(&created), silent.asked().len()), ("unknown", 1));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let created = stripe(url, short).create(&new("pm_card_visa")).await;
    assert_eq!(kind(&created), "unavailable", "{created:?}");
}

#[tokio::test]
async fn after_too_many_requests_none_is_sent_for_as_long_as_stripe_has_said() {
    let refused = Reply::Json(429, "Retry-After: 20\r\n", json!({"error": {}}));
    let fake = Fake::new(vec![refused, ok(intent("succeeded"))]).await;
    for _ in 0..3 {
        let fetched = fake.stripe.fetch(&known("pi_1")).await;
        assert_eq!(kind(&fetched), "unavailable");
    }
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn an_intent_is_created_with_what_any_version_of_the_api_takes() {
    let fake = Fake::new(vec![ok(intent("requires_confirmation"))]).await;
    let created = fake.stripe.create(&new("pm_card_visa")).await.unwrap();
    assert_eq!(created.as_str(), "pi_1");
    fake.stripe.create(&new("ctoken_1")).await.unwrap();
    let asked = fake.asked();
    for part in [
        "POST /v1/payment_intents HTTP",
        "authorization: Bearer sk_test_0123456789",
        "stripe-version: 2026-04-22.dahlia",
        "content-type: application/x-www-form-urlencoded",
    ] {
        assert!(asked[0].contains(part), "{part}: {}", asked[0]);
    }
    let form = "amount=4200&currency=eur&metadata%5Bpayment_id%5D=00000000-0000-0000-0000-000000000001\
                &metadata%5Bbooking%5D=K7QF-2MXD&capture_method=manual";
    assert!(asked[0].ends_with(&format!("{form}&payment_method=pm_card_visa")));
    assert!(asked[1].ends_with(form), "{}", asked[1]);
    let odd = NewIntent {
        amount: euros(10),
        ..new("pm_card_visa")
    };
    assert_eq!(kind(&fake.stripe.create(&odd).await), "refused");
    assert_eq!(
        fake.asked().len(),
        2,
        "Stripe is not asked for less than it takes"
    );
}

#[tokio::test]
async fn what_stripe_refuses_when_an_intent_is_confirmed_is_told_by_the_intent() {
    let declined = |code: &str| {
        Ok(State::Declined {
            code: code.to_owned(),
        })
    };
    let card = |intent: Value| {
        error(
            402,
            json!({"type": "card_error", "code": "card_declined",
                "decline_code": "insufficient_funds", "payment_intent": intent}),
        )
    };
    let state = json!({"type": "invalid_request_error", "code": "payment_intent_unexpected_state"});
    let token = json!({"type": "invalid_request_error", "code": "resource_missing",
        "param": "confirmation_token"});
    let replayed = Reply::Json(
        200,
        "Idempotent-Replayed: true\r\n",
        intent("requires_action"),
    );
    for (replies, expected) in [
        (vec![ok(intent("requires_capture"))], Ok(State::Authorised)),
        (
            vec![card(intent("requires_payment_method"))],
            declined("insufficient_funds"),
        ),
        (vec![card(Value::Null)], declined("insufficient_funds")),
        (vec![card(intent("succeeded"))], Ok(State::Succeeded)),
        (
            vec![error(400, state.clone()), ok(intent("succeeded"))],
            Ok(State::Succeeded),
        ),
        (
            vec![
                error(400, state.clone()),
                ok(intent("requires_confirmation")),
            ],
            Err("refused"),
        ),
        (
            vec![error(400, token), ok(intent("requires_payment_method"))],
            declined("resource_missing"),
        ),
        (
            vec![replayed.clone(), ok(intent("succeeded"))],
            Ok(State::Succeeded),
        ),
        (vec![replayed, error(401, json!({}))], Err("unknown")),
        (vec![error(401, json!({}))], Err("refused")),
        (
            vec![error(404, json!({"code": "resource_missing"}))],
            Err("refused"),
        ),
    ] {
        let fake = Fake::new(replies).await;
        let answer = fake.stripe.confirm(&known("pi_1"), &how("ctoken_1")).await;
        let told = answer.as_ref().map(|answer| answer.state.clone());
        let told = told.map_err(|_| kind(&answer));
        assert_eq!(told, expected);
        let first = &fake.asked()[0];
        assert!(first.starts_with("POST /v1/payment_intents/pi_1/confirm"));
        assert!(first.contains(&format!("{}-confirm", payment())));
        assert!(first.ends_with("confirmation_token=ctoken_1"), "{first}");
    }
}

#[tokio::test]
async fn what_cannot_be_cancelled_or_captured_any_more_is_told_as_it_is() {
    let refused = || error(400, json!({"code": "payment_intent_unexpected_state"}));
    for (status, state) in [
        ("succeeded", Some(State::Succeeded)),
        ("processing", Some(State::Processing)),
        ("canceled", Some(State::Cancelled)),
        ("requires_capture", None),
    ] {
        let fake = Fake::new(vec![refused(), ok(intent(status))]).await;
        let answer = fake.stripe.cancel(&known("pi_1")).await;
        assert_eq!(answer.ok().map(|answer| answer.state), state, "{status}");
        let fake = Fake::new(vec![refused(), ok(intent(status))]).await;
        let answer = fake.stripe.capture(&known("pi_1")).await;
        assert_eq!(answer.ok().map(|answer| answer.state), state, "{status}");
    }
    let nothing = Intent {
        reference: None,
        ..known("pi_1")
    };
    let fake = Fake::new(vec![refused()]).await;
    let cancelled = fake.stripe.cancel(&nothing).await.unwrap();
    assert_eq!(cancelled.state, State::Cancelled);
    assert_eq!(fake.stripe.fetch(&nothing).await, Ok(None));
    assert!(fake.asked().is_empty());
}

fn refund() -> Refund {
    Refund {
        id: RefundId(uuid::Uuid::from_u128(7)),
        of: known("pi_1"),
        amount: euros(10),
    }
}

fn refunds(id: &str, refund: Option<RefundId>, has_more: bool) -> Reply {
    let refund = refund.map(|id| id.to_string());
    let made = json!({"id": id, "status": "succeeded", "amount": 10, "currency": "eur",
        "metadata": {"refund_id": refund}});
    ok(json!({"object": "list", "data": [made], "has_more": has_more}))
}

#[tokio::test]
async fn a_refund_that_was_made_before_is_found_and_not_made_again() {
    let ours = Some(refund().id);
    let fake = Fake::new(vec![
        refunds("re_1", None, true),
        refunds("re_2", ours, false),
    ])
    .await;
    assert_eq!(fake.stripe.refund(&refund()).await, Ok(Refunded::Succeeded));
    let lines = fake.lines();
    assert_eq!(lines[0], "GET /v1/refunds?payment_intent=pi_1&limit=100");
    assert_eq!(lines[1..], [format!("{}&starting_after=re_1", lines[0])]);
}

#[tokio::test]
async fn a_refund_is_looked_for_again_when_all_was_given_back() {
    let none = || ok(json!({"data": [], "has_more": false}));
    let all = || error(400, json!({"code": "charge_already_refunded"}));
    let fast = refunds("re_1", Some(refund().id), false);
    let fake = Fake::new(vec![none(), all(), fast]).await;
    assert_eq!(fake.stripe.refund(&refund()).await, Ok(Refunded::Succeeded));
    let fake = Fake::new(vec![none(), all(), none()]).await;
    let code = "charge_already_refunded".to_owned();
    assert_eq!(
        fake.stripe.refund(&refund()).await,
        Ok(Refunded::Failed { code })
    );
    let posted = &fake.asked()[1];
    assert!(posted.contains(&format!("idempotency-key: {}\r\n", refund().id)));
    let poor = error(400, json!({"code": "balance_insufficient"}));
    let fake = Fake::new(vec![none(), poor]).await;
    assert_eq!(kind(&fake.stripe.refund(&refund()).await), "unavailable");
}

#[tokio::test]
async fn after_a_failure_that_is_over_the_next_key_is_used() {
    let none = || ok(json!({"data": [], "has_more": false}));
    let replayed = "Idempotent-Replayed: true\r\n";
    let failed = || Reply::Json(500, replayed, json!({"error": {"type": "api_error"}}));
    let poor = Reply::Json(
        400,
        replayed,
        json!({"error": {"code": "balance_insufficient"}}),
    );
    let made = ok(json!({"id": "re_1", "status": "succeeded", "amount": 10, "currency": "eur"}));
    let replies = vec![none(), failed(), none(), poor, none(), made];
    let fake = Fake::new(replies).await;
    assert_eq!(fake.stripe.refund(&refund()).await, Ok(Refunded::Succeeded));
    let id = refund().id;
    let asked = fake.asked();
    for (at, key) in [
        (1, id.to_string()),
        (3, format!("{id}-1")),
        (5, format!("{id}-2")),
    ] {
        assert!(
            asked[at].contains(&format!("idempotency-key: {key}\r\n")),
            "{}",
            asked[at]
        );
    }
    // What has failed just now may still have an effect: its key is not given up.
    let now = error(500, json!({"type": "api_error"}));
    let fake = Fake::new(vec![none(), now, failed()]).await;
    assert_eq!(kind(&fake.stripe.refund(&refund()).await), "unknown");
    assert_eq!(fake.asked().len(), 3);
}

#[tokio::test]
async fn what_is_decided_after_the_hold_is_not_offered() {
    let session = json!({"id": "cs_1", "url": "https://checkout.stripe.com/c/pay/cs_1", "status": "open",
        "amount_total": 4_200, "currency": "eur", "payment_intent": null});
    for (capture, is_left_out) in [(Capture::Automatic, true), (Capture::Manual, false)] {
        let mut fake = Fake::new(vec![
            ok(intent("requires_confirmation")),
            ok(session.clone()),
        ])
        .await;
        fake.stripe.config.capture = capture;
        fake.stripe.create(&new("pm_card_visa")).await.unwrap();
        fake.stripe.host(&page()).await.unwrap();
        for asked in fake.asked() {
            let delayed = "excluded_payment_method_types%5B%5D=sepa_debit";
            assert_eq!(asked.contains(delayed), is_left_out, "{asked}");
        }
    }
}

fn page() -> NewPage {
    NewPage {
        payment: payment(),
        amount: euros(4_200),
        description: "K7QF-2MXD".to_owned(),
        return_url: "https://tickets.example/bookings/1?a=b".to_owned(),
        open_for: Duration::from_secs(300),
    }
}

#[tokio::test]
async fn a_page_is_made_and_followed_by_its_session() {
    let session = |status: &str, intent: Value| {
        ok(
            json!({"id": "cs_test_1", "url": "https://checkout.stripe.com/c/pay/cs_test_1",
            "status": status, "amount_total": 4_200, "currency": "eur", "payment_intent": intent}),
        )
    };
    let fake = Fake::new(vec![session("open", Value::Null)]).await;
    let made = fake.stripe.host(&page()).await.unwrap().unwrap();
    assert_eq!(made.reference.as_str(), "cs_test_1");
    assert!(made.url.ends_with("/cs_test_1"));
    let asked = &fake.asked()[0];
    assert!(asked.starts_with("POST /v1/checkout/sessions HTTP"));
    for part in [
        "unit_amount%5D=4200",
        "success_url=https%3A%2F%2F",
        "%5Bcapture_method%5D=manual",
    ] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    let paid = || session("complete", intent("requires_capture"));
    let fake = Fake::new(vec![paid(), ok(intent("succeeded"))]).await;
    let captured = fake.stripe.capture(&known("cs_test_1")).await.unwrap();
    assert_eq!(captured.state, State::Succeeded);
    assert_eq!(fake.lines()[1], "POST /v1/payment_intents/pi_1/capture");
    let replies = vec![
        error(400, json!({})),
        paid(),
        paid(),
        ok(intent("canceled")),
    ];
    let fake = Fake::new(replies).await;
    let cancelled = fake.stripe.cancel(&known("cs_test_1")).await.unwrap();
    assert_eq!(cancelled.state, State::Cancelled);
    assert_eq!(
        fake.lines()[0],
        "POST /v1/checkout/sessions/cs_test_1/expire"
    );
    assert_eq!(fake.lines()[3], "POST /v1/payment_intents/pi_1/cancel");
}

#[tokio::test]
async fn the_list_says_whose_intents_are_and_leaves_out_what_cannot_be_ours() {
    let mut ours = intent("succeeded");
    ours["metadata"] = json!({"payment_id": payment().to_string()});
    ours["latest_charge"] = json!({"amount_refunded": 200});
    let mut other = intent("canceled");
    (other["id"], other["currency"]) = (json!("pi_2"), json!("xyz"));
    let part = json!({"data": [ours, other], "has_more": true});
    let fake = Fake::new(vec![ok(part), ok(json!({"data": [], "has_more": false}))]).await;
    let since = Timestamp::from_timestamp(1_600_000_000, 0).unwrap();
    let list = fake.stripe.list(since, None).await.unwrap();
    let [listed] = &list.intents[..] else {
        panic!("{list:?}");
    };
    assert_eq!(
        (listed.payment, listed.refunded_minor),
        (Some(payment()), 200)
    );
    assert_eq!(list.next.as_ref().unwrap().as_str(), "pi_2");
    let rest = fake.stripe.list(since, list.next.as_ref()).await.unwrap();
    assert_eq!((rest.intents.len(), rest.next), (0, None));
    let query = "GET /v1/payment_intents?created%5Bgte%5D=1600000000&limit=100&expand%5B%5D=data.latest_charge";
    assert_eq!(
        fake.lines(),
        [query.to_owned(), format!("{query}&starting_after=pi_2")]
    );
}
