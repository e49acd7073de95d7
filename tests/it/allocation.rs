//! Allocation under concurrency: which orders get the tickets when many are sent at once.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::support::gate::{Gate, Moment};
use crate::support::{
    Answer, Server, fresh_key, general, numbered, order, text, with_each_seating, with_server,
    with_settings,
};

/// Sends all orders at the same moment, each with its own key.
async fn all_at_once(servers: &[&Server], orders: Vec<(String, Value)>) -> Vec<Answer> {
    let barrier = Arc::new(Barrier::new(orders.len()));
    let sends = orders.into_iter().enumerate().map(|(index, (key, body))| {
        let (barrier, server) = (barrier.clone(), servers[index % servers.len()]);
        async move {
            barrier.wait().await;
            server.book_with_key(&key, &body).await
        }
    });
    join_all(sends).await
}

fn status_count(answers: &[Answer], status: u16) -> usize {
    answers
        .iter()
        .filter(|answer| answer.status == status)
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_buyers_exactly_10_get_the_last_10_tickets() {
    with_each_seating(10, async |server, event| {
        let orders = (0..64)
            .map(|_| (fresh_key(), order(event, Uuid::new_v4(), &[("hall", 1)])))
            .collect();
        let answers = all_at_once(&[server], orders).await;
        assert_eq!(status_count(&answers, 201), 10);
        for refused in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(refused.problem(409), "held-by-others");
            assert_eq!(
                refused.json["tiers"],
                json!([{"tier": "hall", "asked": 1, "available": 0}])
            );
        }
        assert_eq!(
            server
                .count("SELECT count(DISTINCT booking_id) FROM tickets")
                .await,
            10
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_buyers_at_two_servers_exactly_10_get_the_last_10_tickets() {
    with_server(async |server| {
        let other = server.another().await;
        let event = server.event(&[general("ga", 10)]).await;
        let orders = (0..64)
            .map(|_| (fresh_key(), order(event, Uuid::new_v4(), &[("ga", 1)])))
            .collect();
        let answers = all_at_once(&[server, &other], orders).await;
        assert_eq!(status_count(&answers, 201), 10);
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_sends_of_one_key_make_one_booking() {
    with_each_seating(100, async |server, event| {
        let other = server.another().await;
        let (key, body) = (fresh_key(), order(event, Uuid::new_v4(), &[("hall", 2)]));
        let answers = all_at_once(&[server, &other], vec![(key, body); 50]).await;
        assert_eq!(status_count(&answers, 201), 1);
        assert_eq!(status_count(&answers, 200), 49);
        assert!(
            answers
                .iter()
                .all(|answer| answer.json["id"] == answers[0].json["id"])
        );
        let replays = answers
            .iter()
            .filter(|answer| answer.headers.contains_key("idempotent-replayed"));
        assert_eq!(replays.count(), 49);
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 1);
        assert_eq!(
            server
                .count("SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL")
                .await,
            2
        );
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_order_that_cannot_be_filled_in_one_tier_takes_nothing_of_the_other() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 1, &[10]), general("ga", 100)])
            .await;
        let refused = server
            .book(&order(event, Uuid::new_v4(), &[("vip", 2), ("ga", 3)]))
            .await;
        assert_eq!(refused.problem(409), "sold-out");
        assert_eq!(
            refused.json["tiers"],
            json!([{"tier": "vip", "asked": 2, "available": 1}])
        );
        assert_eq!(
            server
                .count("SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL")
                .await,
            0
        );
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_filled_does_not_fail_its_neighbours() {
    with_each_seating(10, async |server, event| {
        let mut orders = vec![(fresh_key(), order(event, Uuid::new_v4(), &[("hall", 8)]))];
        orders.extend((0..3).map(|_| (fresh_key(), order(event, Uuid::new_v4(), &[("hall", 3)]))));
        orders.extend((0..2).map(|_| (fresh_key(), order(event, Uuid::new_v4(), &[("hall", 1)]))));
        let answers = all_at_once(&[server], orders).await;
        let sold: i64 = answers
            .iter()
            .filter(|a| a.status == 201)
            .filter_map(|a| a.json["items"][0]["quantity"].as_i64())
            .sum();
        assert_eq!(
            server
                .count("SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL")
                .await,
            sold
        );
        assert!((8..=10).contains(&sold), "{sold}");
    })
    .await;
}

#[tokio::test]
async fn holds_that_are_over_are_ended_before_anybody_is_told_sold_out() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 4)]).await;
        let first = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 4)]))
            .await
            .made();
        let refused = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await;
        assert_eq!(refused.problem(409), "held-by-others");
        server.age_holds().await;
        let second = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 4)]))
            .await
            .made();
        assert_eq!(second["status"], "pending");
        assert_eq!(server.booking(&first).await["status"], "expired");
    })
    .await;
}

