//! Money that comes after the hold: which tickets it gets while others lock, hold or take them, and when it goes
//! back.

use boxoffice::allocator::release;
use boxoffice::postgres::{Client, Transaction};
use boxoffice::types::EventNo;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::late_payments::{CHARGED, PROCESSING};
use crate::organising::Program;
use crate::payment_races::{DUE, REFUNDED, buy, charged_and_expired, tell};
use crate::support::gate::{Gate, Moment};
use crate::support::gateway::{NO_WEBHOOKS, notice};
use crate::support::{CONFIRMED, FREE, Server, general, numbered, order, text, with_settings};

/// Transactions that wait for a ticket, and have not taken a buyer's turn: that is an update of `bookings`.
const WAITS_WITHOUT_TURN: &str = "SELECT count(*) FROM pg_stat_activity AS a
    WHERE wait_event IN ('transactionid', 'tuple') AND datname = current_database()
      AND NOT EXISTS (SELECT FROM pg_locks AS l
                      WHERE l.pid = a.pid AND l.granted AND l.mode = 'RowExclusiveLock'
                        AND l.relation = 'bookings'::regclass)";

const EXPIRED: &str = "SELECT count(*) FROM bookings WHERE status = 'expired'";

/// No server ends overdue holds by itself any more: it finds no event that has some.
pub(crate) async fn stop_expiry(server: &Server) {
    server
        .sql(
            "CREATE OR REPLACE VIEW events_on_hold (event_id, first_expires_at) AS
             SELECT NULL::bigint, NULL::timestamptz WHERE false",
        )
        .await;
}

/// The holds of all pending bookings are over, and are ended.
async fn end_holds(server: &Server) {
    server
        .sql("UPDATE bookings SET expires_at = now(), paying_until = NULL WHERE status = 'pending'")
        .await;
    let event = EventNo(server.count("SELECT max(event_id) FROM events").await);
    release::expire(&server.db, event).await.unwrap();
}

/// As a batch does that comes up short.
async fn lock<'c>(client: &'c mut Client, what: &str) -> Transaction<'c> {
    let transaction = client.transaction().await.unwrap();
    let locked = format!("SELECT FROM {what} FOR UPDATE");
    assert!(!transaction.query(&locked, &[]).await.unwrap().is_empty());
    transaction
}

/// A booking of these seats of row A, by name, in an event of twenty.
async fn named(server: &Server, numbers: &[i64]) -> Value {
    let event = server.event(&[numbered("vip", 20, &[10])]).await;
    server.book(&seats(event, numbers)).await.made()
}

fn seats(event: Uuid, numbers: &[i64]) -> Value {
    let seat = |number: &i64| json!({"tier": "vip", "row": "A", "number": number});
    let seats: Vec<Value> = numbers.iter().map(seat).collect();
    json!({"event_id": event, "buyer_id": Uuid::new_v4(), "seats": seats})
}

async fn assert_confirmed(server: &Server, booking: &Value) {
    let now = server.booking(booking).await;
    assert_eq!(now["status"], "confirmed");
    assert_eq!(now["items"], booking["items"], "the very same tickets");
    assert_eq!(server.count(REFUNDED).await, 0);
}

