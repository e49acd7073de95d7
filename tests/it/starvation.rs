//! What fails, never answers or never pauses keeps nothing else waiting: holds of one event, payments of one event, a
//! gateway that answers no questions, events that sell without a pause.

use boxoffice::postgres::Purpose;
use futures::future::join_all;
use serde_json::Value;
use uuid::Uuid;

use crate::late_payments::{PROCESSING, pending};
use crate::support::gate::{Gate, Moment};
use crate::support::gateway::{FaultyGateway, GOOD_CARD, notice};
use crate::support::{CONFIRMED, Server, general, order, with_gateway, with_server, with_settings};

const EXPIRED: &str = "SELECT count(*) FROM bookings WHERE status = 'expired'";
const REFUNDED: &str = "SELECT count(*) FROM payments WHERE status = 'refunded'";
/// More than one process makes attempts at once.
const MANY: usize = boxoffice::postgres::lease::AT_ONCE_MAX + 4;

/// From now on updates of the first event's rows fail that make this condition true.
async fn fail(server: &Server, table: &str, condition: &str) {
    server
        .sql(&format!(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'this event fails'; END $$;
             DO $do$ BEGIN EXECUTE format(
                 'CREATE TRIGGER failing BEFORE UPDATE ON {table} FOR EACH ROW
                  WHEN (NEW.event_id = %s AND {condition}) EXECUTE FUNCTION fail()',
                 (SELECT min(event_id) FROM events)); END $do$"
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_sell_without_a_pause_leave_the_others_a_connection() {
    with_settings(&["--batch-orders", "1"], async |server| {
        let mut events = Vec::new();
        for _ in 0..=server.app.db.of(Purpose::Sale).connections_max() {
            events.push(server.event(&[general("ga", 100)]).await);
        }
        let (last, busy) = events.split_last().unwrap();
        let one = |event: &Uuid| order(*event, Uuid::new_v4(), &[("ga", 1)]);
        let first: Vec<_> = busy.iter().map(one).collect();
        let busy: Vec<_> = busy.iter().flat_map(|event| (0..50).map(|_| one(event))).collect();
        // Each of the others has a connection, and an order in it, before any of this is waited for.
        let gate = Gate::close(server, Moment::BeforeBookings).await;
        let gathered = async {
            gate.until_waiting(first.len().try_into().unwrap()).await;
            let open = async {
                while server.in_flight() < first.len() + busy.len() + 1 {
                    tokio::task::yield_now().await;
                }
                gate.open().await;
            };
            let busy = join_all(busy.iter().map(|body| server.book(body)));
            let last = one(last);
            tokio::join!(busy, server.book(&last), open)
        };
        let first_made = join_all(first.iter().map(|body| server.book(body)));
        let (first_made, (busy, last, ())) = tokio::join!(first_made, gathered);
        let last = last.made();
        for made in first_made.into_iter().chain(busy) {
            made.made();
        }
        let before = format!(
            "SELECT count(*) FROM bookings WHERE created_at < (SELECT created_at FROM bookings WHERE id = '{}')",
            last["id"].as_str().unwrap()
        );
        let before = server.count(&before).await;
        assert!(before < 40, "{before} orders had their turn before it");
    })
    .await;
}

#[tokio::test]
async fn an_event_whose_holds_cannot_be_ended_keeps_no_other_waiting() {
    with_server(async |server| {
        let failing = pending(server, 1).await;
        pending(server, 1).await;
        fail(server, "bookings", "NEW.status = ''expired''").await;
        server.age_holds().await;
        server.until(EXPIRED, 1).await;
        let in_database = format!(
            "SELECT count(*) FROM bookings WHERE status = 'pending' AND id = '{}'",
            failing["id"].as_str().unwrap()
        );
        assert_eq!(server.count(&in_database).await, 1);
        // It is tried again.
        server.sql("DROP TRIGGER failing ON bookings").await;
        server.until(EXPIRED, 2).await;
    })
    .await;
}

#[tokio::test]
async fn an_event_whose_tickets_are_locked_keeps_no_hold_of_another_from_ending() {
    with_server(async |server| {
        pending(server, 1).await;
        let mut client = server.db.get().await.unwrap();
        let locking = client.transaction().await.unwrap();
        let lock = "SELECT FROM tickets WHERE event_id = 1 AND booking_id IS NOT NULL FOR UPDATE";
        assert_eq!(locking.query(lock, &[]).await.unwrap().len(), 1);
        pending(server, 1).await;
        server.age_holds().await;
        server.until(EXPIRED, 1).await;
        locking.rollback().await.unwrap();
        server.until(EXPIRED, 2).await;
    })
    .await;
}

/// Payments of one event that are charged, whose answers were lost, and whose outcome was due a while ago.
async fn unanswered(server: &Server, gateway: &FaultyGateway, count: usize) -> Vec<Value> {
    let event = server.event(&[general("ga", 100)]).await;
    gateway.set(|fault| &fault.loses_answers, true);
    let mut payments = Vec::new();
    for _ in 0..count {
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        let booking = server.book(&body).await.made();
        let paying = server.pay(&booking, GOOD_CARD).await;
        assert_eq!(paying.status, 202, "{}", paying.json);
        payments.push(paying.json);
    }
    gateway.set(|fault| &fault.loses_answers, false);
    payments
}

async fn make_due(server: &Server) {
    server
        .sql("UPDATE payments SET recover_at = now() - interval '1 hour' WHERE status = 'processing'")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_never_answers_for_charges_delays_no_refund() {
    with_gateway(&[], async |server, gateway| {
        let refunded = pending(server, 1).await;
        server.pay(&refunded, GOOD_CARD).await.made();
        gateway.set(|fault| &fault.rejects_refunds, true);
        assert_eq!(server.cancel(&refunded).await.status, 200);
        gateway.set(|fault| &fault.rejects_refunds, false);
        unanswered(server, gateway, MANY).await;
        gateway.set(|fault| &fault.hangs_at_status, true);
        make_due(server).await;
        while gateway.asked() < boxoffice::postgres::lease::AT_ONCE_MAX {
            tokio::task::yield_now().await;
        }
        server
            .sql("UPDATE payments SET recover_at = now() WHERE status = 'succeeded'")
            .await;
        server.until(REFUNDED, 1).await;
        assert_eq!(server.count(PROCESSING).await, MANY as i64);
        gateway.resume();
        server.until(CONFIRMED, MANY as i64).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_of_an_event_that_cannot_be_leased_keep_no_others_waiting() {
    with_gateway(&[], async |server, gateway| {
        unanswered(server, gateway, MANY).await;
        let condition = "NEW.recover_attempts > OLD.recover_attempts";
        fail(server, "payments", condition).await;
        make_due(server).await;
        unanswered(server, gateway, 1).await;
        server
            .sql("UPDATE payments SET recover_at = now() WHERE event_id = (SELECT max(event_id) FROM events)")
            .await;
        server.until(CONFIRMED, 1).await;
        server.sql("DROP TRIGGER failing ON payments").await;
        server.until(CONFIRMED, MANY as i64 + 1).await;
    })
    .await;
}

/// Ten seconds, and then nobody waits for it any longer.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_never_answers_is_not_waited_for() {
    with_gateway(&[], async |server, gateway| {
        let payments = unanswered(server, gateway, 1).await;
        gateway.set(|fault| &fault.hangs_at_status, true);
        gateway.set(|fault| &fault.hangs_at_webhooks, true);
        make_due(server).await;
        let attempted = async {
            // Its lease has not ended: the attempt has.
            let retried = "SELECT count(*) FROM payments WHERE recover_attempts = 1
                AND recover_at BETWEEN now() AND now() + interval '6 seconds'";
            server.until(retried, 1).await;
        };
        let notice = notice(&payments[0], "payment.succeeded");
        let ((), told) = tokio::join!(attempted, server.webhook(&notice));
        assert_eq!(told.problem(503), "unavailable");
        gateway.resume();
        server.until(CONFIRMED, 1).await;
    })
    .await;
}