/// What is held and not paid may come back, and it is said when; what is paid is sold.
#[tokio::test]
async fn sold_out_is_what_is_paid_and_held_by_others_what_is_not() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 4), general("side", 2)]).await;
        let book =
            async |items: &[(&str, i64)]| server.book(&order(event, Uuid::new_v4(), items)).await;
        let first = book(&[("ga", 2)]).await.made();
        let second = book(&[("ga", 2), ("side", 1)]).await.made();
        let ends = |booking: &serde_json::Value| booking["expires_at"].clone();
        for (items, first_end) in [
            (&[("ga", 1)][..], ends(&first)),
            (&[("ga", 4)], ends(&first)),
            (&[("side", 2)], ends(&second)),
            // Only the second gives back what this one lacks of both.
            (&[("ga", 1), ("side", 2)], ends(&second)),
        ] {
            let refused = book(items).await;
            assert_eq!(refused.problem(409), "held-by-others", "{items:?}");
            assert_eq!(refused.json["may_free_at"], first_end, "{items:?}");
            let seconds: i64 = refused.headers["retry-after"]
                .to_str()
                .unwrap()
                .parse()
                .unwrap();
            assert!((1..=300).contains(&seconds), "{seconds}");
        }
        assert_eq!(book(&[("side", 3)]).await.problem(409), "sold-out");
        server.pay(&first, "4242424242424242").await.made();
        assert_eq!(book(&[("ga", 3)]).await.problem(409), "sold-out");
        assert_eq!(book(&[("ga", 2)]).await.problem(409), "held-by-others");
        server.pay(&second, "4242424242424242").await.made();
        assert_eq!(book(&[("ga", 1)]).await.problem(409), "sold-out");
        book(&[("side", 1)]).await.made();
    })
    .await;
}

#[tokio::test]
async fn what_another_transaction_holds_is_held_by_others_and_not_sold_out() {
    with_settings(&["--held-wait-ms", "50"], async |server| {
        let event = server.event(&[general("ga", 2)]).await;
        let mut client = server.db.get().await.unwrap();
        let transaction = client.transaction().await.unwrap();
        transaction
            .execute(
                "SELECT FROM tickets WHERE event_id = 1 AND seat_no = 1 FOR UPDATE",
                &[],
            )
            .await
            .unwrap();
        let refused = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await;
        assert_eq!(refused.problem(409), "held-by-others");
        assert_eq!(refused.headers["retry-after"], "1");
        let sold_out = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 3)]))
            .await;
        assert_eq!(sold_out.problem(409), "sold-out");
        server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        transaction.rollback().await.unwrap();
        server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
    })
    .await;
}

