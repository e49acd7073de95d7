//! Bad input gets its own clear answer, and changes nothing.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Answer, Server, as_buyer, fresh_key, general, numbered, order, token, with_server,
};

const SQL: &str = "'; DROP TABLE tickets; --";
const HTML: &str = "<script>alert(1)</script>";

/// An order with one thing wrong, and the JSON pointer that the answer must name.
fn wrong_orders(event: Uuid) -> Vec<(Value, &'static str)> {
    let buyer = Uuid::new_v4();
    let with = |tier: Value, quantity: Value| json!({"event_id": event, "buyer_id": buyer, "items": [{"tier": tier, "quantity": quantity}]});
    let seat = |tier: &str, row: &str, number: Value| json!({"event_id": event, "buyer_id": buyer, "seats": [{"tier": tier, "row": row, "number": number}]});
    let many: Vec<_> = (0..1000)
        .map(|_| json!({"tier": "ga", "quantity": 1}))
        .collect();
    vec![
        (with(json!("nope"), json!(1)), "/items/0/tier"),
        (with(json!(SQL), json!(1)), "/items/0/tier"),
        (with(json!(HTML), json!(1)), "/items/0/tier"),
        (with(json!("x".repeat(10_000)), json!(1)), "/items/0/tier"),
        (with(json!("ga\0"), json!(1)), "/items/0/tier"),
        (with(json!(7), json!(1)), "/items/0/tier"),
        (with(json!("ga"), json!(0)), "/items/0/quantity"),
        (with(json!("ga"), json!(-1)), "/items/0/quantity"),
        (with(json!("ga"), json!("2")), "/items/0/quantity"),
        (with(json!("ga"), json!(1.5)), "/items/0/quantity"),
        (with(json!("ga"), json!(null)), "/items/0/quantity"),
        (
            json!({"event_id": event, "buyer_id": buyer, "items": []}),
            "/items",
        ),
        (json!({"event_id": event, "buyer_id": buyer}), "/items"),
        (
            json!({"event_id": event, "buyer_id": buyer, "items": {}}),
            "/items",
        ),
        (
            json!({"event_id": event, "buyer_id": buyer, "items": many}),
            "/items",
        ),
        (
            order(event, buyer, &[("ga", 1), ("ga", 1)]),
            "/items/1/tier",
        ),
        (
            json!({"event_id": "nope", "buyer_id": buyer, "items": []}),
            "/event_id",
        ),
        (
            json!({"buyer_id": buyer, "items": [{"tier": "ga", "quantity": 1}]}),
            "",
        ),
        (
            json!({"event_id": event, "buyer_id": buyer, "items": [], "quantitty": 1}),
            "/quantitty",
        ),
        (seat("ga", "A", json!(1)), "/seats/0/tier"),
        (seat("nope", "A", json!(1)), "/seats/0/tier"),
        (seat("vip", SQL, json!(1)), "/seats/0/row"),
        (seat("vip", "C", json!(1)), "/seats/0/number"),
        (seat("vip", "A", json!(11)), "/seats/0/number"),
        (seat("vip", "A", json!(0)), "/seats/0/number"),
        (seat("vip", "A", json!(1_u64 << 40)), "/seats/0/number"),
        (
            json!({"event_id": event, "buyer_id": buyer, "seats": [{"tier": "vip", "row": "A", "number": 1}],
                "items": [{"tier": "vip", "quantity": 1}]}),
            "/seats/0/tier",
        ),
        (
            json!({"event_id": event, "buyer_id": buyer, "seats": vec![json!({"tier": "vip", "row": "A", "number": 1}); 2]}),
            "/seats/1/number",
        ),
    ]
}

async fn assert_untouched(server: &Server) {
    assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
    assert_eq!(
        server
            .count("SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL")
            .await,
        0
    );
}

