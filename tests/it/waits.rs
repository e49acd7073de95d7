//! Every wait ends: while the database does not answer, or a lock is held elsewhere, every caller is answered
//! nevertheless, those whom it does not concern are served, and afterwards all goes on by itself.
//!
//! "While" is not timed: each test awaits all answers before it ends the fault.

use std::time::Duration;

use boxoffice::postgres::{Client, Db, Error, Transaction};
use futures::future::join_all;
use uuid::Uuid;

use crate::support::gate::{Gate, Moment};
use crate::support::gateway::GOOD_CARD;
use crate::support::proxy::Proxy;
use crate::support::{
    Server, fresh_database, fresh_key, general, numbered, order, text, with_server, with_settings,
};

/// Longer than all limits together; a test that hangs fails with it.
const LIMIT: Duration = Duration::from_secs(60);

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(LIMIT, work).await;
    done.expect("every caller is answered while the fault lasts")
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_does_not_answer_every_caller_is_answered() {
    with_server(async |direct| {
        let event = direct
            .event(&[general("ga", 200), numbered("hall", 100, &[10])])
            .await;
        let proxy = Proxy::start(direct.database_url()).await;
        let server = Server::start(&proxy.url(), &["--order-deadline-ms", "1000"]).await;
        let one = |tier| order(event, Uuid::new_v4(), &[(tier, 1)]);
        let booked = server.book(&one("ga")).await.made();
        server.book(&one("hall")).await.made();
        let path = direct.event_path(event).await;
        assert_eq!(server.get(&path).await.status(), 200);
        proxy.go_dark();
        let orders: Vec<_> = (0..40)
            .map(|n| (fresh_key(), one(["ga", "hall"][n % 2])))
            .collect();
        let sends = join_all(
            orders
                .iter()
                .map(|(key, body)| server.book_with_key(key, body)),
        );
        let pages = [
            "/".to_owned(),
            "/?q=x".to_owned(),
            "/api/events".to_owned(),
            path.clone(),
            format!("/api/events/{event}/availability"),
            format!("/api/events/{event}/seats?tier=hall"),
            format!("/api/events/{}", Uuid::new_v4()),
            "/readyz".to_owned(),
        ];
        // Several of each: nobody waits for another's reading longer than for his own.
        let reads = join_all(pages.iter().cycle().take(40).map(|path| server.get(path)));
        let (answers, reads, paid, cancelled) = in_time(async {
            tokio::join!(
                sends,
                reads,
                server.pay(&booked, GOOD_CARD),
                server.cancel(&booked)
            )
        })
        .await;
        for answer in answers.iter().chain([&paid, &cancelled]) {
            assert_eq!(answer.problem(503), "unavailable");
        }
        for read in reads {
            assert!(
                [200, 404, 503].contains(&read.status().as_u16()),
                "{}",
                read.url()
            );
        }
        proxy.light_up();
        // The connections that hung are not lent again, and the keys book once, whatever became of the batches.
        for (key, body) in &orders {
            let mut answer = server.book_with_key(key, body).await;
            for _ in 0..20 {
                if answer.status != 503 {
                    break;
                }
                answer = server.book_with_key(key, body).await;
            }
            assert!([200, 201].contains(&answer.status), "{}", answer.json);
        }
        assert_eq!(direct.count("SELECT count(*) FROM bookings").await, 42);
        server.stop().await;
    })
    .await;
}

/// A row that is locked elsewhere, for as long as somebody likes, stops only those who need it.
#[tokio::test(flavor = "multi_thread")]
async fn payments_of_a_locked_booking_end_and_are_in_nobodys_way() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 100)]).await;
        let one = || order(event, Uuid::new_v4(), &[("ga", 1)]);
        let booked = server.book(&one()).await.made();
        let mut holder = server.db.get().await.unwrap();
        let holding = holder.transaction().await.unwrap();
        let id: Uuid = text(&booked["id"]).parse().unwrap();
        let hold = "SELECT FROM bookings WHERE event_id = 1 AND id = $1 FOR UPDATE";
        assert_eq!(holding.query(hold, &[&id]).await.unwrap().len(), 1);
        let payments = join_all((0..20).map(|_| server.pay(&booked, GOOD_CARD)));
        let others = async {
            for _ in 0..5 {
                let booked = server.book(&one()).await.made();
                server.booking(&booked).await;
                assert_eq!(server.get("/readyz").await.status(), 200);
            }
        };
        let (payments, ()) = in_time(async { tokio::join!(payments, others) }).await;
        for payment in payments {
            assert_eq!(payment.problem(503), "unavailable");
        }
        holding.rollback().await.unwrap();
        server.pay(&booked, GOOD_CARD).await.made();
    })
    .await;
}

