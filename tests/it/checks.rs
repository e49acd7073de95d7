//! `boxoffice check` finds what is broken, and names it: each rule is broken by hand.

use boxoffice::check::{self, Scope, check};
use boxoffice::postgres::{Client, Db};
use boxoffice::types::EventNo;

use crate::support::fresh_database;

/// Two events of ten tickets each, with a booking each that is paid, one that is pending, and one that was
/// cancelled and refunded.
const BOOKS: &str = "
    INSERT INTO venues (name, city, country, time_zone) VALUES ('Hall', 'Porto', 'PT', 'Europe/Lisbon');
    INSERT INTO events (public_id, venue_id, name, starts_at, on_sale_at, currency, search_text)
    SELECT gen_random_uuid(), venue_id, 'Show', now() + interval '1 day', now() - interval '1 day', 'EUR', 'show'
    FROM venues, generate_series(1, 2);
    INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating)
    SELECT event_id, 1, 'ga', 'GA', 1000, 10, 'general' FROM events;
    INSERT INTO tickets (event_id, tier_no, seat_no) SELECT event_id, 1, n FROM events, generate_series(1, 10) AS n;
    CREATE TEMP TABLE made AS
    SELECT event_id, s.status, gen_random_uuid() AS booking, gen_random_uuid() AS payment,
           CASE s.status WHEN 'confirmed' THEN '{1,2,3}'::int[] WHEN 'pending' THEN '{4,5}' ELSE '{6,7}' END AS seats
    FROM events, unnest('{confirmed,pending,cancelled}'::text[]) AS s (status);
    INSERT INTO bookings (event_id, id, buyer_id, idempotency_key, request_fingerprint, status, total_minor, currency,
                          created_at, expires_at, confirmed_at, ended_at, turn)
    SELECT event_id, booking, gen_random_uuid(), 'k', '', status, 1000 * cardinality(seats), 'EUR', now(),
           CASE status WHEN 'pending' THEN now() + interval '5 minutes' END,
           CASE status WHEN 'pending' THEN NULL ELSE now() END,
           CASE status WHEN 'cancelled' THEN now() END, 1
    FROM made;
    INSERT INTO booking_items SELECT event_id, booking, 1, cardinality(seats), 1000, seats FROM made;
    UPDATE tickets AS t SET booking_id = made.booking FROM made
    WHERE t.event_id = made.event_id AND t.seat_no = ANY (made.seats) AND made.status <> 'cancelled';
    INSERT INTO payments (event_id, id, booking_id, idempotency_key, request_fingerprint, status, amount_minor, currency,
                          card_brand, card_last4, created_at, answered_at, one_shot, recover_attempts,
                          refund_requested_at, refunded_at)
    SELECT event_id, payment, booking, 'k', '', CASE status WHEN 'confirmed' THEN 'succeeded' ELSE 'refunded' END,
           1000 * cardinality(seats), 'EUR', 'visa', '4242', now(), now(), false, 0,
           CASE status WHEN 'cancelled' THEN now() END, CASE status WHEN 'cancelled' THEN now() END
    FROM made WHERE status <> 'pending';
    INSERT INTO gateway_charges (payment_id, status, amount_minor, currency, created_at)
    SELECT id, 'succeeded', amount_minor, currency, now() FROM payments;
    INSERT INTO gateway_refunds SELECT id, amount_minor, currency, now() FROM payments WHERE status = 'refunded';
    INSERT INTO check_in_lists (event_id, id, name, allows_reentry) SELECT event_id, md5('list')::uuid, 'All', false FROM events;
    INSERT INTO gates (event_id, id, list_id, name) SELECT event_id, md5('gate')::uuid, md5('list')::uuid, 'A' FROM events;
    INSERT INTO scans (event_id, id, fingerprint, gate_id, list_id, kind, scanned_at, recorded_at, result, tier_no, seat_no,
                       issue, by_kind, by_name)
    SELECT event_id, md5(n::text)::uuid, '', md5('gate')::uuid, md5('list')::uuid, 'entry', now(), now(), 'admitted', 1, n, 0,
           'api_token', 'door'
    FROM events, generate_series(1, 2) AS n;
    INSERT INTO check_ins (event_id, list_id, tier_no, seat_no, issue, gate_id, entered_at, entries, last_scan, recorded_at)
    SELECT event_id, list_id, tier_no, seat_no, issue, gate_id, now(), 1, id, now() FROM scans;
    DROP TABLE made";

