//! The life of a booking, as its buyer sees it.

use serde_json::json;
use uuid::Uuid;

use crate::support::gateway::GOOD_CARD;
use crate::support::{Answer, fresh_key, general, numbered, order, text, token, with_server};

#[tokio::test]
async fn a_booking_is_made_read_and_listed() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 100, &[10]), general("ga", 50)])
            .await;
        let buyer = Uuid::new_v4();
        let answer = server
            .book(&order(event, buyer, &[("vip", 2), ("ga", 1)]))
            .await;
        let location = answer.headers["location"].to_str().unwrap().to_owned();
        let booked = answer.made();
        assert_eq!(location, format!("/api/bookings/{}", text(&booked["id"])));
        assert_eq!(booked["status"], "pending");
        assert_eq!(
            booked["total"],
            json!({"amount": 21_000, "currency": "USD"})
        );
        assert_eq!(booked["items"][0]["seats"].as_array().unwrap().len(), 2);
        assert_eq!(booked["items"][1]["quantity"], 1);
        assert_eq!(booked["payment"], json!(null));
        // An order of general tickets only is written by other code than one with seats.
        let body = order(event, Uuid::new_v4(), &[("ga", 3)]);
        let places = server.book(&body).await.made();
        for answer in [&booked, &places] {
            let read = server.booking(answer).await;
            for field in [
                "id",
                "reference",
                "status",
                "created_at",
                "expires_at",
                "total",
                "items",
                "payment",
            ] {
                assert_eq!(read[field], answer[field], "{field}");
            }
        }
        let list = server.read_as(&json!(buyer), "/api/bookings").await;
        assert_eq!(list["bookings"].as_array().unwrap().len(), 1);
        assert_eq!(list["bookings"][0]["id"], booked["id"]);
    })
    .await;
}

#[tokio::test]
async fn the_answer_tells_what_is_left_once_somebody_has_looked() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        server
            .read(&format!("/api/events/{event}/availability"))
            .await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 3)]))
            .await
            .made();
        assert_eq!(
            booked["availability"],
            json!([{"tier": "ga", "available": 47}])
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_key_and_body_replay_and_another_body_is_refused() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 50)])
            .await;
        let (key, buyer) = (fresh_key(), Uuid::new_v4());
        let first = server
            .book_with_key(&key, &order(event, buyer, &[("vip", 1), ("ga", 2)]))
            .await
            .made();
        // The same request, said in another order.
        let replay = server
            .book_with_key(&key, &order(event, buyer, &[("ga", 2), ("vip", 1)]))
            .await;
        assert_eq!(replay.status, 200);
        assert_eq!(replay.headers["idempotent-replayed"], "true");
        assert_eq!(replay.json["id"], first["id"]);
        let reused = server
            .book_with_key(&key, &order(event, buyer, &[("ga", 3)]))
            .await;
        assert_eq!(reused.problem(422), "idempotency-key-reused");
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_key_of_another_user_or_event_is_another_request() {
    with_server(async |server| {
        let (one, two) = (
            server.event(&[general("ga", 50)]).await,
            server.event(&[general("ga", 50)]).await,
        );
        let (key, buyer) = (fresh_key(), Uuid::new_v4());
        server
            .book_with_key(&key, &order(one, buyer, &[("ga", 1)]))
            .await
            .made();
        server
            .book_with_key(&key, &order(two, buyer, &[("ga", 1)]))
            .await
            .made();
        server
            .book_with_key(&key, &order(one, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
    })
    .await;
}

#[tokio::test]
async fn a_replay_is_answered_after_the_event_has_sold_out_or_begun() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 2)]).await;
        let (key, body) = (fresh_key(), order(event, Uuid::new_v4(), &[("ga", 2)]));
        let first = server.book_with_key(&key, &body).await.made();
        assert_eq!(server.book_with_key(&key, &body).await.json["id"], first["id"]);
        server.sql("UPDATE events SET on_sale_at = now() - interval '2 days', starts_at = now() - interval '1 day'").await;
        let replay = server.book_with_key(&key, &body).await;
        assert_eq!((replay.status, &replay.json["id"]), (200, &first["id"]));
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_is_not_paid_ends_by_itself_and_its_tickets_are_sellable_again() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 3)]).await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 3)]))
            .await
            .made();
        server.age_holds().await;
        server
            .until("SELECT count(*) FROM tickets WHERE booking_id IS NULL", 3)
            .await;
        let expired = server.booking(&booked).await;
        assert_eq!(expired["status"], "expired");
        assert_eq!(expired["items"], booked["items"]);
        assert_eq!(
            server.pay(&booked, GOOD_CARD).await.problem(409),
            "hold-expired"
        );
        server
            .book(&order(event, Uuid::new_v4(), &[("ga", 3)]))
            .await
            .made();
    })
    .await;
}

#[tokio::test]
async fn cancelling_gives_the_tickets_back_at_once_and_is_idempotent() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 2, &[2])]).await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("vip", 2)]))
            .await
            .made();
        for _ in 0..2 {
            let cancelled = server.cancel(&booked).await;
            assert_eq!(
                (cancelled.status, &cancelled.json["status"]),
                (200, &json!("cancelled"))
            );
        }
        server
            .book(&order(event, Uuid::new_v4(), &[("vip", 2)]))
            .await
            .made();
        assert_eq!(
            server.pay(&booked, GOOD_CARD).await.problem(409),
            "booking-cancelled"
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_else_can_pay_or_cancel_a_booking() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 3)]).await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 3)]))
            .await
            .made();
        let mut anothers = booked.clone();
        anothers["buyer_id"] = json!(Uuid::new_v4());
        assert_eq!(server.cancel(&anothers).await.problem(404), "not-found");
        let paid = server.pay(&anothers, GOOD_CARD).await;
        assert_eq!(paid.problem(404), "not-found");
        assert_eq!(server.booking(&booked).await["status"], "pending");
    })
    .await;
}

