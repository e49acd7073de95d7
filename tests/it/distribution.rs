//! The database distributed by event. Those tests that need a Citus cluster run with `make test-citus`, and with
//! them all others of this crate over a distributed database.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use boxoffice::check;
use boxoffice::postgres::{Client, Db, MigrateOptions};
use futures::future::join_all;
use serde_json::Value;
use uuid::Uuid;

use crate::commands::{boxoffice, stderr, stdout};
use crate::plans::{complaints, event_no, plans};
use crate::support::gateway::GOOD_CARD;
use crate::support::{
    Server, fresh_database, fresh_key, general, numbered, order, other_nodes,
    undistributed_database, with_server,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_nodes_is_not_distributed() {
    let url = fresh_database().await;
    let db = Db::new(&url, 2).unwrap();
    assert!(!db.is_distributed().await.unwrap());
    let refused = boxoffice(&url, &["distribute"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = "is not distributed without the extension citus";
    assert!(stderr(&refused).contains(said), "{}", stderr(&refused));
}

/// As `with_server`, over a database that must be distributed.
async fn with_nodes(test: impl AsyncFnOnce(&Server)) {
    with_server(async |server| {
        let is_distributed = server.db.is_distributed().await.unwrap();
        assert!(is_distributed, "needs Citus: make test-citus");
        test(server).await;
    })
    .await;
}

/// Rows of a table, and a number that changes with any of them.
async fn content(client: &Client, table: &str) -> (i64, String) {
    let content = format!(
        "SELECT count(*), coalesce(sum(hashtextextended({table}::text, 0)), 0)::text FROM {table}"
    );
    let row = client.query_one(&content, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

const MOVED: [&str; 8] = [
    "venues",
    "events",
    "tiers",
    "tickets",
    "bookings",
    "booking_items",
    "payments",
    "webhook_events",
];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Citus: make test-citus"]
async fn on_citus_a_sale_that_is_distributed_half_way_loses_no_row_and_goes_on() {
    let url = undistributed_database().await;
    let db = Db::new(&url, 4).unwrap().patient();
    db.migrate().await.unwrap();
    let server = Server::start(&url, &[]).await;
    let event = server
        .event(&[general("ga", 1_000_000), numbered("hall", 1_000, &[10])])
        .await;
    let paid = server
        .book(&order(event, Uuid::new_v4(), &[("hall", 2)]))
        .await
        .made();
    server.pay(&paid, GOOD_CARD).await.made();
    let refused = boxoffice(&url, &["distribute"]);
    assert!(
        stderr(&refused).contains("while servers are connected"),
        "{}",
        stderr(&refused)
    );
    server.stop().await;
    let client = db.get().await.unwrap();
    // Half of the event, ten tickets a booking.
    let sell = "
        INSERT INTO bookings (event_id, id, buyer_id, idempotency_key, request_fingerprint, status, total_minor,
                              currency, created_at, expires_at)
        SELECT 1, md5(n::text)::uuid, md5(n::text)::uuid, 'key', sha256(n::text::bytea), 'pending',
               10 * (SELECT price_minor FROM tiers WHERE event_id = 1 AND tier_no = 1), 'USD', now(),
               now() + interval '1 day'
        FROM generate_series(1, 50000) AS n;
        INSERT INTO booking_items (event_id, booking_id, tier_no, quantity, unit_price_minor, seats)
        SELECT 1, md5(n::text)::uuid, 1, 10, (SELECT price_minor FROM tiers WHERE event_id = 1 AND tier_no = 1),
               array(SELECT 10 * n - k FROM generate_series(0, 9) AS k ORDER BY 1)
        FROM generate_series(1, 50000) AS n;
        UPDATE tickets SET booking_id = md5(((seat_no + 9) / 10)::text)::uuid
        WHERE event_id = 1 AND tier_no = 1 AND seat_no <= 500000";
    client.batch_execute(sell).await.unwrap();
    assert_eq!(check::check(&db).await.unwrap(), []);
    let mut before = Vec::new();
    for table in MOVED {
        before.push(content(&client, table).await);
    }
    assert_eq!(before[3].0, 1_001_000);
    drop(client);
    db.close();
    for said in ["tickets: 1001000 rows moved", "is distributed over"] {
        // The sessions of this test take a moment to end.
        let done = loop {
            let done = boxoffice(&url, &["distribute"]);
            if !stderr(&done).contains("while servers are connected") {
                break done;
            }
        };
        assert!(done.status.success(), "{}", stderr(&done));
        assert!(stdout(&done).contains(said), "{}", stdout(&done));
    }
    let db = Db::new(&url, 4).unwrap().patient();
    assert!(db.is_distributed().await.unwrap());
    let client = db.get().await.unwrap();
    for (table, before) in MOVED.into_iter().zip(before) {
        assert_eq!(content(&client, table).await, before, "{table}");
        let left = "SELECT pg_relation_size($1::text::regclass)";
        let left: i64 = client.query_one(left, &[&table]).await.unwrap().get(0);
        assert_eq!(left, 0, "{table} is still here, too");
    }
    assert_eq!(check::check(&db).await.unwrap(), []);
    let server = Server::start(&url, &[]).await;
    server
        .book(&order(event, Uuid::new_v4(), &[("ga", 4), ("hall", 2)]))
        .await
        .made();
    assert_eq!(server.cancel(&paid).await.status, 200);
    assert_eq!(check::check(&db).await.unwrap(), []);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Citus: make test-citus"]
async fn on_citus_what_is_in_the_way_is_said_and_nothing_changes() {
    let url = undistributed_database().await;
    let db = Db::new(&url, 1).unwrap().patient();
    db.migrate().await.unwrap();
    let refused = async |by: &str, said: &str| {
        let statement = db.get().await.unwrap().batch_execute(by).await;
        statement.expect(by);
        let refused = db.distribute(|_| {}).await.unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
        assert!(!Db::new(&url, 1).unwrap().is_distributed().await.unwrap());
    };
    refused(
        "CREATE TABLE notes (event_id bigint CONSTRAINT of_event REFERENCES events)",
        "of the foreign key of_event from notes to events",
    )
    .await;
    // Every node is full.
    let no_room = "
        SET citus.enable_ddl_propagation = off;
        CREATE OR REPLACE FUNCTION pg_catalog.citus_local_disk_space_stats(
            OUT available_disk_size bigint, OUT total_disk_size bigint)
        LANGUAGE sql AS 'SELECT 1000::bigint, 1000::bigint'";
    for node in other_nodes(&url).await {
        let client = Db::new(&node, 1).unwrap().get().await.unwrap();
        client.batch_execute(no_room).await.unwrap();
    }
    refused("DROP TABLE notes", "has 0 MB free").await;
}

/// V22 has several statements, which Citus refuses in one message.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Citus: make test-citus"]
async fn on_citus_a_distributed_database_is_migrated() {
    let db = Db::new(&undistributed_database().await, 4)
        .unwrap()
        .patient();
    let to_v21 = MigrateOptions {
        to: Some(21),
        ..MigrateOptions::default()
    };
    db.migrate_with(to_v21).await.unwrap();
    db.distribute(|_| {}).await.unwrap();
    let applied = db.migrate_with(MigrateOptions::default()).await.unwrap();
    assert!(applied.len() > 3, "{applied:?}");
    assert_eq!(check::check(&db).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Citus: make test-citus"]
async fn on_citus_every_statement_of_the_allocator_goes_whole_to_one_node() {
    with_nodes(async |server| {
        let event = server
            .event(&[general("ga", 50_000), numbered("hall", 5_000, &[10])])
            .await;
        let client = server.db.get().await.unwrap();
        let event = event_no(server, event).await;
        for mode in ["auto", "force_custom_plan"] {
            let begin = format!("BEGIN; SET LOCAL plan_cache_mode = {mode}");
            for (file, plan) in plans(&client, event, &begin).await {
                assert!(plan.contains("Task Count: 1"), "{file}, {mode}:\n{plan}");
                assert!(!plan.contains("Subplan"), "{file}, {mode}:\n{plan}");
                assert_eq!(complaints(&plan), [""; 0], "{file}, {mode}:\n{plan}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Citus: make test-citus"]
async fn on_citus_nobody_takes_a_worker_for_the_database() {
    with_nodes(async |server| {
        for worker in server.other_nodes().await {
            for command in [&["migrate"] as &[&str], &["serve"], &["check"]] {
                let refused = boxoffice(&worker, command);
                assert_eq!(refused.status.code(), Some(1), "{command:?}");
                let said = stderr(&refused);
                assert!(said.contains("connect to the coordinator"), "{said}");
            }
            let client = Db::new(&worker, 1).unwrap().get().await.unwrap();
            let made = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
            assert!(!client.query_one(made, &[]).await.unwrap().get::<_, bool>(0));
        }
    })
    .await;
}

/// Records that transactions have left that were prepared on several nodes.
const TWO_PHASE: &str = "SELECT count(*) FROM pg_dist_transaction";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Citus: make test-citus"]
async fn on_citus_no_booking_needs_a_two_phase_commit() {
    with_nodes(async |server| {
        let mut events = Vec::new();
        for tier in [general("ga", 100), numbered("ga", 100, &[10])] {
            events.push(server.event(&[tier]).await);
        }
        // An event is on all nodes.
        let before = server.count(TWO_PHASE).await;
        for event in events {
            let body = order(event, Uuid::new_v4(), &[("ga", 2)]);
            let booking = server.book(&body).await.made();
            server.pay(&booking, GOOD_CARD).await.made();
            assert_eq!(server.cancel(&booking).await.status, 200);
        }
        assert_eq!(server.count(TWO_PHASE).await, before);
        // This is what would be seen.
        server.sql("UPDATE bookings SET reference = NULL").await;
        assert!(server.count(TWO_PHASE).await > before);
    })
    .await;
}

/// Each round all sessions of the nodes are killed, so that their PostgreSQL recovers.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Citus: make test-citus"]
async fn on_citus_nodes_that_crash_under_load_lose_nothing_that_was_acknowledged() {
    with_nodes(async |server| {
        let mut events = Vec::new();
        for _ in 0..4 {
            events.push(server.event(&[general("ga", 20_000)]).await);
        }
        let is_over = AtomicBool::new(false);
        let buyer = async |n: usize| {
            let mut promised: Vec<(String, Value, Value)> = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let (key, body) = (
                    fresh_key(),
                    order(events[n % 4], Uuid::new_v4(), &[("ga", 2)]),
                );
                let mut answer = server.book_with_key(&key, &body).await;
                while answer.status == 503 {
                    answer = server.book_with_key(&key, &body).await;
                }
                assert!([200, 201].contains(&answer.status), "{}", answer.json);
                promised.push((key, body, answer.json));
            }
            promised
        };
        let crash = async {
            for _ in 0..5 {
                until_booked(server, 200).await;
                crash_the_nodes(server).await;
            }
            until_booked(server, 200).await;
            is_over.store(true, Ordering::Relaxed);
        };
        let (promised, ()) = tokio::join!(join_all((0..16).map(buyer)), crash);
        for (key, body, booking) in promised.into_iter().flatten() {
            let again = server.book_with_key(&key, &body).await;
            assert_eq!((again.status, &again.json["id"]), (200, &booking["id"]));
        }
    })
    .await;
}

/// `kill -9` of a session makes its PostgreSQL end all of them and recover.
async fn crash_the_nodes(server: &Server) {
    let kill = "SELECT run_command_on_workers($$ COPY (SELECT) TO PROGRAM 'kill -9 $PPID' $$)";
    if let Ok(client) = server.db.get().await {
        client.batch_execute(kill).await.ok();
    }
}

/// Waits until so many bookings more are made. Nodes that recover do not answer.
async fn until_booked(server: &Server, more: i64) {
    let count = async || -> Option<i64> {
        let client = server.db.get().await.ok()?;
        let row = client.query_one("SELECT count(*) FROM bookings", &[]).await;
        Some(row.ok()?.get(0))
    };
    let mut wanted = None;
    for _ in 0..1_200 {
        match (count().await, wanted) {
            (Some(now), Some(wanted)) if now >= wanted => return,
            (Some(now), None) => wanted = Some(now + more),
            _ => {}
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the service does not come back");
}
