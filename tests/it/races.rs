//! Races between two allocators, or between an allocator and PostgreSQL, at a point that a barrier fixes: in the
//! middle of a batch, at its COMMIT, and after it.

use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gate::{Gate, Moment};
use crate::support::proxy::Proxy;
use crate::support::{
    Answer, Server, fresh_key, general, numbered, order, with_each_seating, with_server,
};

const BOOKINGS: &str = "SELECT count(*) FROM bookings";
const TAKEN: &str = "SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL";

/// Transactions that wait for a row which another has locked.
const WAITS_FOR_A_TICKET: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE wait_event IN ('transactionid', 'tuple') AND datname = current_database()";

/// An order across two tiers: in one the next best seat, which is locked first, and in the other a seat by
/// name, which is locked last.
fn across(event: Uuid, next_best: &str, named: &str, number: i64) -> Value {
    json!({
        "event_id": event, "buyer_id": Uuid::new_v4(),
        "items": [{"tier": next_best, "quantity": 1}],
        "seats": [{"tier": named, "row": "R", "number": number}],
    })
}

/// All three are at their writes at the same time, so none of them has waited for a ticket of another: neither
/// those that lock in opposite directions, nor those that want the same seats. A fourth, which names a seat
/// that one of them has locked, does not wait either.
#[tokio::test(flavor = "multi_thread")]
async fn allocators_that_lock_two_tiers_in_opposite_directions_do_not_wait_for_each_other() {
    with_server(async |server| {
        let (second, third) = (server.another().await, server.another().await);
        let fourth = Server::start(server.database_url(), &["--held-wait-ms", "0"]).await;
        let tiers = ["left", "right"].map(|code| numbered(code, 200, &[10]));
        let event = server.event(&tiers).await;
        let gate = Gate::close(server, Moment::BeforeBookings).await;
        let bodies = [
            across(event, "left", "right", 1),
            across(event, "right", "left", 2),
            across(event, "left", "right", 3),
        ];
        let bookings = async {
            tokio::join!(
                server.book(&bodies[0]),
                second.book(&bodies[1]),
                third.book(&bodies[2])
            )
        };
        let unblock = async {
            gate.until_waiting(3).await;
            let named = across(event, "left", "right", 1);
            tokio::select! {
                answer = fourth.book(&named) => assert_eq!(answer.problem(409), "held-by-others"),
                () = server.until(WAITS_FOR_A_TICKET, 1) => panic!("it waits for the seat"),
            }
            gate.open().await;
        };
        let ((first, second_booked, third_booked), ()) = tokio::join!(bookings, unblock);
        for booked in [first, second_booked, third_booked] {
            booked.made();
        }
        for server in [second, third, fourth] {
            server.stop().await;
        }
    })
    .await;
}

/// Both have inserted one booking of the two before either continues. With one order of keys one waits for the
/// other; with two orders they would deadlock.
#[tokio::test(flavor = "multi_thread")]
async fn two_batches_that_share_their_keys_do_not_deadlock_whoever_came_first() {
    with_each_seating(100, async |server, event| {
        // Without deadlock detection a deadlock would hang the test.
        let patient = format!(
            "ALTER DATABASE {} SET deadlock_timeout = '1h'",
            server.database()
        );
        server.sql(&patient).await;
        let servers = [server.another().await, server.another().await];
        let gate = Gate::close(server, Moment::BeforeBookings).await;
        let second = Gate::close(server, Moment::BeforeTheSecondBooking).await;
        let book = async |at: &Server, key: &str, buyer| {
            let body = order(event, buyer, &[("hall", 1)]);
            at.book_with_key(key, &body).await
        };
        let shared = [0, 1].map(|_| (fresh_key(), Uuid::new_v4()));
        let bookings = async |at: &Server, first: usize| {
            // A batch of its own; meanwhile the next one gathers.
            let ahead = fresh_key();
            let gathering = async {
                // It writes, so no order goes along with it any more.
                gate.until_waiting(2).await;
                let [one, two] = [first, 1 - first].map(|n| &shared[n]);
                let late = async {
                    until_in_flight(at, 2).await;
                    book(at, &two.0, two.1).await
                };
                tokio::join!(book(at, &one.0, one.1), late)
            };
            let (ahead, both) = tokio::join!(book(at, &ahead, Uuid::new_v4()), gathering);
            ahead.made();
            both
        };
        let unblock = async {
            for at in &servers {
                until_in_flight(at, 3).await;
            }
            gate.open().await;
            server.until(BOOKINGS, 2).await;
            server.until(BLOCKED, 2).await;
            second.open().await;
            server.until(BOOKINGS, 4).await;
        };
        let [one, two] = [0, 1].map(|n| bookings(&servers[n], n));
        let (one, two, ()) = tokio::join!(one, two, unblock);
        let answers = [one.0, one.1, two.0, two.1];
        let statuses = answers.iter().map(|answer| answer.status);
        assert_eq!(statuses.clone().filter(|status| *status == 201).count(), 2);
        assert_eq!(statuses.filter(|status| *status == 200).count(), 2);
        assert_eq!(server.count(BOOKINGS).await, 4);
        for server in servers {
            server.stop().await;
        }
    })
    .await;
}

