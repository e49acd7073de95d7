//! The gateway's webhooks: signed, sent over HTTP, recorded once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use boxoffice::gateway::Gateway;
use boxoffice::gateway::simulated::SimulatedGateway;
use boxoffice::gateway::simulated::signing_key::SigningKey;
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{Barrier, watch};
use uuid::Uuid;

use crate::support::gateway::{LATER_CARD, NO_WEBHOOKS, notice};
use crate::support::{CONFIRMED, Server, general, order, with_server, with_settings};

const TAKEN: &str = "SELECT count(*) FROM webhook_events";

async fn pending(server: &Server) -> Value {
    let event = server.event(&[general("ga", 10)]).await;
    let body = order(event, Uuid::new_v4(), &[("ga", 2)]);
    server.book(&body).await.made()
}

/// The gateway answers now what it was to answer later.
async fn answer_now(server: &Server) {
    server
        .sql("UPDATE gateway_charges SET answers_at = now() WHERE status = 'pending'")
        .await;
}

#[tokio::test]
async fn a_card_that_answers_later_confirms_by_webhook() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let booked = pending(server).await;
        let paying = server.pay(&booked, LATER_CARD).await;
        assert_eq!(
            (paying.status, &paying.json["status"]),
            (202, &json!("processing"))
        );
        answer_now(server).await;
        server.until(CONFIRMED, 1).await;
        server
            .until(
                "SELECT count(*) FROM gateway_deliveries WHERE delivered_at IS NOT NULL",
                1,
            )
            .await;
        assert_eq!(
            server.booking(&booked).await["payment"]["status"],
            "succeeded"
        );
        assert_eq!(
            server
                .count("SELECT max(attempts)::bigint FROM gateway_deliveries")
                .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_one_shot_booking_may_be_confirmed_by_webhook() {
    with_settings(&["--gateway-webhook-delay-ms", "0"], async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let mut body = order(event, Uuid::new_v4(), &[("ga", 2)]);
        body["payment"] = json!({"card_number": LATER_CARD});
        assert_eq!(server.book(&body).await.status, 202);
        server.until(CONFIRMED, 1).await;
    })
    .await;
}

/// A receiver of webhooks that does not answer until `answer` is true. Returns its address and a counter of
/// what it received.
async fn slow_receiver(answer: watch::Receiver<bool>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let received = Arc::new(AtomicUsize::new(0));
    let count = received.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut answer = answer.clone();
            tokio::spawn(async move {
                answer.wait_for(|&answer| answer).await.unwrap();
                let read = stream.read(&mut [0; 4096]).await.unwrap();
                assert!(read > 0, "no request");
                let ok = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                stream.write_all(ok).await.unwrap();
            });
        }
    });
    (url, received)
}