#[tokio::test]
async fn orders_that_are_wrong_name_the_field() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 50)])
            .await;
        for (body, pointer) in wrong_orders(event) {
            let answer = server.book(&body).await;
            assert_eq!(answer.problem(422), "invalid-request", "{body}");
            assert_eq!(
                answer.json["errors"][0]["pointer"], pointer,
                "{}",
                answer.json
            );
        }
        let mut paid = order(event, Uuid::new_v4(), &[("ga", 1)]);
        paid["payment"] = json!({"card_number": "4242424242424241"});
        let answer = server.book(&paid).await;
        assert_eq!(answer.problem(422), "card-fails-check");
        assert_eq!(answer.json["errors"][0]["pointer"], "/payment/card_number");
        assert_untouched(server).await;
    })
    .await;
}

#[tokio::test]
async fn more_tickets_than_a_booking_may_hold_are_over_the_limit() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[20]), general("ga", 50)])
            .await;
        let buyer = Uuid::new_v4();
        let seats: Vec<_> = (1..=11)
            .map(|number| json!({"tier": "vip", "row": "A", "number": number}))
            .collect();
        for body in [
            order(event, buyer, &[("ga", 11)]),
            order(event, buyer, &[("ga", 1 << 40)]),
            order(event, buyer, &[("vip", 6), ("ga", 5)]),
            json!({"event_id": event, "buyer_id": buyer, "seats": seats}),
        ] {
            let answer = server.book(&body).await;
            assert_eq!(answer.problem(422), "over-limit", "{body}");
            assert_eq!(answer.json["limit"], 10);
        }
        // A list of items that is too long is wrong whatever the number of seats: both are named.
        let items: Vec<_> = (0..3)
            .map(|_| json!({"tier": "ga", "quantity": 1}))
            .collect();
        let body = json!({"event_id": event, "buyer_id": buyer, "items": items, "seats": seats});
        let answer = server.book(&body).await;
        assert_eq!(answer.problem(422), "invalid-request");
        let errors = answer.json["errors"].as_array().unwrap();
        let pointers: Vec<_> = errors.iter().map(|error| &error["pointer"]).collect();
        assert_eq!(pointers, ["/items", "/seats"]);
        assert_untouched(server).await;
    })
    .await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_so() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let items = json!([{"tier": "ga", "quantity": 1}]);
        let good = json!({"event_id": event, "items": items}).to_string();
        let token = token(&server.db, &json!(Uuid::new_v4())).await;
        let send = async |content_type: Option<&str>, body: Vec<u8>| {
            let mut request = server
                .client
                .post(format!("{}/api/bookings", server.url))
                .bearer_auth(&token)
                .header("Idempotency-Key", fresh_key());
            if let Some(content_type) = content_type {
                request = request.header("Content-Type", content_type);
            }
            Answer::of(request.body(body).send().await.unwrap()).await
        };
        let json = Some("application/json");
        for broken in [
            "",
            "{",
            "[1,",
            "nope",
            "{\"event_id\": }",
            &good[..good.len() - 1],
        ] {
            assert_eq!(
                send(json, broken.into()).await.problem(400),
                "invalid-request",
                "{broken}"
            );
        }
        assert_eq!(
            send(json, vec![0xff, 0xfe, 0x00]).await.problem(400),
            "invalid-request"
        );
        for not_json in ["null", "[]", "7", "\"x\""] {
            assert_eq!(
                send(json, not_json.into()).await.problem(422),
                "invalid-request",
                "{not_json}"
            );
        }
        for wrong in [
            None,
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data; boundary=x"),
        ] {
            assert_eq!(
                send(wrong, good.clone().into()).await.problem(415),
                "invalid-request"
            );
        }
        let padded = format!("{}{}", " ".repeat(64 * 1024), good);
        assert_eq!(
            send(json, padded.into()).await.problem(413),
            "invalid-request"
        );
        assert_untouched(server).await;
        assert_eq!(
            send(Some("Application/JSON; charset=utf-8"), good.into())
                .await
                .status,
            201
        );
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_missing_empty_or_too_long_is_refused() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        let post = || {
            let request = server.client.post(format!("{}/api/bookings", server.url));
            as_buyer(&server.db, request, &body)
        };
        let missing = Answer::of(post().await.send().await.unwrap()).await;
        assert_eq!(missing.problem(400), "invalid-request");
        let twice = post()
            .await
            .header("Idempotency-Key", "a")
            .header("Idempotency-Key", "b");
        assert_eq!(
            Answer::of(twice.send().await.unwrap()).await.problem(400),
            "invalid-request"
        );
        for bad in ["", &"k".repeat(256)] {
            assert_eq!(
                server.book_with_key(bad, &body).await.problem(400),
                "invalid-request"
            );
        }
        assert_untouched(server).await;
        for good in [&"k".repeat(255), "ключ", SQL] {
            let answer = post()
                .await
                .header("Idempotency-Key", good.as_bytes())
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 201, "{good}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    with_server(async |server| {
        let unknown = Uuid::new_v4();
        for path in [
            format!("/api/events/{unknown}"),
            format!("/api/events/{unknown}/availability"),
            format!("/api/events/{unknown}/seats?tier=vip"),
            format!("/api/bookings/{unknown}"),
            "/api/events/nope".into(),
            "/api/events/nope/availability".into(),
            format!("/api/bookings/{}", "%27%3B--"),
            "/api/nope".into(),
            "/api".into(),
        ] {
            assert_eq!(
                Answer::of(server.get(&path).await).await.problem(404),
                "not-found",
                "{path}"
            );
        }
        let answer = server
            .book(&order(unknown, Uuid::new_v4(), &[("ga", 1)]))
            .await;
        assert_eq!(answer.problem(404), "not-found");
        let nothing = json!({"id": unknown, "buyer_id": Uuid::new_v4()});
        assert_eq!(server.cancel(&nothing).await.problem(404), "not-found");
        assert_eq!(
            server.pay(&nothing, "4242424242424242").await.problem(404),
            "not-found"
        );
    })
    .await;
}