async fn assert_refunded(server: &Server, booking: &Value) {
    server.until(DUE, 0).await;
    assert_eq!(server.count(REFUNDED).await, 1);
    assert_eq!(server.count(CHARGED).await, 0);
    let now = server.booking(booking).await;
    assert_eq!(
        (&now["status"], &now["items"]),
        (&json!("expired"), &booking["items"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_waits_for_tickets_that_another_order_has_locked_for_a_moment() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payment = charged_and_expired(server).await;
        let mut client = server.db.get().await.unwrap();
        let locking = lock(&mut client, "tickets WHERE event_id = 1 AND seat_no <= 2").await;
        let give_back = async {
            server.until(WAITS_WITHOUT_TURN, 1).await;
            locking.rollback().await.unwrap();
        };
        tokio::join!(tell(server, &payment), give_back);
        assert_confirmed(server, &payment["booking"]).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_for_named_seats_waits_for_these_although_others_are_free() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let booked = named(server, &[4, 5]).await;
        let payment = server.charge_without_webhook(&booked).await;
        end_holds(server).await;
        let mut client = server.db.get().await.unwrap();
        // To choose from, as a batch of numbered seats does.
        let locking = lock(&mut client, "tickets WHERE event_id = 1 AND seat_no = 5").await;
        let give_back = async {
            server.until(WAITS_WITHOUT_TURN, 1).await;
            locking.rollback().await.unwrap();
        };
        tokio::join!(tell(server, &payment), give_back);
        assert_confirmed(server, &booked).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_for_named_seats_goes_back_if_one_of_them_is_gone() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let booked = named(server, &[4, 5]).await;
        let payment = server.charge_without_webhook(&booked).await;
        end_holds(server).await;
        let event = text(&booked["event_id"]).parse().unwrap();
        server.book(&seats(event, &[5])).await.made();
        tell(server, &payment).await;
        assert_refunded(server, &booked).await;
        assert_eq!(server.count(FREE).await, 19);
    })
    .await;
}

/// The order has locked two of the three tickets when the money comes, and takes them.
async fn late_money_waits_in_vain(is_same_buyer: bool) {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payment = charged_and_expired(server).await;
        let buyer = match is_same_buyer {
            true => text(&payment["booking"]["buyer_id"]).parse().unwrap(),
            false => Uuid::new_v4(),
        };
        let event = text(&payment["event_id"]).parse().unwrap();
        let gate = Gate::close(server, Moment::BeforeBookings).await;
        let body = order(event, buyer, &[("ga", 2)]);
        let pay = async {
            gate.until_waiting(1).await;
            let sell = async {
                server.until(WAITS_WITHOUT_TURN, 1).await;
                gate.open().await;
            };
            tokio::join!(tell(server, &payment), sell);
        };
        let (booked, ()) = tokio::join!(server.book(&body), pay);
        booked.made();
        assert_refunded(server, &payment["booking"]).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_goes_back_when_the_order_that_it_waits_for_takes_the_tickets() {
    late_money_waits_in_vain(false).await;
}

/// Both need the buyer's next turn: whoever waits for a ticket must not have it.
#[tokio::test(flavor = "multi_thread")]
async fn late_money_that_waits_for_another_order_of_its_buyer_is_not_in_the_way_of_it() {
    late_money_waits_in_vain(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_whose_tickets_stay_locked_is_neither_refunded_nor_forgotten() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payment = charged_and_expired(server).await;
        let mut client = server.db.get().await.unwrap();
        let locking = lock(&mut client, "tickets WHERE event_id = 1 AND seat_no <= 2").await;
        let notice = notice(&payment, "payment.succeeded");
        let limit = std::time::Duration::from_secs(20);
        let told = tokio::time::timeout(limit, server.webhook(&notice)).await;
        let told = told.expect("an answer");
        assert_eq!(told.problem(503), "unavailable");
        assert!(told.headers.contains_key("retry-after"));
        // Recovery does not record it either, and tries again.
        server.age_payments().await;
        let attempts = "SELECT count(*) FROM payments WHERE recover_attempts = 1
            AND recover_at BETWEEN now() AND now() + interval '6 seconds'";
        server.until(attempts, 1).await;
        assert_eq!(server.count(PROCESSING).await, 1);
        let taken = "SELECT count(*) FROM webhook_events";
        assert_eq!(server.count(taken).await, 0, "the gateway sends it again");
        locking.rollback().await.unwrap();
        server.age_payments().await;
        server.until(CONFIRMED, 1).await;
        assert_confirmed(server, &payment["booking"]).await;
        assert_eq!(server.webhook(&notice).await.status, 200);
        assert_confirmed(server, &payment["booking"]).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn overdue_holds_are_ended_before_late_money_goes_back() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payment = charged_and_expired(server).await;
        stop_expiry(server).await;
        buy(server, &payment).await.made();
        server.age_holds().await;
        tell(server, &payment).await;
        assert_confirmed(server, &payment["booking"]).await;
        assert_eq!(server.count(EXPIRED).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_does_not_go_back_while_another_process_ends_an_overdue_hold() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let payment = charged_and_expired(server).await;
        stop_expiry(server).await;
        buy(server, &payment).await.made();
        server.age_holds().await;
        let mut client = server.db.get().await.unwrap();
        let ending = lock(
            &mut client,
            "bookings WHERE event_id = 1 AND status = 'pending'",
        )
        .await;
        let told = server.webhook(&notice(&payment, "payment.succeeded")).await;
        assert_eq!(told.problem(503), "unavailable");
        assert_eq!(server.count(PROCESSING).await, 1);
        ending.rollback().await.unwrap();
        tell(server, &payment).await;
        assert_confirmed(server, &payment["booking"]).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_is_over_does_not_count_among_what_the_buyer_of_late_money_has() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let buyer = Uuid::new_v4();
        let body = order(event, buyer, &[("ga", 2)]);
        let booked = server.book(&body).await.made();
        let payment = server.charge_without_webhook(&booked).await;
        end_holds(server).await;
        stop_expiry(server).await;
        let more = order(event, buyer, &[("ga", 3)]);
        server.book(&more).await.made();
        server.age_holds().await;
        server
            .sql("UPDATE events SET max_tickets_per_booking = 3, max_tickets_per_buyer = 4")
            .await;
        tell(server, &payment).await;
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
        assert_eq!(server.count(REFUNDED).await, 0);
    })
    .await;
}

/// Enough ordinary seats are free: an order that has locked them for a moment is no reason to give the others away.
#[tokio::test(flavor = "multi_thread")]
async fn late_money_waits_for_ordinary_seats_and_takes_no_place_for_a_wheelchair() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let program = Program::new(server).await;
        let tier = json!({"tier": "vip", "name": "VIP", "price_minor": 1000, "capacity": 20, "row_blocks": [10],
            "wheelchair": ["A-1", "A-10"], "companion": ["A-2", "A-9"]});
        let event = program.published(json!([tier])).await;
        let body = order(text(&event["id"]).parse().unwrap(), Uuid::new_v4(), &[("vip", 2)]);
        let booked = server.book(&body).await.made();
        let payment = server.charge_without_webhook(&booked).await;
        end_holds(server).await;
        let mut client = server.db.get().await.unwrap();
        let locking = lock(&mut client, "tickets WHERE seat_no NOT IN (1, 2, 9, 10)").await;
        let give_back = async {
            server.until(WAITS_WITHOUT_TURN, 1).await;
            locking.rollback().await.unwrap();
        };
        tokio::join!(tell(server, &payment), give_back);
        assert_confirmed(server, &booked).await;
    })
    .await;
}
