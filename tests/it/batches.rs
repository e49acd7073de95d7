//! How a lane fills its batches, and how it learns of changes to the event.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::allocator::{Lanes, Order, Outcome};
use boxoffice::config::AllocatorConfig;
use boxoffice::postgres::{Db, Error};
use boxoffice::types::TierNo;
use futures::future::join_all;
use futures::poll;
use uuid::Uuid;

use crate::lanes::{NoopListener, one_ticket, stock};
use crate::support::{Server, general, order, with_each_seating, with_server};

fn lanes(server: &Server, config: AllocatorConfig) -> Lanes {
    Lanes::new(
        Db::new(server.database_url(), 2).unwrap(),
        config,
        Duration::from_secs(300),
        Arc::new(NoopListener),
    )
}

fn one_of(tier: i16) -> Order {
    let mut order = one_ticket();
    (order.items[0].tier, order.items[0].stock) = (TierNo(tier), TierNo(tier));
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tier_that_is_added_while_its_event_is_sold_is_sold_by_the_same_lane() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let lanes = lanes(server, AllocatorConfig::default());
        let before = stock(server, event).await;
        let booked = lanes.book(&before, one_of(1)).await;
        assert!(matches!(booked, Outcome::Booked(_)), "{booked:?}");
        server
            .sql(
                "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating)
                 SELECT event_id, 2, 'late', 'Late', 1000, 2, 'general' FROM tiers;
                 INSERT INTO tickets (event_id, tier_no, seat_no)
                 SELECT event_id, 2, n FROM tiers, generate_series(1, 2) AS n WHERE tier_no = 2",
            )
            .await;
        let after = stock(server, event).await;
        assert_eq!(after.tiers.len(), 2);
        // An order with older data of the event does not remove what the lane has merged.
        for (knowledge, tier) in [(&after, 2), (&before, 1), (&after, 2)] {
            let booked = lanes.book(knowledge, one_of(tier)).await;
            assert!(matches!(booked, Outcome::Booked(_)), "{tier}: {booked:?}");
        }
        let held = lanes.book(&after, one_of(2)).await;
        assert!(matches!(held, Outcome::HeldByOthers { .. }), "{held:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_wait_for_others_leave_half_of_each_batch_to_new_ones() {
    const BATCH: u16 = 4;
    const NEW: usize = 8;
    with_server(async |server| {
        let event = server
            .event(&[general("held", 2), general("ga", 100)])
            .await;
        let stock = stock(server, event).await;
        let config = AllocatorConfig {
            batch_orders: BATCH,
            held_wait_ms: 60_000,
            ..AllocatorConfig::default()
        };
        let lanes = lanes(server, config);
        // Statements are prepared before anything is locked.
        let booked = lanes.book(&stock, one_of(2)).await;
        assert!(matches!(booked, Outcome::Booked(_)), "{booked:?}");
        let others = Db::new(server.database_url(), 2).unwrap();
        let mut holder = others.get().await.unwrap();
        let holder = holder.transaction().await.unwrap();
        let lock = "SELECT FROM tickets WHERE event_id = 1 AND tier_no = 1 FOR UPDATE";
        holder.batch_execute(lock).await.unwrap();
        let mut waiting: Vec<_> = (0..10 * BATCH)
            .map(|_| Box::pin(lanes.book(&stock, one_of(1))))
            .collect();
        let one_more = lanes.book(&stock, one_of(2));
        for order in &mut waiting {
            assert!(poll!(order).is_pending());
        }
        // It is queued after them, so all of them have been in a batch when it is booked.
        assert!(matches!(one_more.await, Outcome::Booked(_)));
        let mut blocker = others.get().await.unwrap();
        let blocker = blocker.transaction().await.unwrap();
        let lock = "LOCK TABLE bookings IN ACCESS EXCLUSIVE MODE";
        blocker.batch_execute(lock).await.unwrap();
        let blocked = "SELECT count(*) FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND datname = current_database()
              AND query ~ 'AS max_tickets_per_buyer|Free tickets of each tier'";
        server.until(blocked, 1).await;
        let mut new: Vec<_> = (0..NEW)
            .map(|_| Box::pin(lanes.book(&stock, one_of(2))))
            .collect();
        for order in &mut new {
            assert!(poll!(order).is_pending());
        }
        blocker.rollback().await.unwrap();
        let booked = join_all(new).await;
        let is_booked = |outcome: &Outcome| matches!(outcome, Outcome::Booked(_));
        assert!(booked.iter().all(is_booked));
        // Two before them, each in a batch of its own; a transaction has one time.
        let batches = "SELECT count(DISTINCT created_at) - 2 FROM bookings";
        let batches = server.count(batches).await;
        assert!(batches <= NEW as i64 / i64::from(BATCH / 2), "{batches}");
        holder.rollback().await.unwrap();
        drop(waiting);
    })
    .await;
}

/// A CHECK that refuses a row, and a trigger that fails, are defects: not "try again".
#[tokio::test(flavor = "multi_thread")]
async fn a_defect_of_ours_is_not_told_as_try_again() {
    with_each_seating(10, async |server, event| {
        let stock = stock(server, event).await;
        let lanes = lanes(server, AllocatorConfig::default());
        let mut refused = one_ticket();
        refused.total_minor = -1;
        let outcome = lanes.book(&stock, refused).await;
        assert!(
            matches!(&outcome, Outcome::Failed(Error::Constraint { name, .. }) if name == "bookings_total_check"),
            "{outcome:?}"
        );
        server
            .sql(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'",
            )
            .await;
        server
            .sql(
                "CREATE TRIGGER refuse BEFORE INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION refuse()",
            )
            .await;
        let body = order(event, Uuid::new_v4(), &[("hall", 1)]);
        let answer = server.book(&body).await;
        assert_eq!(answer.problem(500), "internal-error");
        assert!(answer.json["request_id"].is_string());
        server.sql("DROP TRIGGER refuse ON bookings").await;
        server.book(&body).await.made();
    })
    .await;
}