#[tokio::test]
async fn an_event_is_sold_from_its_opening_until_it_begins() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 3)]).await;
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        server.sql("UPDATE events SET on_sale_at = now() + interval '1 day'").await;
        let early = server.book(&body).await;
        assert_eq!(early.problem(409), "not-on-sale");
        assert!(early.json["on_sale_at"].is_string());
        server.sql("UPDATE events SET on_sale_at = now() - interval '2 days', starts_at = now() - interval '1 second'").await;
        assert_eq!(server.book(&body).await.problem(409), "not-on-sale");
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
    })
    .await;
}

/// Pending bookings and others are found by different indexes, and pending ones event by event.
#[tokio::test]
async fn the_list_has_each_booking_of_all_events_once_and_goes_on_after_its_first_page() {
    with_server(async |server| {
        let mut events = Vec::new();
        for _ in 0..3 {
            events.push(server.event(&[general("ga", 60)]).await);
        }
        let buyer = Uuid::new_v4();
        let mut made = Vec::new();
        for (n, event) in events.iter().cycle().take(55).enumerate() {
            server
                .book(&order(*event, Uuid::new_v4(), &[("ga", 1)]))
                .await
                .made();
            let booked = server
                .book(&order(*event, buyer, &[("ga", 1)]))
                .await
                .made();
            if n % 4 == 0 {
                assert_eq!(server.cancel(&booked).await.status, 200);
            }
            made.push(text(&booked["id"]).to_owned());
        }
        let first = server.read_as(&json!(buyer), "/api/bookings").await;
        let cursor = text(&first["next_cursor"]);
        let next = format!("/api/bookings?cursor={cursor}");
        let token = token(&server.db, &json!(buyer)).await;
        for (path, link) in [
            ("/api/bookings", Some(format!("<{next}>; rel=\"next\""))),
            (next.as_str(), None),
        ] {
            let page = server.client.get(format!("{}{path}", server.url));
            let page = page.bearer_auth(&token).send().await.unwrap();
            let told = page.headers().get("link").map(|it| it.to_str().unwrap());
            assert_eq!(told, link.as_deref(), "{path}");
        }
        let second = server.read_as(&json!(buyer), &next).await;
        assert_eq!(second["next_cursor"], json!(null));
        let bookings_of = |page: &serde_json::Value| page["bookings"].as_array().unwrap().clone();
        assert_eq!(bookings_of(&first).len(), 50);
        let listed = [bookings_of(&first), bookings_of(&second)].concat();
        let ids: Vec<_> = listed
            .iter()
            .rev()
            .map(|booking| text(&booking["id"]))
            .collect();
        assert_eq!(ids, made, "newest first");
        for (n, booking) in listed.iter().rev().enumerate() {
            let status = if n % 4 == 0 { "cancelled" } else { "pending" };
            assert_eq!(booking["status"], status);
        }
    })
    .await;
}

/// On a fresh database without statistics: the plan may be cached until the table is large.
#[tokio::test]
async fn a_buyers_list_is_never_planned_as_a_walk_over_all_bookings() {
    with_server(async |server| {
        let list = include_str!("../../src/booking/list.sql");
        let client = server.db.get().await.unwrap();
        client
            .batch_execute(&format!(
                "SET plan_cache_mode = force_generic_plan; PREPARE list (uuid, uuid, bigint) AS {list}"
            ))
            .await
            .unwrap();
        let lines = client
            .query("EXPLAIN EXECUTE list (NULL, NULL, 50)", &[])
            .await
            .unwrap();
        let plan: Vec<String> = lines.iter().map(|line| line.get(0)).collect();
        let plan = plan.join("\n");
        assert!(!plan.contains("Seq Scan"), "{plan}");
        assert!(plan.contains("bookings_by_buyer"), "{plan}");
        let by_key = "Index Cond: ((event_id = e.event_id) AND (buyer_id = $1))";
        assert!(plan.contains("bookings_turn_key") && plan.contains(by_key), "{plan}");
        // One step an event, not one a booking.
        let steps = "Index Cond: (event_id > e_1.event_id)";
        assert_eq!(plan.matches("using bookings_pending").count(), 2, "{plan}");
        assert!(plan.contains(steps), "{plan}");
    })
    .await;
}

#[tokio::test]
async fn when_the_database_goes_away_the_answer_is_503_and_service_comes_back_by_itself() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 60)]).await;
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        server.book(&body).await.made();
        let database = server.database();
        let administration = server.administration().await;
        administration
            .batch_execute(&format!(
                "ALTER DATABASE {database} ALLOW_CONNECTIONS false"
            ))
            .await
            .unwrap();
        let terminate = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        );
        administration.query(&terminate, &[]).await.unwrap();
        let key = fresh_key();
        let away = server.book_with_key(&key, &body).await;
        assert_eq!(away.problem(503), "unavailable");
        assert!(away.headers.contains_key("retry-after"));
        assert_eq!(server.get("/readyz").await.status(), 503);
        assert_eq!(server.get("/healthz").await.status(), 200);
        assert_eq!(
            Answer::of(server.get("/api/events").await)
                .await
                .problem(503),
            "unavailable"
        );
        administration
            .batch_execute(&format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true"))
            .await
            .unwrap();
        server.book_with_key(&key, &body).await.made();
        assert_eq!(server.get("/readyz").await.status(), 200);
    })
    .await;
}