/// A payment of the pending booking of the first event that is under way since then.
fn processing(since: &str) -> String {
    format!(
        "UPDATE bookings SET paying_until = now() + interval '1 minute' WHERE event_id = 1 AND status = 'pending';
         INSERT INTO payments (event_id, id, booking_id, idempotency_key, request_fingerprint, status, amount_minor,
                               currency, card_brand, card_last4, created_at, one_shot, recover_at, recover_attempts)
         SELECT 1, gen_random_uuid(), id, 'k', '', 'processing', total_minor, 'EUR', 'visa', '4242',
                now() - interval '{since}', false, now(), 9
         FROM bookings WHERE event_id = 1 AND status = 'pending'"
    )
}

/// A refund of the first event that is due since then.
fn refund_due(since: &str) -> String {
    format!(
        "DELETE FROM gateway_refunds;
         UPDATE payments SET status = 'succeeded', refunded_at = NULL, recover_at = now(),
                             refund_requested_at = now() - interval '{since}'
         WHERE status = 'refunded'"
    )
}

pub(crate) async fn books() -> (Db, Client) {
    let db = Db::new(&fresh_database().await, 4).unwrap();
    let client = db.get().await.unwrap();
    client.batch_execute(BOOKS).await.unwrap();
    (db, client)
}

/// Makes the books anew; the schema stays as it is.
async fn repair(client: &Client) {
    let empty = "TRUNCATE venues, events, tiers, tickets, bookings, booking_items, booking_lines, promo_codes, payments, webhook_events,
        gateway_charges, gateway_refunds, gateway_part_refunds, gateway_deliveries, refunds, booking_changes, booking_change_items, paid_differences, call_offs, moves, move_answers, sales_read, sales_quarters, sales_ways, check_in_lists, gates, scans, check_ins, questions, answers RESTART IDENTITY CASCADE";
    client.batch_execute(empty).await.unwrap();
    client.batch_execute(BOOKS).await.unwrap();
}

/// The rules that are broken.
async fn broken(db: &Db, scope: &Scope) -> Vec<&'static str> {
    let report = check::check_scope(db, scope, |_, _, _| {}).await.unwrap();
    let mut rules: Vec<_> = report
        .violations
        .iter()
        .map(|found| found.invariant)
        .collect();
    rules.dedup();
    rules
}

const FREED: &str = "UPDATE tickets SET booking_id = NULL WHERE event_id = 1 AND seat_no = 1";
const TAKEN: &str =
    "UPDATE tickets SET booking_id = md5('nobody')::uuid WHERE event_id = 1 AND seat_no = 9";

