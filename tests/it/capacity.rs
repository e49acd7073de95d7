//! How many tickets there are: made when an event is published, added and taken out of sale in the middle of it.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::catalog::organise;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::organising::{Program, ga, with_tiers};
use crate::support::{FREE, Server, order, text, with_server};

const TAKEN: &str = "SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL";

fn id_of(event: &Value) -> Uuid {
    text(&event["id"]).parse().unwrap()
}

fn seats(capacity: i64) -> Value {
    json!({"tier": "hall", "name": "Hall", "price_minor": 1000, "capacity": capacity, "row_blocks": [5, 5]})
}

/// So many buyers who want two tickets each, at the same moment. How many got them.
async fn rush(
    server: &Server,
    event: Uuid,
    tier: &str,
    buyers: usize,
    barrier: &Arc<Barrier>,
) -> usize {
    let buy = |_| {
        let barrier = barrier.clone();
        async move {
            barrier.wait().await;
            let answer = server
                .book(&order(event, Uuid::new_v4(), &[(tier, 2)]))
                .await;
            assert!([201, 409].contains(&answer.status), "{}", answer.json);
            usize::from(answer.status == 201)
        }
    };
    join_all((0..buyers).map(buy)).await.into_iter().sum()
}

#[tokio::test]
async fn tickets_that_are_added_in_the_middle_of_a_sale_are_all_sold_and_none_twice() {
    for (tier, of) in [("ga", ga as fn(i64) -> Value), ("hall", seats)] {
        with_server(async |server| {
            let program = Program::new(server).await;
            let event = program.published(json!([of(20)])).await;
            let id = id_of(&event);
            // Every lane knows that the tier is sold out.
            let alone = Arc::new(Barrier::new(15));
            assert_eq!(rush(server, id, tier, 15, &alone).await, 10);
            let other = server.another().await;
            let sold_out = other.book(&order(id, Uuid::new_v4(), &[(tier, 2)])).await;
            assert_eq!(sold_out.problem(409), "held-by-others", "by holds");
            let barrier = Arc::new(Barrier::new(41));
            let (here, there, raised) = tokio::join!(
                rush(server, id, tier, 20, &barrier),
                rush(&other, id, tier, 20, &barrier),
                async {
                    barrier.wait().await;
                    program
                        .change_tier(&event, tier, json!({"capacity": 60}))
                        .await
                }
            );
            assert_eq!(raised.status, 200, "{}", raised.json);
            // Who came before the tickets was refused; whoever comes now gets what is left of them.
            let left = 20 - here - there;
            let barrier = Arc::new(Barrier::new(25));
            assert_eq!(rush(server, id, tier, 25, &barrier).await, left);
            assert_eq!(server.count(TAKEN).await, 60);
            let path = format!("/api/events/{id}/availability");
            let counts = server.read(&path).await;
            assert_eq!(counts["tiers"][0]["capacity"], 60, "{counts}");
            assert_eq!(counts["tiers"][0]["available"], 0, "{counts}");
            other.stop().await;
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_sold_out_is_so_no_more_when_tickets_are_added() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.published(json!([ga(2)])).await;
        let id = id_of(&event);
        let booking = server
            .book(&order(id, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        server.pay(&booking, "4242424242424242").await.made();
        let more = order(id, Uuid::new_v4(), &[("ga", 2)]);
        assert_eq!(server.book(&more).await.problem(409), "sold-out");
        program
            .change_tier(&event, "ga", json!({"capacity": 4}))
            .await;
        let shown = server.read(&format!("/api/events/{id}/availability")).await;
        assert_eq!(shown["tiers"][0]["available"], 2, "{shown}");
        server.book(&more).await.made();
    })
    .await;
}

#[tokio::test]
async fn only_free_tickets_are_taken_out_of_sale_all_that_are_to_be_or_none() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.published(json!([ga(20), seats(30)])).await;
        let id = id_of(&event);
        server.book(&order(id, Uuid::new_v4(), &[("ga", 6)])).await.made();
        let refused = program.change_tier(&event, "ga", json!({"capacity": 5})).await;
        assert_eq!(refused.problem(409), "tickets-not-free");
        assert_eq!((&refused.json["asked"], &refused.json["free"]), (&json!(15), &json!(14)));
        assert_eq!(server.count(FREE).await, 44, "nothing was changed");
        let lowered = program.change_tier(&event, "ga", json!({"capacity": 6})).await;
        assert_eq!(lowered.status, 200, "{}", lowered.json);
        assert_eq!(server.count(FREE).await, 30);

        // Of seats the last rows, and none that stands among those that stay.
        let named = |row: &str, number: i32| {
            json!({"event_id": id, "buyer_id": Uuid::new_v4(), "seats": [{"tier": "hall", "row": row, "number": number}]})
        };
        let booking = server.book(&named("B", 10)).await.made();
        let refused = program.change_tier(&event, "hall", json!({"capacity": 19})).await;
        assert_eq!(refused.problem(409), "tickets-not-free");
        let lowered = program.change_tier(&event, "hall", json!({"capacity": 20})).await;
        assert_eq!(lowered.status, 200, "{}", lowered.json);
        assert_eq!(server.book(&named("C", 1)).await.problem(422), "invalid-request");
        let map = server.read(&format!("/api/events/{id}/seats?tier=hall")).await;
        assert_eq!(map["rows"].as_array().unwrap().len(), 2, "{map}");

        // A seat that is made again counts on: what it was sold as before is not good for it now.
        server.cancel(&booking).await;
        program.change_tier(&event, "hall", json!({"capacity": 10})).await;
        program.change_tier(&event, "hall", json!({"capacity": 20})).await;
        server.book(&named("B", 10)).await.made();
        let issue = "SELECT issue::bigint FROM tickets WHERE tier_no = 2 AND seat_no = 20";
        assert_eq!(server.count(issue).await, 2);
    })
    .await;
}