#[tokio::test]
async fn payments_that_are_wrong_name_the_field() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let booked = server.book(&order(event, Uuid::new_v4(), &[("ga", 1)])).await.made();
        for (card, kind) in [
            ("", "card-wrong-length"),
            ("4242", "card-wrong-length"),
            ("42424242424242424242424242", "card-wrong-length"),
            ("4242424242424241", "card-fails-check"),
            ("4242x24242424242", "card-not-digits"),
            (HTML, "card-not-digits"),
        ] {
            let answer = server.pay(&booked, card).await;
            assert_eq!(answer.problem(422), kind, "{card}");
            assert_eq!(answer.json["errors"][0]["pointer"], "/card_number");
            assert!(card.is_empty() || !answer.json.to_string().contains(card), "the number is not sent back");
        }
        let body = json!({"booking_id": booked["id"], "buyer_id": booked["buyer_id"], "card_number": 4_242_424_242_424_242_u64});
        let number = Answer::of(server.post("/api/payments", "k", &body).await).await;
        assert_eq!(number.json["errors"][0]["pointer"], "/card_number");
        assert_eq!(server.count("SELECT count(*) FROM payments").await, 0);
    })
    .await;
}

#[tokio::test]
async fn queries_that_are_wrong_are_refused() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        for path in [
            "/api/events?limit=0".to_owned(),
            "/api/events?limit=101".into(),
            "/api/events?limit=x".into(),
            "/api/events?cursor=nope".into(),
            "/api/events?cursor=%27%20OR%201%3D1".into(),
            "/api/events?page=2".into(),
            format!("/api/events/{event}/seats"),
            format!("/api/events/{event}/seats?tier=ga"),
        ] {
            assert_eq!(
                Answer::of(server.get(&path).await).await.problem(422),
                "invalid-request",
                "{path}"
            );
        }
        let tier = Answer::of(
            server
                .get(&format!("/api/events/{event}/seats?tier=nope"))
                .await,
        )
        .await;
        assert_eq!(tier.problem(404), "not-found");
    })
    .await;
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_told_so() {
    with_server(async |server| {
        for (method, path) in [
            (Method::DELETE, "/api/bookings"),
            (Method::PUT, "/api/events"),
            (Method::GET, "/api/payments"),
            (Method::POST, "/api/status"),
        ] {
            let answer = server
                .client
                .request(method, format!("{}{path}", server.url))
                .send()
                .await
                .unwrap();
            assert_eq!(
                Answer::of(answer).await.problem(405),
                "invalid-request",
                "{path}"
            );
        }
    })
    .await;
}