/// Rules, and rows that break them.
pub(crate) const ROWS: [(&str, &str); 52] = [
    ("ticket_has_its_booking", TAKEN),
    (
        "seat_in_one_booking",
        "UPDATE booking_items SET seats = '{2,5}' WHERE event_id = 1 AND seats = '{4,5}'",
    ),
    ("booking_holds_its_quantity", FREED),
    ("booking_holds_listed_seats", FREED),
    (
        "booking_lists_a_seat_once",
        "UPDATE booking_items SET seats = '{1,2,1}' WHERE event_id = 1 AND quantity = 3",
    ),
    (
        "booking_lists_a_seat_once",
        "UPDATE booking_items SET seats = '{7,7}' WHERE event_id = 1 AND seats = '{6,7}'",
    ),
    (
        "booking_adds_up",
        "INSERT INTO booking_lines
         SELECT event_id, id, 1, 'tickets', '', 1, 3, NULL, total_minor, true FROM bookings
         WHERE event_id = 1 AND status = 'confirmed';
         INSERT INTO booking_lines
         SELECT event_id, id, 2, 'fee', 'Fee', NULL, NULL, NULL, 1, true FROM bookings
         WHERE event_id = 1 AND status = 'confirmed'",
    ),
    (
        "nothing_without_its_booking",
        "INSERT INTO booking_lines VALUES (1, md5('nobody')::uuid, 1, 'tickets', '', 1, 3, NULL, 3000, true)",
    ),
    (
        "code_is_used_as_often_as_it_may",
        "INSERT INTO promo_codes (event_id, code_no, code, max_uses, tiers) VALUES (1, 1, 'X', 1, '{ga}');
         UPDATE bookings SET code_no = 1 WHERE event_id = 1 AND status IN ('pending', 'confirmed');
         INSERT INTO booking_lines
         SELECT b.event_id, b.id, n, CASE n WHEN 1 THEN 'tickets' ELSE 'discount' END, CASE n WHEN 1 THEN '' ELSE 'X' END,
                1, 1, NULL, CASE n WHEN 1 THEN b.total_minor ELSE 0 END, true
         FROM bookings AS b, generate_series(1, 2) AS n WHERE b.code_no = 1",
    ),
    (
        "code_is_used_as_often_as_it_may",
        "UPDATE bookings SET code_no = 9 WHERE event_id = 1 AND status = 'pending'",
    ),
    (
        "booked_after_opening",
        "UPDATE events SET on_sale_at = now() + interval '1 hour'",
    ),
    (
        "confirmed_booking_is_paid",
        "UPDATE payments SET amount_minor = 1 WHERE event_id = 1 AND status = 'succeeded'",
    ),
    (
        "confirmed_booking_is_paid",
        "DELETE FROM payments WHERE event_id = 1 AND status = 'succeeded'",
    ),
    // Paid by card, and sold at the box office; the other way round; a block that somebody has paid.
    (
        "confirmed_booking_is_paid",
        "UPDATE bookings SET kind = 'box_office' WHERE event_id = 1 AND status = 'confirmed'",
    ),
    (
        "confirmed_booking_is_paid",
        "UPDATE payments SET method = 'cash', card_brand = '', card_last4 = '' WHERE event_id = 1 AND status = 'succeeded'",
    ),
    (
        "confirmed_booking_is_paid",
        "UPDATE bookings SET kind = 'withheld', total_minor = 0 WHERE event_id = 1 AND status = 'confirmed'",
    ),
    (
        "admitted_ticket_is_sold",
        "UPDATE bookings SET kind = 'withheld', total_minor = 0 WHERE event_id = 1 AND status = 'confirmed'",
    ),
    (
        "sales_are_added_up",
        "INSERT INTO sales_read (event_id) VALUES (1); INSERT INTO sales_ways VALUES (1, 1, now(), 'cash', 1, 0, 0, 0)",
    ),
    (
        "hold_ends",
        "UPDATE bookings SET expires_at = now() - interval '2 minutes' WHERE status = 'pending'",
    ),
    (
        "called_off_event_is_over",
        "UPDATE events SET status = 'called_off', called_off_at = now() WHERE event_id = 1;
         INSERT INTO call_offs (event_id, bookings, cancelled_at) VALUES (1, 2, now())",
    ),
    (
        "called_off_event_is_over",
        "INSERT INTO call_offs (event_id, bookings) VALUES (2, 0)",
    ),
    (
        "moved_event_is_where_it_is_said",
        "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
         SELECT event_id, 1, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1",
    ),
    (
        "moved_event_is_where_it_is_said",
        "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
         SELECT event_id, 1, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1;
         UPDATE events SET moves = 1, moved_at = now(), moved_from = starts_at, answer_until = starts_at,
                           starts_at = starts_at + interval '1 day' WHERE event_id = 1",
    ),
    (
        "returned_booking_is_refunded",
        "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
         SELECT event_id, 1, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1;
         UPDATE events SET moves = 1, moved_at = now(), moved_from = starts_at, answer_until = starts_at
         WHERE event_id = 1;
         INSERT INTO move_answers (event_id, booking_id, move_no, answer)
         SELECT 1, id, 1, 'return' FROM bookings WHERE event_id = 1 AND status = 'confirmed' LIMIT 1",
    ),
    (
        "returned_booking_is_refunded",
        "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
         SELECT event_id, 1, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1;
         UPDATE events SET moves = 1, moved_at = now(), moved_from = starts_at, answer_until = starts_at
         WHERE event_id = 1;
         INSERT INTO move_answers (event_id, booking_id, move_no, answer) VALUES (1, md5('nobody')::uuid, 1, 'keep')",
    ),
    (
        "sales_are_added_up",
        "INSERT INTO sales_read (event_id, confirmed_at, confirmed) VALUES (1, now() + interval '1 hour', 2)",
    ),
    (
        "sales_are_added_up",
        "INSERT INTO sales_quarters VALUES (2, 1, now(), 1, 0, 0, 0); INSERT INTO sales_read (event_id) VALUES (2)",
    ),
    (
        "admitted_ticket_is_sold",
        "UPDATE check_ins SET issue = 1; UPDATE scans SET issue = 1",
    ),
    (
        "admitted_ticket_is_sold",
        "UPDATE check_ins SET seat_no = 4 WHERE seat_no = 1; UPDATE scans SET seat_no = 4 WHERE seat_no = 1",
    ),
    (
        "admitted_ticket_is_sold",
        "UPDATE check_ins SET seat_no = 9 WHERE seat_no = 1; UPDATE scans SET seat_no = 9 WHERE seat_no = 1",
    ),
    (
        "check_in_has_its_scans",
        "DELETE FROM check_ins WHERE event_id = 1 AND seat_no = 1",
    ),
    (
        "check_in_has_its_scans",
        "UPDATE check_ins SET left_at = now() WHERE event_id = 1 AND seat_no = 1",
    ),
    (
        "check_in_has_its_scans",
        "INSERT INTO scans SELECT event_id, md5('again')::uuid, fingerprint, gate_id, list_id, kind, scanned_at,
                recorded_at, result, conflict, tier_no, seat_no, issue, since, since_gate, other_event, undoes, undone_at,
                by_kind, by_id, by_name
         FROM scans WHERE event_id = 1 AND seat_no = 1",
    ),
    (
        "tier_shares_a_stock",
        "UPDATE booking_items SET stock_tier_no = 2 WHERE event_id = 1",
    ),
    (
        "tier_shares_a_stock",
        "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, stock_tier_no)
         VALUES (1, 2, 'reduced', 'Reduced', 1, 9, 'general', 1)",
    ),
    (
        "tier_has_its_tickets",
        "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, stock_tier_no)
         VALUES (1, 2, 'reduced', 'Reduced', 1, 10, 'general', 1);
         INSERT INTO tickets (event_id, tier_no, seat_no) VALUES (1, 2, 1)",
    ),
    (
        "answer_has_its_question",
        "INSERT INTO answers (event_id, booking_id, question_no, tier_no, seat_no, answer)
         SELECT event_id, id, 1, 0, 0, 'x' FROM bookings WHERE event_id = 1",
    ),
    (
        "answer_has_its_question",
        "INSERT INTO questions (event_id, question_no, asked_of, kind, label, is_required, at_door, position)
         VALUES (1, 1, 'order', 'text', '?', false, false, 0)",
    ),
    (
        "answer_has_its_question",
        "UPDATE events SET asks = true WHERE event_id = 2",
    ),
    (
        "refunds_fit_their_charge",
        "UPDATE payments SET returned_minor = 1 WHERE event_id = 1 AND status = 'succeeded'",
    ),
    (
        "refunds_fit_their_charge",
        "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                              recover_attempts)
         SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'refunded', now(), 0 FROM payments
         WHERE event_id = 1 AND status = 'succeeded';
         INSERT INTO gateway_part_refunds SELECT id, payment_id, 500, 'EUR', now() FROM refunds",
    ),
    (
        "refund_is_in_both_books",
        "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                              recover_attempts)
         SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'refunded', now(), 0 FROM payments
         WHERE event_id = 1 AND status = 'succeeded';
         UPDATE payments SET returned_minor = 500 WHERE event_id = 1 AND status = 'succeeded'",
    ),
    (
        "refund_is_in_both_books",
        "INSERT INTO gateway_part_refunds SELECT md5('part')::uuid, id, 500, 'EUR', now() FROM payments
         WHERE event_id = 1 AND status = 'succeeded'",
    ),
    (
        "refund_is_made",
        "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, requested_at,
                              recover_at, recover_attempts)
         SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'due', now() - interval '61 minutes', now(), 9
         FROM payments WHERE event_id = 1 AND status = 'succeeded';
         UPDATE payments SET returned_minor = 500 WHERE event_id = 1 AND status = 'succeeded'",
    ),
    // What the provider has said to be pending is waited for, but not for ever.
    (
        "refund_is_made",
        "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, requested_at,
                              recover_at, recover_attempts, refund_pending)
         SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'due', now() - interval '15 days', now(), 9, true
         FROM payments WHERE event_id = 1 AND status = 'succeeded';
         UPDATE payments SET returned_minor = 500 WHERE event_id = 1 AND status = 'succeeded'",
    ),
    (
        "refunds_fit_their_charge",
        "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, recover_attempts)
         SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'void', 0 FROM payments
         WHERE event_id = 1 AND status = 'succeeded'",
    ),
    (
        "charge_has_its_name",
        "DELETE FROM gateway_charges USING payments AS p WHERE p.id = payment_id AND p.event_id = 1 AND p.status = 'succeeded';
         UPDATE payments SET provider = 'stripe' WHERE event_id = 1 AND status = 'succeeded'",
    ),
    (
        "change_adds_up",
        "INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint,
                                      refund_minor, refund_id, waived_minor)
         SELECT 1, id, md5('change')::uuid, 'handed_over', 'k', '', 500, md5('part')::uuid, 0 FROM bookings
         WHERE event_id = 1 AND status = 'confirmed'",
    ),
    (
        "booking_adds_up",
        "INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint,
                                      refund_minor, waived_minor)
         SELECT 1, id, md5('change')::uuid, 'returned', 'k', '', 0, 0 FROM bookings
         WHERE event_id = 1 AND status = 'confirmed';
         INSERT INTO booking_change_items (event_id, booking_id, change_id, tier_no, removed, added, removed_minor,
                                           added_minor)
         SELECT 1, booking_id, id, 1, '{8}', '{}', 1000, 0 FROM booking_changes",
    ),
    (
        "nothing_without_its_booking",
        "INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint,
                                      refund_minor, waived_minor)
         VALUES (1, md5('nobody')::uuid, md5('change')::uuid, 'handed_over', 'k', '', 0, 0)",
    ),
    (
        "difference_is_its_tickets",
        "INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint,
                                      refund_minor, waived_minor)
         SELECT 1, id, md5('change')::uuid, 'handed_over', 'k', '', 0, 0 FROM bookings
         WHERE event_id = 1 AND status = 'confirmed';
         INSERT INTO paid_differences (event_id, booking_id, change_id, ticket_no, tier_no, seat_no, amount_minor, method)
         SELECT 1, booking_id, id, 1, 1, 1, 500, 'cash' FROM booking_changes",
    ),
    (
        "event_has_its_organisation",
        "UPDATE events SET organisation_id = 99",
    ),
];