#[tokio::test]
async fn tickets_are_sold_or_taken_out_of_sale_and_never_both() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.published(json!([ga(40)])).await;
        let id = id_of(&event);
        let barrier = Arc::new(Barrier::new(16));
        let (sold, lowered) = tokio::join!(rush(server, id, "ga", 15, &barrier), async {
            barrier.wait().await;
            program
                .change_tier(&event, "ga", json!({"capacity": 20}))
                .await
        });
        let capacity = match lowered.status {
            200 => 20,
            _ => {
                assert_eq!(lowered.problem(409), "tickets-not-free");
                40
            }
        };
        assert_eq!(server.count("SELECT count(*) FROM tickets").await, capacity);
        assert_eq!(server.count(TAKEN).await, 2 * sold as i64);
        assert!(
            capacity == 20 || sold > 10,
            "it was refused although enough were free"
        );
    })
    .await;
}

#[tokio::test]
async fn publishing_that_is_interrupted_goes_on_where_it_was_and_sells_nothing_before() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.create(&with_tiers(json!([ga(60_000), seats(40)]))).await;
        let id = id_of(&event);
        let no = server.count("SELECT event_id FROM events").await;
        // As a process leaves it that has died after some of the tickets.
        server.sql("UPDATE events SET status = 'publishing'").await;
        server
            .sql("INSERT INTO tickets (event_id, tier_no, seat_no) SELECT event_id, 1, s FROM events, generate_series(1, 30000) s")
            .await;
        let body = order(id, Uuid::new_v4(), &[("ga", 1)]);
        assert_eq!(server.book(&body).await.problem(404), "not-found");
        let no = boxoffice::types::EventNo(no);
        // The server's own task is at work too: each leaves to the other what it does.
        let (one, other) = tokio::join!(organise::go_on(&server.db, no), organise::go_on(&server.db, no));
        one.unwrap();
        other.unwrap();
        server.until("SELECT count(*) FROM events WHERE status = 'published'", 1).await;
        assert_eq!(server.count("SELECT count(*) FROM tickets").await, 60_040);
        tokio::time::sleep(Duration::ZERO).await;
        server.app.catalog.forget(boxoffice::types::EventId(id));
        server.book(&body).await.made();
        let progress = program.get(&format!("/{id}/publish")).await.json;
        assert_eq!((&progress["percent"], &progress["tickets_made"]), (&json!(100), &json!(60_040)));
    })
    .await;
}

#[tokio::test]
async fn publishing_that_nobody_goes_on_with_is_finished_by_the_server_itself() {
    with_server(async |server| {
        let program = Program::new(server).await;
        program
            .create(&with_tiers(json!([ga(100), seats(40)])))
            .await;
        server.sql("UPDATE events SET status = 'publishing'").await;
        server
            .until("SELECT count(*) FROM events WHERE status = 'published'", 1)
            .await;
        assert_eq!(server.count("SELECT count(*) FROM tickets").await, 140);
    })
    .await;
}

#[tokio::test]
async fn a_tier_that_is_added_in_the_middle_of_a_sale_is_sold() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.published(json!([ga(2)])).await;
        let id = id_of(&event);
        server
            .book(&order(id, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        let added = program.post(&format!("/{id}/tiers"), &seats(30_000)).await;
        assert_eq!(added.status, 201, "{}", added.json);
        server
            .book(&order(id, Uuid::new_v4(), &[("ga", 1), ("hall", 3)]))
            .await
            .made();
        assert_eq!(
            server
                .count("SELECT count(*) FROM tickets WHERE tier_no = 2")
                .await,
            30_000
        );
        let gone = program
            .ask(Method::DELETE, &format!("/{id}/tiers/hall"), None)
            .await;
        assert_eq!(gone.problem(409), "event-state");
    })
    .await;
}
