//! Lanes under stress: full queues, vanished callers, broken connections, bad orders.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::allocator::batch;
use boxoffice::allocator::first_free::FirstFree;
use boxoffice::allocator::lanes::Listener;
use boxoffice::allocator::{Candidate, Item, Lanes, Order, Outcome, Stock, Verdict};
use boxoffice::catalog::Catalog;
use boxoffice::config::AllocatorConfig;
use boxoffice::postgres::Db;
use boxoffice::types::{
    BookingId, BuyerId, EventId, EventNo, Fingerprint, Reference, SeatNo, TierNo,
};
use futures::future::join_all;
use futures::poll;
use uuid::Uuid;

use crate::support::{
    Server, as_buyer, fresh_key, general, numbered, order, with_each_seating, with_server,
    with_settings,
};

/// Ignores every notification.
pub(crate) struct NoopListener;

impl Listener for NoopListener {
    fn taken(&self, _: EventNo, _: TierNo, _: i32, _: &[SeatNo]) {}
    fn released(&self, _: EventNo, _: TierNo, _: &[SeatNo]) {}
    fn found_taken(&self, _: EventNo, _: &[(TierNo, SeatNo)]) {}
}

pub(crate) fn one_ticket() -> Order {
    Order {
        buyer: BuyerId(Uuid::new_v4()),
        key: fresh_key().parse().unwrap(),
        fingerprint: Fingerprint([7; 16]),
        priced: None,
        total_minor: 1_000,
        confirmed_as: None,
        items: vec![Item {
            tier: TierNo(1),
            stock: TierNo(1),
            quantity: 1,
            unit_price_minor: 1_000,
            seats: None,
        }],
    }
}

fn lanes(server: &Server, config: AllocatorConfig) -> Lanes {
    Lanes::new(
        server.db.clone(),
        config,
        Duration::from_secs(300),
        Arc::new(NoopListener),
    )
}

pub(crate) async fn stock(server: &Server, event: Uuid) -> Arc<Stock> {
    let event = Catalog::new(server.db.clone())
        .event(EventId(event))
        .await
        .unwrap();
    event.expect("the event").stock.clone()
}

/// A transaction that no batch can pass until it ends.
async fn block<'c>(
    client: &'c mut boxoffice::postgres::Client,
) -> boxoffice::postgres::Transaction<'c> {
    let transaction = client.transaction().await.unwrap();
    transaction
        .batch_execute("LOCK TABLE bookings IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    transaction
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_queue_the_answer_is_503_at_once() {
    with_settings(
        &["--queue-orders", "1", "--batch-orders", "1"],
        async |server| {
            let event = server.event(&[general("ga", 10)]).await;
            let body = |_| order(event, Uuid::new_v4(), &[("ga", 1)]);
            let mut client = server.db.get().await.unwrap();
            let blocked = block(&mut client).await;
            let orders: Vec<_> = (0..3).map(body).collect();
            let in_flight = server.book(&orders[0]);
            let others = async {
                server.until_a_batch_waits().await;
                // The queue has room for one of these two.
                let (queued, full) = (server.book(&orders[1]), server.book(&orders[2]));
                futures::pin_mut!(queued, full);
                let (first, other) = match futures::future::select(queued, full).await {
                    futures::future::Either::Left((answer, other)) => {
                        (answer, futures::future::Either::Left(other))
                    }
                    futures::future::Either::Right((answer, other)) => {
                        (answer, futures::future::Either::Right(other))
                    }
                };
                assert_eq!(first.problem(503), "overloaded");
                assert_eq!(first.headers["retry-after"], "1");
                blocked.rollback().await.unwrap();
                other.await.made();
            };
            let (answer, ()) = tokio::join!(in_flight, others);
            answer.made();
            assert_eq!(server.count("SELECT count(*) FROM bookings").await, 2);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_caller_has_gone_never_reaches_the_database() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (stock, lanes) = (
            stock(server, event).await,
            lanes(server, AllocatorConfig::default()),
        );
        let mut client = server.db.get().await.unwrap();
        let blocked = block(&mut client).await;
        let mut stays = Box::pin(lanes.book(&stock, one_ticket()));
        assert!(poll!(&mut stays).is_pending());
        server.until_a_batch_waits().await;
        let mut goes = Box::pin(lanes.book(&stock, one_ticket()));
        assert!(poll!(&mut goes).is_pending());
        let mut stays_too = Box::pin(lanes.book(&stock, one_ticket()));
        assert!(poll!(&mut stays_too).is_pending());
        drop(goes);
        blocked.rollback().await.unwrap();
        assert!(matches!(stays.await, Outcome::Booked(_)));
        assert!(matches!(stays_too.await, Outcome::Booked(_)));
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 2);
    })
    .await;
}