/// All of them have looked for what is due before any webhook is answered.
#[tokio::test(flavor = "multi_thread")]
async fn many_processes_send_each_webhook_once() {
    let (answer, answered) = watch::channel(false);
    let (url, received) = slow_receiver(answered).await;
    let settings = [&NO_WEBHOOKS[..], &["--gateway-webhook-url", &url]].concat();
    with_settings(&settings, async |server| {
        for _ in 0..12 {
            assert_eq!(
                server.pay(&pending(server).await, LATER_CARD).await.status,
                202
            );
        }
        let config = &server.app.config.payment.gateway;
        let process = || SimulatedGateway::new(server.db.clone(), config.clone());
        let processes = [process(), process(), process(), process()];
        let barrier = Barrier::new(processes.len());
        answer_now(server).await;
        join_all(processes.iter().map(async |process| {
            barrier.wait().await;
            process.run_due_work("").await.unwrap();
        }))
        .await;
        answer.send_replace(true);
        let delivered = "SELECT count(*) FROM gateway_deliveries WHERE delivered_at IS NOT NULL";
        server.until(delivered, 12).await;
        assert_eq!(received.load(Ordering::SeqCst), 12);
        let attempts = "SELECT sum(attempts)::bigint FROM gateway_deliveries";
        assert_eq!(server.count(attempts).await, 12);
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_nobody_takes_is_sent_again() {
    let nobody = [
        "--gateway-webhook-delay-ms",
        "0",
        "--gateway-webhook-url",
        "http://127.0.0.1:1/",
    ];
    with_settings(&nobody, async |server| {
        let booked = pending(server).await;
        assert_eq!(server.pay(&booked, LATER_CARD).await.status, 202);
        server.until("SELECT coalesce(max(attempts), 0)::bigint FROM gateway_deliveries WHERE next_attempt_at > now()", 1).await;
        assert_eq!(server.booking(&booked).await["status"], "pending");
        let other = server.another().await;
        // Any process may lease it; one that fails moves its due time again.
        for _ in 0..100 {
            server.sql("UPDATE gateway_deliveries SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL").await;
            if server.count(CONFIRMED).await == 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(server.count(CONFIRMED).await, 1);
        assert!(server.count("SELECT max(attempts)::bigint FROM gateway_deliveries").await > 1);
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_comes_again_or_out_of_order_changes_nothing() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let booked = pending(server).await;
        let payment = server.charge_without_webhook(&booked).await;
        let succeeded = notice(&payment, "payment.succeeded");
        for duplicate in [false, true, true] {
            let told = server.webhook(&succeeded).await;
            assert_eq!(
                (told.status, &told.json["duplicate"]),
                (200, &json!(duplicate))
            );
        }
        let before = server.booking(&booked).await;
        assert_eq!(before["status"], "confirmed");
        let mut declined = notice(&payment, "payment.declined");
        declined["decline_code"] = json!("card_declined");
        assert_eq!(server.webhook(&declined).await.status, 200);
        assert_eq!(
            server
                .webhook(&notice(&payment, "payment.succeeded"))
                .await
                .status,
            200
        );
        assert_eq!(server.booking(&booked).await, before);
        assert_eq!(server.count(TAKEN).await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_decline_by_webhook_lets_the_buyer_try_another_card() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let booked = pending(server).await;
        let paying = server.pay(&booked, LATER_CARD).await.json;
        server.sql("UPDATE gateway_charges SET status = 'declined', decline_code = 'card_declined', answers_at = NULL").await;
        let mut declined = notice(&paying, "payment.declined");
        declined["decline_code"] = json!("insufficient_funds");
        assert_eq!(server.webhook(&declined).await.status, 200);
        let still = server.booking(&booked).await;
        assert_eq!((&still["status"], &still["payment"]["decline_code"]), (&json!("pending"), &json!("insufficient_funds")));
        server.pay(&booked, "4242424242424242").await.made();
    })
    .await;
}

/// Nothing was taken, and the payment still waits.
async fn assert_untouched(server: &Server) {
    assert_eq!(server.count(TAKEN).await, 0);
    let waiting = "SELECT count(*) FROM payments p JOIN bookings b ON b.event_id = p.event_id AND b.id = p.booking_id
        WHERE p.status = 'processing' AND b.status = 'pending'";
    assert_eq!(server.count(waiting).await, 1);
}

#[tokio::test]
async fn a_webhook_that_the_gateway_has_not_signed_is_refused() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payment = server.pay(&pending(server).await, LATER_CARD).await.json;
        let body = notice(&payment, "payment.succeeded").to_string();
        let signature = server.signature(&body, 0).await;
        let other_body = server.signature(&format!("{body} "), 0).await;
        let old = server.signature(&body, 600).await;
        let fresher = old.replace(
            old.split(',').next().unwrap(),
            signature.split(',').next().unwrap(),
        );
        let upper = signature.replace("v1=", "V1=");
        for wrong in [
            None,
            Some(""),
            Some("t=1,v1="),
            Some("garbage"),
            Some(&other_body),
            Some(&fresher),
            Some(&upper),
        ] {
            let refused = server.webhook_signed(body.clone(), wrong).await;
            assert_eq!(refused.problem(403), "webhook-signature", "{wrong:?}");
        }
        assert_untouched(server).await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_was_signed_more_than_five_minutes_ago_is_refused() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payment = server.pay(&pending(server).await, LATER_CARD).await.json;
        let body = notice(&payment, "payment.succeeded").to_string();
        for seconds_ago in [310, -310, 86_400, i64::from(i32::MAX)] {
            let signature = server.signature(&body, seconds_ago).await;
            let refused = server.webhook_signed(body.clone(), Some(&signature)).await;
            assert_eq!(refused.problem(403), "webhook-timestamp", "{seconds_ago}");
        }
        assert_untouched(server).await;
        let signature = server.signature(&body, 200).await;
        server
            .sql("UPDATE gateway_charges SET status = 'succeeded', answers_at = NULL")
            .await;
        assert_eq!(
            server.webhook_signed(body, Some(&signature)).await.status,
            200
        );
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_makes_no_sense_is_refused_for_what_it_is() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payment = server.pay(&pending(server).await, LATER_CARD).await.json;
        for no_json in ["", "no json", "{\"id\":", "\u{0}"] {
            let signature = server.signature(no_json, 0).await;
            let refused = server
                .webhook_signed(no_json.to_owned(), Some(&signature))
                .await;
            assert_eq!(refused.problem(400), "webhook-not-json", "{no_json}");
        }
        let with = |name: &str, value: Value| {
            let mut body = notice(&payment, "payment.succeeded");
            body[name] = value;
            body
        };
        for (body, pointer) in [
            (with("id", json!("x")), "/id"),
            (with("type", json!("payment.exploded")), "/type"),
            (with("payment_id", json!(7)), "/payment_id"),
            (
                with("amount", json!({"amount": "much", "currency": "USD"})),
                "/amount/amount",
            ),
            (
                with("amount", json!({"amount": 1, "currency": "Taler"})),
                "/amount/currency",
            ),
            (json!([]), ""),
        ] {
            let refused = server.webhook(&body).await;
            assert_eq!(refused.problem(422), "invalid-request", "{body}");
            assert_eq!(
                refused.json["errors"][0]["pointer"], pointer,
                "{}",
                refused.json
            );
        }
        for amount in [
            json!({"amount": 1, "currency": "USD"}),
            json!({"amount": 2000, "currency": "EUR"}),
        ] {
            let refused = server.webhook(&with("amount", amount)).await;
            assert_eq!(refused.problem(409), "webhook-amount");
        }
        let unknown = server
            .webhook(&with("payment_id", json!(Uuid::new_v4())))
            .await;
        assert_eq!(unknown.problem(404), "not-found");
        assert_untouched(server).await;
    })
    .await;
}

#[tokio::test]
async fn the_key_of_the_settings_signs_and_is_shared_by_nobody_else() {
    let settings = [
        "--webhook-secret",
        "a secret of the settings",
        "--gateway-webhook-delay-ms",
        "0",
    ];
    with_settings(&settings, async |server| {
        let booked = pending(server).await;
        let payment = server.pay(&booked, LATER_CARD).await.json;
        server.until(CONFIRMED, 1).await;
        let body = notice(&payment, "payment.succeeded");
        assert_eq!(
            server.webhook(&body).await.problem(403),
            "webhook-signature"
        );
    })
    .await;
}

#[tokio::test]
async fn two_databases_have_two_keys() {
    let key = async |server: &Server| {
        let key = SigningKey::new(server.db.clone(), None);
        let other = SigningKey::new(server.db.clone(), None);
        let kept = key.get().await.unwrap().to_vec();
        assert_eq!(kept, other.get().await.unwrap());
        kept
    };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    with_server(async |server| first = key(server).await).await;
    with_server(async |server| second = key(server).await).await;
    assert!(first.len() == 32 && first != second);
}