/// Transactions that wait for a gate or for each other.
const BLOCKED: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()";

/// Waits until `count` orders have entered and are not answered.
async fn until_in_flight(server: &Server, count: usize) {
    while server.in_flight() < count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_is_killed_between_its_writes_and_its_commit_loses_no_order() {
    for moment in [Moment::BeforeTickets, Moment::AtCommit] {
        with_each_seating(100, async |server, event| {
            kill_in_mid_batch(server, event, moment).await;
        })
        .await;
    }
}

async fn kill_in_mid_batch(server: &Server, event: Uuid, moment: Moment) {
    let gate = Gate::close(server, moment).await;
    let bodies: Vec<_> = (0..10)
        .map(|_| order(event, Uuid::new_v4(), &[("hall", 1)]))
        .collect();
    let bookings = join_all(bodies.iter().map(|body| server.book(body)));
    let killer = async {
        for _ in 0..2 {
            let pid = gate.waiting_pid(server).await;
            server
                .sql(&format!("SELECT pg_terminate_backend({pid})"))
                .await;
            let left = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}");
            server.until(&left, 0).await;
            assert_eq!(server.count(BOOKINGS).await, 0, "{moment:?}");
        }
        // The batch is retried on another connection.
        gate.until_waiting(1).await;
        gate.open().await;
    };
    let (answers, ()) = tokio::join!(bookings, killer);
    for answer in answers {
        answer.made();
    }
    assert_eq!(server.count(BOOKINGS).await, 10);
    assert_eq!(server.count(TAKEN).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_commit_was_done_but_not_answered_is_told_of_its_booking() {
    with_each_seating(100, async |server, event| {
        let proxy = Proxy::start(server.database_url()).await;
        let distant = Server::start(&proxy.url(), &[]).await;
        // Its connections are open.
        let body = order(event, Uuid::new_v4(), &[("hall", 1)]);
        distant.book(&body).await.made();
        proxy.lose_a_commit();
        let (key, body) = (fresh_key(), order(event, Uuid::new_v4(), &[("hall", 2)]));
        let line = async {
            proxy.committed().await;
            assert_eq!(server.count(BOOKINGS).await, 2, "it is committed");
            assert_eq!(distant.in_flight(), 1, "nobody has been told");
            proxy.disconnect();
        };
        let (answer, ()) = tokio::join!(distant.book_with_key(&key, &body), line);
        let booked = answer.made();
        assert_eq!(booked["items"][0]["quantity"], 2);
        for at in [&distant, server] {
            let replay = at.book_with_key(&key, &body).await;
            assert_eq!((replay.status, &replay.json["id"]), (200, &booked["id"]));
        }
        assert_eq!(server.count(BOOKINGS).await, 2);
        assert_eq!(server.count(TAKEN).await, 3);
        distant.stop().await;
    })
    .await;
}

/// Sends two requests under one key to two servers, each of which has looked the key up and found nothing
/// before either writes.
async fn at_two_servers(server: &Server, key: &str, bodies: [&Value; 2]) -> [Answer; 2] {
    let other = server.another().await;
    let gate = Gate::close(server, Moment::BeforeBookings).await;
    let unblock = async {
        gate.until_waiting(2).await;
        gate.open().await;
    };
    let (one, two, ()) = tokio::join!(
        server.book_with_key(key, bodies[0]),
        other.book_with_key(key, bodies[1]),
        unblock
    );
    other.stop().await;
    let mut answers = [one, two];
    answers.sort_by_key(|answer| answer.status);
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_at_two_servers_at_the_same_moment_makes_one_booking() {
    with_each_seating(100, async |server, event| {
        let (key, body) = (fresh_key(), order(event, Uuid::new_v4(), &[("hall", 2)]));
        let [replay, made] = at_two_servers(server, &key, [&body, &body]).await;
        assert_eq!((replay.status, made.status), (200, 201));
        assert_eq!(replay.json["id"], made.json["id"]);
        assert_eq!(replay.headers["idempotent-replayed"], "true");
        assert_eq!(server.count(BOOKINGS).await, 1);
        assert_eq!(server.count(TAKEN).await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_with_two_bodies_at_two_servers_at_the_same_moment_makes_one_booking() {
    with_each_seating(100, async |server, event| {
        let (key, buyer) = (fresh_key(), Uuid::new_v4());
        let [one, two] = [1, 2].map(|quantity| order(event, buyer, &[("hall", quantity)]));
        let [made, reused] = at_two_servers(server, &key, [&one, &two]).await;
        assert_eq!(reused.problem(422), "idempotency-key-reused");
        let quantity = made.made()["items"][0]["quantity"].as_i64().unwrap();
        assert_eq!(server.count(BOOKINGS).await, 1);
        assert_eq!(server.count(TAKEN).await, quantity);
    })
    .await;
}

const LIMITS: &str = "UPDATE events SET max_tickets_per_booking = 4, max_tickets_per_buyer = 6";

/// Two orders of one buyer, which together are more than one buyer may have, in two processes that have both
/// counted before either has written.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_orders_of_one_buyer_at_two_servers_only_what_one_buyer_may_have_is_booked() {
    with_server(async |server| {
        let event = server.event(&[general("hall", 100)]).await;
        server.sql(LIMITS).await;
        let (other, buyer) = (server.another().await, Uuid::new_v4());
        let gate = Gate::close(server, Moment::BeforeBookings).await;
        let body = order(event, buyer, &[("hall", 4)]);
        let unblock = async {
            gate.until_waiting(2).await;
            gate.open().await;
        };
        let (one, two, ()) = tokio::join!(server.book(&body), other.book(&body), unblock);
        other.stop().await;
        let (made, refused) = if one.status == 201 {
            (one, two)
        } else {
            (two, one)
        };
        made.made();
        assert_eq!(refused.problem(422), "over-limit");
        let said = (&refused.json["limit"], &refused.json["left"]);
        assert_eq!(said, (&json!(6), &json!(2)));
        assert_eq!(server.count(TAKEN).await, 4);
        // What is left may be booked, and not one more.
        let rest = order(event, buyer, &[("hall", 2)]);
        server.book(&rest).await.made();
        let more = server.book(&order(event, buyer, &[("hall", 1)])).await;
        assert_eq!(more.problem(422), "over-limit");
        assert_eq!(more.json["left"], 0);
        assert_eq!(server.count(TAKEN).await, 6);
    })
    .await;
}

/// In one batch they are counted one after the other; what is given back may be booked again, whether it was
/// cancelled or not paid in time.
#[tokio::test(flavor = "multi_thread")]
async fn orders_of_one_buyer_in_one_batch_are_counted_together() {
    with_server(async |server| {
        let event = server.event(&[general("hall", 100)]).await;
        server.sql(LIMITS).await;
        let gate = Gate::close(server, Moment::BeforeBookings).await;
        let first = order(event, Uuid::new_v4(), &[("hall", 1)]);
        let body = order(event, Uuid::new_v4(), &[("hall", 2)]);
        // One batch of another buyer is held at its writes while the orders gather behind it.
        let gather = async {
            gate.until_waiting(1).await;
            let open = async {
                while server.in_flight() < 6 {
                    tokio::task::yield_now().await;
                }
                gate.open().await;
            };
            tokio::join!(join_all((0..5).map(|_| server.book(&body))), open).0
        };
        let (_, answers) = tokio::join!(server.book(&first), gather);
        let batches = "SELECT count(DISTINCT created_at) FROM bookings";
        assert_eq!(server.count(batches).await, 2);
        let (booked, refused): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.status == 201);
        assert_eq!((booked.len(), refused.len()), (3, 2));
        for refused in refused {
            assert_eq!(refused.problem(422), "over-limit");
        }
        assert_eq!(server.cancel(&booked[0].json).await.status, 200);
        server.book(&body).await.made();
        assert_eq!(server.book(&body).await.problem(422), "over-limit");
        server.age_holds().await;
        server
            .until("SELECT count(*) FROM bookings WHERE status = 'expired'", 4)
            .await;
        server.book(&body).await.made();
    })
    .await;
}