/// Somebody else has inserted the booking of one of the orders, and does not commit.
#[tokio::test(flavor = "multi_thread")]
async fn one_key_that_is_stuck_elsewhere_fails_alone() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 1_000)]).await;
        let first = order(event, Uuid::new_v4(), &[("ga", 1)]);
        let stuck = Uuid::new_v4();
        let (key, body) = (fresh_key(), order(event, stuck, &[("ga", 1)]));
        let mut holder = server.db.get().await.unwrap();
        let holding = insert_a_booking(&mut holder, stuck).await;
        let others: Vec<_> = (0..300)
            .map(|_| order(event, Uuid::new_v4(), &[("ga", 1)]))
            .collect();
        // A batch of another order is held until all are in one queue.
        let gate = Gate::close(server, Moment::BeforeTickets).await;
        let gathered = async {
            gate.until_waiting(1).await;
            let open = async {
                while server.in_flight() < others.len() + 2 {
                    tokio::task::yield_now().await;
                }
                gate.open().await;
            };
            let others = join_all(others.iter().map(|body| server.book(body)));
            tokio::join!(others, server.book_with_key(&key, &body), open)
        };
        let (first, (others, alone, ())) =
            in_time(async { tokio::join!(server.book(&first), gathered) }).await;
        first.made();
        for other in others {
            other.made();
        }
        assert_eq!(alone.problem(503), "unavailable");
        holding.rollback().await.unwrap();
        server.book_with_key(&key, &body).await.made();
    })
    .await;
}

/// Inserts the first booking of a buyer in the only event, without tickets.
async fn insert_a_booking(holder: &mut Client, buyer: Uuid) -> Transaction<'_> {
    let holding = holder.transaction().await.unwrap();
    let insert = "INSERT INTO bookings (event_id, id, buyer_id, idempotency_key, request_fingerprint, turn,
                                        status, total_minor, currency, created_at, expires_at)
        SELECT event_id, gen_random_uuid(), $1, 'elsewhere', 'x', 1, 'pending', 0, 'USD', now(), now() + interval '1 hour'
        FROM events";
    assert_eq!(holding.execute(insert, &[&buyer]).await.unwrap(), 1);
    holding
}

/// As an ALTER TABLE that waits behind a backup.
#[tokio::test(flavor = "multi_thread")]
async fn behind_a_lock_on_a_table_orders_are_answered_and_readiness_ends() {
    with_settings(&["--order-deadline-ms", "1500"], async |server| {
        let event = server.event(&[general("ga", 100)]).await;
        let one = || order(event, Uuid::new_v4(), &[("ga", 1)]);
        server.book(&one()).await.made();
        let mut holder = server.db.get().await.unwrap();
        let holding = holder.transaction().await.unwrap();
        let lock = "LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE";
        holding.batch_execute(lock).await.unwrap();
        let orders: Vec<_> = (0..20).map(|_| one()).collect();
        let answers = join_all(orders.iter().map(|body| server.book(body)));
        for answer in in_time(answers).await {
            let kind = answer.problem(503);
            assert!(["unavailable", "overloaded"].contains(&kind), "{kind}");
        }
        assert_eq!(server.get("/readyz").await.status(), 503);
        holding.rollback().await.unwrap();
        server.book(&one()).await.made();
        assert_eq!(server.get("/readyz").await.status(), 200);
    })
    .await;
}