/// Rules, and changes of the schema that break them.
const SCHEMA: [(&str, &str); 6] = [
    ("indexes_stand", "DROP INDEX tickets_free"),
    (
        "indexes_stand",
        "DROP INDEX tickets_free;
         CREATE INDEX tickets_free ON tickets (event_id, tier_no, seat_no) WHERE booking_id IS NOT NULL",
    ),
    (
        "indexes_stand",
        "DROP INDEX bookings_pending;
         CREATE INDEX bookings_pending ON bookings (event_id, expires_at) WHERE status = 'failed'",
    ),
    (
        "indexes_stand",
        "DROP INDEX payments_live_key;
         CREATE UNIQUE INDEX payments_live_key ON payments (event_id, booking_id) WHERE status = 'processing'",
    ),
    (
        "checks_stand",
        "ALTER TABLE bookings DROP CONSTRAINT bookings_pending_check",
    ),
    (
        "checks_stand",
        "ALTER TABLE tickets DROP CONSTRAINT tickets_seat_no_check;
         ALTER TABLE tickets ADD CONSTRAINT tickets_seat_no_check CHECK (seat_no >= 1) NOT VALID",
    ),
];

#[tokio::test]
async fn each_rule_finds_what_breaks_it() {
    let owned = |cases: &[(&'static str, &str)]| -> Vec<(&str, String)> {
        let cases = cases.iter();
        cases.map(|&(rule, text)| (rule, text.to_owned())).collect()
    };
    let late = [
        ("payment_is_answered", processing("61 minutes")),
        ("refund_is_made", refund_due("61 minutes")),
    ];
    // A ticket that is missing in the index, and one that is there and taken.
    let index = [
        ("free_index", while_the_index_is_off(FREED)),
        ("free_index", while_the_index_has_no_predicate(TAKEN)),
    ];
    let cases = owned(&ROWS).into_iter().chain(late).chain(index);
    let cases = cases.chain(owned(&SCHEMA));
    let (mut db, mut client) = books().await;
    for (rule, broken_by) in cases {
        assert_eq!(check(&db).await.unwrap(), [], "before: {broken_by}");
        client.batch_execute(&broken_by).await.expect(&broken_by);
        let found = broken(&db, &Scope::default()).await;
        assert!(found.contains(&rule), "{broken_by}: {found:?}");
        if rule.ends_with("_stand") {
            (db, client) = books().await;
        } else {
            repair(&client).await;
        }
    }
}

/// Makes the index of free tickets miss a change, as after a fault of the disk: a ticket that becomes free gets no
/// entry.
fn while_the_index_is_off(statement: &str) -> String {
    let set = |is_on: bool| {
        format!(
            "UPDATE pg_index SET indisready = {is_on}, indislive = {is_on} WHERE indexrelid = 'tickets_free'::regclass"
        )
    };
    format!("{}; {statement}; {}", set(false), set(true))
}

/// As [`while_the_index_is_off`]; a ticket that is taken keeps its entry.
fn while_the_index_has_no_predicate(statement: &str) -> String {
    format!(
        "CREATE TEMP TABLE kept AS SELECT indpred FROM pg_index WHERE indexrelid = 'tickets_free'::regclass;
         UPDATE pg_index SET indpred = NULL WHERE indexrelid = 'tickets_free'::regclass;
         {statement};
         UPDATE pg_index SET indpred = kept.indpred FROM kept WHERE indexrelid = 'tickets_free'::regclass"
    )
}

/// It reads the index as it is on the disk, so a fault of the extension itself is not mistaken for one of the index.
#[tokio::test]
async fn amcheck_is_asked_where_it_is_installed() {
    let (db, client) = books().await;
    client
        .batch_execute("CREATE EXTENSION amcheck")
        .await
        .unwrap();
    assert_eq!(check(&db).await.unwrap(), []);
    client
        .batch_execute(&while_the_index_is_off(FREED))
        .await
        .unwrap();
    let found = check(&db).await.unwrap();
    let last = found
        .last()
        .map(|found| (found.invariant, found.detail.starts_with("amcheck: ")));
    assert_eq!(last, Some(("free_index", true)), "{found:?}");
}

#[tokio::test]
async fn what_is_late_by_less_is_not_reported() {
    let (db, client) = books().await;
    for late in [
        "UPDATE bookings SET expires_at = now() - interval '30 seconds' WHERE status = 'pending'"
            .to_owned(),
        processing("59 minutes"),
        refund_due("59 minutes"),
        // A hold that is over is kept by a payment.
        processing("1 minute")
            + "; UPDATE bookings SET expires_at = now() - interval '1 hour' WHERE status = 'pending' AND event_id = 1",
    ] {
        client.batch_execute(&late).await.expect(&late);
        assert_eq!(check(&db).await.unwrap(), [], "{late}");
        repair(&client).await;
    }
}

#[tokio::test]
async fn work_that_is_due_is_nobodys_fault_where_no_server_runs() {
    let (db, client) = books().await;
    let late =
        "UPDATE bookings SET expires_at = now() - interval '2 hours' WHERE status = 'pending'";
    client.batch_execute(late).await.unwrap();
    let scope = Scope {
        is_served: false,
        ..Scope::default()
    };
    let report = check::check_scope(&db, &scope, |_, _, _| {}).await.unwrap();
    assert_eq!(report.violations, []);
    let skipped: Vec<_> = report.skipped.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(
        skipped,
        ["hold_ends", "payment_is_answered", "refund_is_made"]
    );
}

#[tokio::test]
async fn the_books_of_the_simulated_gateway_are_compared_with_no_others() {
    let (db, client) = books().await;
    client
        .batch_execute(
            "TRUNCATE gateway_charges, gateway_refunds, gateway_part_refunds, gateway_deliveries",
        )
        .await
        .unwrap();
    assert_eq!(
        broken(&db, &Scope::default()).await,
        ["charge_is_in_both_books", "refund_is_in_both_books"]
    );
    let by_another =
        "UPDATE payments SET provider = 'stripe', reference = 'pi_' || id WHERE method = 'card'";
    client.batch_execute(by_another).await.unwrap();
    assert_eq!(broken(&db, &Scope::default()).await, [""; 0]);
}

#[tokio::test]
async fn one_event_is_checked_without_the_others() {
    let (db, client) = books().await;
    let scope = |event| Scope {
        event: Some(EventNo(event)),
        ..Scope::default()
    };
    for (rule, broken_by) in [
        (
            "ticket_has_its_booking",
            "UPDATE tickets SET booking_id = md5('nobody')::uuid WHERE event_id = 1 AND seat_no = 9",
        ),
        (
            "booking_adds_up",
            "UPDATE bookings SET total_minor = 7 WHERE event_id = 1",
        ),
        (
            "tier_has_its_tickets",
            "DELETE FROM tickets WHERE event_id = 1 AND seat_no = 10",
        ),
        (
            "charge_is_in_both_books",
            "UPDATE gateway_charges SET currency = 'USD' WHERE payment_id IN (SELECT id FROM payments WHERE event_id = 1)",
        ),
        (
            "nothing_without_its_booking",
            "DELETE FROM bookings WHERE event_id = 1 AND status = 'pending'",
        ),
    ] {
        client.batch_execute(broken_by).await.unwrap();
        let found = broken(&db, &scope(1)).await;
        assert!(found.contains(&rule), "{broken_by}: {found:?}");
        assert_eq!(broken(&db, &scope(2)).await, [""; 0], "{broken_by}");
    }
}

/// The lock that can be seen is of this moment: the transaction that has it is made older.
#[tokio::test]
async fn a_transaction_that_has_locked_tickets_for_a_minute_is_named() {
    let (db, client) = books().await;
    let rule = include_str!("../../src/check/tickets_are_locked_shortly.sql");
    let older = |seconds: u32| {
        format!(
            "WITH pg_stat_activity AS (
                 SELECT pid, application_name, state, xact_start - interval '{seconds} seconds' AS xact_start
                 FROM pg_catalog.pg_stat_activity)
             {rule}"
        )
    };
    for lock in [
        "SELECT FROM tickets WHERE event_id = 1 AND seat_no = 1 FOR UPDATE",
        "LOCK TABLE tickets IN SHARE MODE",
    ] {
        let holder = db.get().await.unwrap();
        holder.batch_execute("BEGIN").await.unwrap();
        holder.batch_execute(lock).await.unwrap();
        let pid: i32 = holder
            .query_one("SELECT pg_backend_pid()", &[])
            .await
            .unwrap()
            .get(0);
        assert!(
            client.query(&older(0), &[]).await.unwrap().is_empty(),
            "{lock}"
        );
        let found = client.query(&older(61), &[]).await.unwrap();
        let pids: Vec<i32> = found.iter().map(|row| row.get("pid")).collect();
        assert_eq!(pids, [pid], "{lock}");
        holder.batch_execute("ROLLBACK").await.unwrap();
    }
    let reader = db.get().await.unwrap();
    reader
        .batch_execute("BEGIN; SELECT FROM tickets")
        .await
        .unwrap();
    assert!(
        client.query(&older(61), &[]).await.unwrap().is_empty(),
        "a reader locks nothing"
    );
    reader.batch_execute("ROLLBACK").await.unwrap();
}