/// It waits behind a blocked batch, past its deadline.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_waited_too_long_is_told_to_come_back_and_never_reaches_the_database() {
    with_each_seating(10, async |server, event| {
        let stock = stock(server, event).await;
        let config = AllocatorConfig {
            // The least that the flag admits.
            order_deadline_ms: 100,
            ..AllocatorConfig::default()
        };
        let deadline = config.order_deadline();
        let lanes = lanes(server, config);
        let mut client = server.db.get().await.unwrap();
        let blocked = block(&mut client).await;
        let mut ahead = Box::pin(lanes.book(&stock, one_ticket()));
        assert!(poll!(&mut ahead).is_pending());
        server.until_a_batch_waits().await;
        let order = one_ticket();
        let key = order.key.clone();
        let mut waits = Box::pin(lanes.book(&stock, order));
        assert!(poll!(&mut waits).is_pending());
        tokio::time::sleep(deadline).await;
        blocked.rollback().await.unwrap();
        let (_, waited) = tokio::join!(ahead, waits);
        assert!(matches!(waited, Outcome::Overloaded), "{waited:?}");
        // The lane goes on, and what comes later is answered after it.
        let later = lanes.book(&stock, one_ticket()).await;
        assert!(matches!(later, Outcome::Booked(_)), "{later:?}");
        let client = server.db.get().await.unwrap();
        let booked = "SELECT count(*) FROM bookings WHERE idempotency_key = $1";
        let booked: i64 = client.query_one(booked, &[&key]).await.unwrap().get(0);
        assert_eq!(booked, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_order_that_cannot_be_written_does_not_fail_its_neighbours() {
    with_each_seating(100, async |server, event| {
        let (stock, lanes) = (
            stock(server, event).await,
            lanes(server, AllocatorConfig::default()),
        );
        let mut client = server.db.get().await.unwrap();
        let blocked = block(&mut client).await;
        let mut orders: Vec<_> = (0..20).map(|_| one_ticket()).collect();
        // Refused by a CHECK, not by anything before it.
        orders[7].total_minor = -1;
        let (first, rest) = orders.split_at(1);
        let mut first = Box::pin(lanes.book(&stock, first[0].clone()));
        assert!(poll!(&mut first).is_pending());
        server.until_a_batch_waits().await;
        let mut rest: Vec<_> = rest
            .iter()
            .map(|order| Box::pin(lanes.book(&stock, order.clone())))
            .collect();
        for booking in &mut rest {
            assert!(poll!(booking).is_pending());
        }
        blocked.rollback().await.unwrap();
        assert!(matches!(first.await, Outcome::Booked(_)));
        let outcomes = join_all(rest).await;
        for (index, outcome) in (1..).zip(outcomes) {
            assert_eq!(
                matches!(outcome, Outcome::Booked(_)),
                index != 7,
                "{index}: {outcome:?}"
            );
            assert_eq!(
                matches!(outcome, Outcome::Failed(_)),
                index == 7,
                "{index}: {outcome:?}"
            );
        }
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 19);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_killed_in_mid_batch_loses_no_order() {
    with_each_seating(100, async |server, event| {
        let mut client = server.db.get().await.unwrap();
        for round in 0..3 {
            let blocked = block(&mut client).await;
            let bodies: Vec<_> = (0..10)
                .map(|_| order(event, Uuid::new_v4(), &[("hall", 1)]))
                .collect();
            let bookings = join_all(bodies.iter().map(|body| server.book(body)));
            let killer = async {
                server.until_a_batch_waits().await;
                server.kill_waiting_batches().await;
                // The batch is retried on another connection.
                server.until_a_batch_waits().await;
                blocked.rollback().await.unwrap();
            };
            let (answers, ()) = tokio::join!(bookings, killer);
            for answer in answers {
                answer.made();
            }
            assert_eq!(
                server.count("SELECT count(*) FROM bookings").await,
                10 * (round + 1)
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_answers_the_orders_in_its_queue() {
    with_settings(&["--batch-orders", "2"], async |server| {
        let stopped = server.another().await;
        let event = server.event(&[general("ga", 100)]).await;
        let mut client = server.db.get().await.unwrap();
        let blocked = block(&mut client).await;
        let bodies: Vec<_> = (0..10)
            .map(|_| order(event, Uuid::new_v4(), &[("ga", 1)]))
            .collect();
        let (http, url) = (stopped.client.clone(), stopped.url.clone());
        let bookings = join_all(bodies.iter().map(|body| {
            let request = http
                .post(format!("{url}/api/bookings"))
                .header("Idempotency-Key", fresh_key());
            async {
                let request = as_buyer(&server.db, request, body).await;
                request.send().await.expect("an answer").status()
            }
        }));
        let stop = async {
            server.until_a_batch_waits().await;
            // All ten have arrived when the server says that it is answering them.
            while stopped.in_flight() < 10 {
                tokio::task::yield_now().await;
            }
            let (stop, unblock) = (stopped.stop(), async { blocked.rollback().await.unwrap() });
            tokio::join!(stop, unblock);
        };
        let (answers, ()) = tokio::join!(bookings, stop);
        assert_eq!(answers, vec![201; 10]);
    })
    .await;
}

/// Panics when it is notified of a sale, which ends the lane after the commit.
struct PanickingListener;

impl Listener for PanickingListener {
    fn taken(&self, _: EventNo, _: TierNo, _: i32, _: &[SeatNo]) {
        panic!("this kills the lane");
    }
    fn released(&self, _: EventNo, _: TierNo, _: &[SeatNo]) {}
    fn found_taken(&self, _: EventNo, _: &[(TierNo, SeatNo)]) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_that_dies_leaves_nobody_without_an_answer_and_is_replaced() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 100)]).await;
        let stock = stock(server, event).await;
        let lanes = Lanes::new(
            server.db.clone(),
            AllocatorConfig::default(),
            Duration::from_secs(300),
            Arc::new(PanickingListener),
        );
        let order = one_ticket();
        let lost = lanes.book(&stock, order.clone()).await;
        assert!(matches!(lost, Outcome::Failed(_)), "{lost:?}");
        while lanes.count() > 0 {
            tokio::task::yield_now().await;
        }
        // It was committed: the same key replays it, in a new lane.
        let committed = server.text("SELECT id::text FROM bookings").await;
        let retry = lanes.book(&stock, order).await;
        assert!(
            matches!(retry, Outcome::Replay(id) if id.to_string() == committed),
            "{retry:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lanes_of_a_quiet_event_go_away_and_come_back() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 100)]).await;
        let stock = stock(server, event).await;
        let lanes = lanes(
            server,
            AllocatorConfig {
                lane_idle_ms: 10,
                lanes: 3,
                ..AllocatorConfig::default()
            },
        );
        for _ in 0..3 {
            assert!(matches!(
                lanes.book(&stock, one_ticket()).await,
                Outcome::Booked(_)
            ));
            while lanes.count() > 0 {
                tokio::task::yield_now().await;
            }
        }
    })
    .await;
}

/// Allocates one batch that is answered at once.
async fn allocate(db: &Db, stock: &Stock, orders: &[Candidate<'_>]) -> Vec<Outcome> {
    let (hold, mut first_free) = (Duration::from_secs(300), FirstFree::default());
    let verdicts = batch::allocate(db, stock, orders, hold, &mut first_free).await;
    let outcomes = verdicts.unwrap().into_iter().map(|verdict| match verdict {
        Verdict::Done(outcome) => outcome,
        verdict => panic!("{verdict:?}"),
    });
    outcomes.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_an_earlier_try_has_committed_is_no_replay() {
    with_each_seating(100, async |server, event| {
        let stock = stock(server, event).await;
        let allocate = async |id, order: &Order| {
            let reference = Reference::make();
            let order = Candidate {
                id,
                reference,
                order,
            };
            allocate(&server.db, &stock, &[order]).await.remove(0)
        };
        let (first, order) = (BookingId::make(), one_ticket());
        let booked = allocate(first, &order).await;
        assert!(
            matches!(&booked, Outcome::Booked(booked) if booked.id == first),
            "{booked:?}"
        );
        let again = allocate(first, &order).await;
        assert!(
            matches!(again, Outcome::Committed(id) if id == first),
            "{again:?}"
        );
        let sent_again = allocate(BookingId::make(), &order).await;
        assert!(
            matches!(sent_again, Outcome::Replay(id) if id == first),
            "{sent_again:?}"
        );
        let other = Order {
            fingerprint: Fingerprint([8; 16]),
            ..order
        };
        let reused = allocate(BookingId::make(), &other).await;
        assert!(matches!(reused, Outcome::KeyReused(_)), "{reused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_known_do_not_keep_the_rest_of_their_batch_from_its_tickets() {
    with_each_seating(100, async |server, event| {
        let (stock, db) = (
            stock(server, event).await,
            Db::new(server.database_url(), 1).unwrap(),
        );
        let allocate = async |orders: &[Order]| {
            let orders = orders.iter().map(|order| Candidate {
                id: BookingId::make(),
                reference: Reference::make(),
                order,
            });
            allocate(&db, &stock, &orders.collect::<Vec<_>>()).await
        };
        let orders: Vec<_> = (0..5).map(|_| one_ticket()).collect();
        allocate(&[orders[1].clone(), orders[3].clone()]).await;
        let outcomes = allocate(&orders).await;
        for (index, outcome) in outcomes.iter().enumerate() {
            match outcome {
                Outcome::Replay(_) => assert_eq!(index % 2, 1, "{outcomes:?}"),
                Outcome::Booked(_) => assert_eq!(index % 2, 0, "{outcomes:?}"),
                _ => panic!("{outcomes:?}"),
            }
        }
        let again = allocate(&orders).await;
        assert!(
            again
                .iter()
                .all(|outcome| matches!(outcome, Outcome::Replay(_)))
        );
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 5);
    })
    .await;
}

/// The last result that the database sends for a batch is that of its COMMIT.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_commit_fails_is_not_told_that_it_is_booked() {
    with_each_seating(10, async |server, event| {
        let stock = stock(server, event).await;
        let lanes = lanes(server, AllocatorConfig::default());
        server
            .sql(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'",
            )
            .await;
        server
            .sql(
                "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON bookings DEFERRABLE INITIALLY DEFERRED
                 FOR EACH ROW EXECUTE FUNCTION refuse()",
            )
            .await;
        let refused = lanes.book(&stock, one_ticket()).await;
        assert!(matches!(refused, Outcome::Failed(_)), "{refused:?}");
        server.sql("DROP TRIGGER refuse ON bookings").await;
        let booked = lanes.book(&stock, one_ticket()).await;
        assert!(matches!(booked, Outcome::Booked(_)), "{booked:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_places_starts_where_the_last_one_ended() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 3)]).await;
        let stock = stock(server, event).await;
        let db = Db::new(server.database_url(), 1).unwrap();
        let config = AllocatorConfig::default();
        let lanes = Lanes::new(
            db.clone(),
            config,
            Duration::from_secs(300),
            Arc::new(NoopListener),
        );
        let booked = async || match lanes.book(&stock, one_ticket()).await {
            Outcome::Booked(booked) => booked.items[0].seats[0].0,
            outcome => panic!("{outcome:?}"),
        };
        assert_eq!(booked().await, 1);
        // Released without the lane's knowledge: it finds this one only by a search from the front.
        server
            .sql(
                "UPDATE bookings SET status = 'cancelled', ended_at = now(), expires_at = NULL;
                 UPDATE tickets SET booking_id = NULL",
            )
            .await;
        assert_eq!(booked().await, 2);
        assert_eq!(booked().await, 3);
        assert_eq!(booked().await, 1);
        for _ in 0..2 {
            let held = lanes.book(&stock, one_ticket()).await;
            assert!(matches!(held, Outcome::HeldByOthers { .. }), "{held:?}");
        }
    })
    .await;
}

/// By buyers and keys, because otherwise two batches that share two keys could deadlock; and by ids, because
/// the indexes are appended to in that order.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_inserts_its_bookings_by_their_keys_and_by_their_ids() {
    const ORDERS: i64 = 60;
    let codes = ["vip", "front", "ga"];
    let places = codes.map(|code| general(code, 100));
    let seats = codes.map(|code| numbered(code, 100, &[10]));
    for tiers in [places, seats] {
        with_server(async |server| {
            let event = server.event(&tiers).await;
            server.sql("ANALYZE tiers").await;
            let (stock, lanes) = (
                stock(server, event).await,
                lanes(server, AllocatorConfig::default()),
            );
            let mut client = server.db.get().await.unwrap();
            let blocked = block(&mut client).await;
            // The first is a batch of its own, which waits; all others make the next.
            let orders = (0..=ORDERS).map(|n| {
                let mut order = one_ticket();
                let tier = TierNo((n % 3 + 1) as i16);
                (order.items[0].tier, order.items[0].stock) = (tier, tier);
                order
            });
            let orders: Vec<_> = orders.collect();
            let booked = orders.iter().map(|order| lanes.book(&stock, order.clone()));
            let unblock = async {
                server.until_a_batch_waits().await;
                assert_eq!(lanes.waiting(), orders.len());
                blocked.commit().await.unwrap();
            };
            let (booked, ()) = tokio::join!(join_all(booked), unblock);
            assert!(
                booked
                    .iter()
                    .all(|outcome| matches!(outcome, Outcome::Booked(_)))
            );
            for (table, column) in [
                ("bookings", "(buyer_id, idempotency_key COLLATE \"C\")"),
                ("bookings", "id"),
                ("booking_items", "booking_id"),
            ] {
                let in_order = format!(
                    "SELECT count(*) FROM (
                     SELECT {column} > lag({column}) OVER (ORDER BY ctid) AS after
                     FROM {table}
                 ) AS t WHERE after"
                );
                assert!(
                    server.count(&in_order).await >= ORDERS - 1,
                    "{table} by {column}"
                );
            }
            // General tickets are given in the order of arrival, not of the keys.
            if tiers[0].row_blocks.is_some() {
                return;
            }
            for tier in 0..3 {
                let served = orders.iter().skip(tier).step_by(3);
                let served: Vec<_> = served.map(|order| order.buyer.to_string()).collect();
                let buyers = format!(
                    "SELECT string_agg(buyer_id::text, ' ' ORDER BY seat_no)
                 FROM tickets AS t JOIN bookings AS b ON b.event_id = t.event_id AND b.id = t.booking_id
                 WHERE t.event_id = 1 AND t.tier_no = {}",
                    tier + 1
                );
                assert_eq!(server.text(&buyers).await, served.join(" "));
            }
        })
        .await;
    }
}