/// The server ends what takes too long, so locks end also if the process does not get to say so.
#[tokio::test(flavor = "multi_thread")]
async fn the_server_ends_statements_and_idle_transactions() {
    with_server(async |server| {
        let mut client = server.app.db.get().await.unwrap();
        let transaction = client.transaction().await.unwrap();
        let settings = "SELECT name, setting::bigint FROM pg_settings WHERE name ~ '_timeout$' AND name = ANY ($1) ORDER BY name";
        let names = ["idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout"];
        let rows = transaction.query(settings, &[&&names[..]]).await.unwrap();
        let set: Vec<(&str, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(set, names.into_iter().zip([5_000, 500, 4_500]).collect::<Vec<_>>());
        let slow = transaction.query("SELECT pg_sleep(50)", &[]).await.unwrap_err();
        assert!(matches!(&slow, Error::Unavailable(why) if why.contains("statement timeout")), "{slow}");
    })
    .await;
}

/// Whoever is gone in the middle of something leaves a connection that the next one can use.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_left_in_the_middle_is_cleaned_or_closed() {
    let db = Db::new(&fresh_database().await, 1).unwrap();
    let pid = async |client: &Client| -> i32 {
        client
            .query_one("SELECT pg_backend_pid()", &[])
            .await
            .unwrap()
            .get(0)
    };
    let mut client = db.get().await.unwrap();
    let first = pid(&client).await;
    let transaction = client.transaction().await.unwrap();
    transaction
        .batch_execute("CREATE TABLE left_behind ()")
        .await
        .unwrap();
    drop(client);
    let client = db.get().await.unwrap();
    assert_eq!(pid(&client).await, first, "it was cleaned");
    let there = "SELECT count(*) FROM pg_tables WHERE tablename = 'left_behind'";
    assert_eq!(
        client.query_one(there, &[]).await.unwrap().get::<_, i64>(0),
        0
    );
    // A statement that goes on for longer than anybody waits.
    {
        let sleep = client.prepare_cached("SELECT pg_sleep(500)").await.unwrap();
        let asleep = client.query(&sleep, &[]);
        tokio::pin!(asleep);
        assert!(futures::poll!(asleep.as_mut()).is_pending());
    }
    drop(client);
    // The pool has one connection: it is lent again when the old one is given up.
    let client = in_time(async {
        loop {
            if let Ok(client) = db.get().await {
                return client;
            }
        }
    })
    .await;
    assert_ne!(pid(&client).await, first, "it was closed");
    in_time(async {
        let asleep = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(500)'";
        while client
            .query_one(asleep, &[])
            .await
            .unwrap()
            .get::<_, i64>(0)
            > 0
        {}
    })
    .await;
}

/// As behind a pooler that does not know prepared statements, after a fail-over, and after a migration.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_has_forgotten_its_statements_is_not_lent_again() {
    let db = Db::new(&fresh_database().await, 1).unwrap();
    for (forget, statement) in [
        ("DEALLOCATE ALL", "SELECT 1"),
        ("CREATE TEMPORARY TABLE t (a int)", "SELECT * FROM events"),
        (
            "SET default_transaction_read_only = on",
            "UPDATE events SET name = name",
        ),
    ] {
        let client = db.get().await.unwrap();
        let prepared = client.prepare_cached(statement).await.unwrap();
        client.batch_execute(forget).await.unwrap();
        if forget.starts_with("CREATE") {
            let alter = "ALTER TABLE events ADD COLUMN new int";
            client.query(&prepared, &[]).await.unwrap();
            client.batch_execute(alter).await.unwrap();
        }
        let error = client.query(&prepared, &[]).await.unwrap_err();
        assert!(
            matches!(error, Error::Unavailable(_)),
            "{forget}: {error:?}"
        );
        drop(client);
        let client = db.get().await.unwrap();
        let prepared = client.prepare_cached(statement).await.unwrap();
        client.query(&prepared, &[]).await.unwrap();
    }
}

/// What is told to a buyer whose order another process has carried out meanwhile is the booking, not that it
/// took the last tickets.
#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_comes_up_short_is_answered_with_its_booking() {
    with_server(async |server| {
        for hall in [general("hall", 2), numbered("hall", 2, &[10])] {
            let event = server.event(&[hall]).await;
            let (key, body) = (fresh_key(), order(event, Uuid::new_v4(), &[("hall", 2)]));
            let other = Server::start(server.database_url(), &["--held-wait-ms", "60000"]).await;
            let gate = Gate::close(server, Moment::AtCommit).await;
            // The other server has looked the key up and found nothing; it waits for the tickets that this one has
            // locked, and finds them gone.
            let second = async {
                gate.until_waiting(1).await;
                let unblock = async {
                    // Within its transaction: not when the statement is prepared.
                    let looked_up = "SELECT count(*) FROM pg_stat_activity
                        WHERE query ~ 'Decides between' AND xact_start < query_start
                          AND datname = current_database()";
                    while server.count(looked_up).await == 0 {}
                    gate.open().await;
                };
                tokio::join!(other.book_with_key(&key, &body), unblock).0
            };
            let (first, second) =
                in_time(async { tokio::join!(server.book_with_key(&key, &body), second) }).await;
            let booked = first.made();
            assert_eq!((second.status, &second.json["id"]), (200, &booked["id"]));
            other.stop().await;
            assert_eq!(second.json["total"], booked["total"]);
        }
    })
    .await;
}