/// Each in a transaction that is undone, so that a new one cannot be forgotten.
#[tokio::test]
async fn every_check_and_every_unique_or_partial_index_of_the_schema_is_missed_when_it_is_gone() {
    let (_, client) = books().await;
    let checks = "SELECT conrelid::regclass::text, conname::text FROM pg_constraint
        WHERE contype = 'c' AND connamespace = 'public'::regnamespace";
    let indexes = "SELECT x.indrelid::regclass::text, c.relname::text FROM pg_index AS x
        JOIN pg_class AS c ON c.oid = x.indexrelid
        WHERE (x.indisunique OR x.indpred IS NOT NULL) AND c.relnamespace = 'public'::regnamespace
          AND x.indrelid <> 'refinery_schema_history'::regclass";
    for (things, rule, column) in [
        (
            checks,
            include_str!("../../src/check/checks_stand.sql"),
            "constraint_name",
        ),
        (
            indexes,
            include_str!("../../src/check/indexes_stand.sql"),
            "index_name",
        ),
    ] {
        let things = client.query(things, &[]).await.unwrap();
        assert!(things.len() > 20);
        for thing in things {
            let (table, name): (&str, &str) = (thing.get(0), thing.get(1));
            client.batch_execute("BEGIN").await.unwrap();
            let drop = format!(
                "ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name} CASCADE; DROP INDEX IF EXISTS {name}"
            );
            client.batch_execute(&drop).await.expect(&drop);
            let missed = client.query(rule, &[]).await.unwrap();
            client.batch_execute("ROLLBACK").await.unwrap();
            let missed: Vec<&str> = missed.iter().map(|row| row.get(column)).collect();
            assert_eq!(missed, [name], "of {table}");
        }
    }
}