/// As above, but it is the allocator of another server that holds them: it has locked them and waits to
/// write its booking.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_allocator_holds_is_held_by_others_until_it_is_sold() {
    with_settings(&["--held-wait-ms", "50"], async |server| {
        let other = server.another().await;
        let event = server.event(&[numbered("vip", 2, &[10])]).await;
        let body = |quantity| order(event, Uuid::new_v4(), &[("vip", quantity)]);
        let gate = Gate::close(&other, Moment::BeforeBookings).await;
        let first = body(1);
        let (sold, ()) = tokio::join!(other.book(&first), async {
            gate.until_waiting(1).await;
            assert_eq!(server.book(&body(2)).await.problem(409), "held-by-others");
            assert_eq!(server.book(&body(3)).await.problem(409), "sold-out");
            gate.open().await;
        });
        sold.made();
        assert_eq!(server.book(&body(2)).await.problem(409), "held-by-others");
        server.book(&body(1)).await.made();
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_waits_for_tickets_that_another_transaction_gives_back() {
    with_settings(&["--held-wait-ms", "60000"], async |server| {
        let event = server.event(&[general("ga", 2), general("side", 1)]).await;
        let mut client = server.db.get().await.unwrap();
        let transaction = client.transaction().await.unwrap();
        transaction
            .execute(
                "SELECT FROM tickets WHERE event_id = 1 AND tier_no = 1 AND seat_no = 1 FOR UPDATE",
                &[],
            )
            .await
            .unwrap();
        let (waiting, side) = (
            order(event, Uuid::new_v4(), &[("ga", 2)]),
            order(event, Uuid::new_v4(), &[("side", 1)]),
        );
        let (waited, ()) = tokio::join!(server.book(&waiting), async {
            // An order that enters the lane later is answered; the first one is still there.
            server.book(&side).await.made();
            transaction.rollback().await.unwrap();
        });
        assert_eq!(waited.made()["items"][0]["quantity"], 2);
    })
    .await;
}

#[tokio::test]
async fn named_seats_are_given_whole_or_not_at_all() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 20, &[10]), general("ga", 5)]).await;
        let seats = |buyer: Uuid, seats: &[(&str, i64)]| {
            let seats: Vec<_> = seats.iter().map(|(row, number)| json!({"tier": "vip", "row": row, "number": number})).collect();
            json!({"event_id": event, "buyer_id": buyer, "seats": seats, "items": [{"tier": "ga", "quantity": 1}]})
        };
        let booked = server.book(&seats(Uuid::new_v4(), &[("B", 3), ("A", 7)])).await.made();
        assert_eq!(booked["items"][0]["seats"], json!(["A-7", "B-3"]));
        assert_eq!(booked["total"]["amount"], 21_000);
        let refused = server.book(&seats(Uuid::new_v4(), &[("A", 6), ("A", 7)])).await;
        assert_eq!(refused.problem(409), "seats-taken");
        assert_eq!(refused.json["seats"], json!([{"tier": "vip", "row": "A", "number": 7}]));
        assert_eq!(server.count("SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL").await, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_buyers_of_the_same_seat_one_gets_it() {
    with_server(async |server| {
        let other = server.another().await;
        let event = server.event(&[numbered("vip", 20, &[10])]).await;
        let seat = |buyer: Uuid| json!({"event_id": event, "buyer_id": buyer, "seats": [{"tier": "vip", "row": "A", "number": 5}]});
        let orders = (0..20).map(|_| (fresh_key(), seat(Uuid::new_v4()))).collect();
        let answers = all_at_once(&[server, &other], orders).await;
        assert_eq!(status_count(&answers, 201), 1);
        assert!(answers.iter().filter(|a| a.status != 201).all(|a| a.problem(409) == "seats-taken"));
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn numbered_seats_are_given_side_by_side() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 40, &[4, 6])]).await;
        for _ in 0..10 {
            let booked = server
                .book(&order(event, Uuid::new_v4(), &[("vip", 2)]))
                .await
                .made();
            assert_eq!(
                booked["items"][0]["together"], true,
                "{}",
                booked["items"][0]["seats"]
            );
            assert_eq!(booked["items"][0]["seats"].as_array().unwrap().len(), 2);
            assert!(text(&booked["reference"]).len() == 9);
        }
    })
    .await;
}

#[tokio::test]
async fn a_seat_that_is_named_at_the_back_leaves_the_best_seats_to_the_next() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 200, &[10])]).await;
        let named = json!({"event_id": event, "buyer_id": Uuid::new_v4(),
            "seats": [{"tier": "vip", "row": "R", "number": 10}]});
        server.book(&named).await.made();
        let best = order(event, Uuid::new_v4(), &[("vip", 10)]);
        let booked = server.book(&best).await.made();
        let row: Vec<_> = (1..=10).map(|number| format!("A-{number}")).collect();
        assert_eq!(booked["items"][0]["seats"], json!(row));
    })
    .await;
}
