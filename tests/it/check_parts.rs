//! Each part of each rule of `boxoffice check` finds rows that no other part of it finds: for every alternative in a rule
//! there is a statement that breaks the books in that way alone. Each in a transaction that is undone.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::checks::{ROWS, books};

/// Rules, and what breaks them. What a constraint or an index would refuse is written without it.
const PARTS: &[(&str, &[&str])] = &[
    (
        "ticket_has_its_booking",
        &[
            "DELETE FROM bookings WHERE event_id = 1 AND status = 'pending'",
            "UPDATE tickets AS t SET booking_id = b.id FROM bookings AS b
             WHERE t.event_id = 1 AND t.seat_no = 6 AND b.event_id = 1 AND b.status = 'cancelled'",
            "UPDATE booking_items SET seats = '{1,2,8}' WHERE event_id = 1 AND quantity = 3",
        ],
    ),
    (
        "ended_booking_holds_nothing",
        &[
            "UPDATE tickets AS t SET booking_id = b.id FROM bookings AS b
             WHERE t.event_id = 1 AND t.seat_no = 6 AND b.event_id = 1 AND b.status = 'cancelled'",
        ],
    ),
    (
        "booking_holds_its_quantity",
        &[
            "UPDATE tickets SET booking_id = NULL WHERE event_id = 1 AND seat_no = 4",
            "UPDATE tickets SET booking_id = NULL WHERE event_id = 1 AND seat_no IN (4, 5)",
            "ALTER TABLE booking_items DROP CONSTRAINT booking_items_seats_check;
             UPDATE booking_items SET seats = '{1,2}' WHERE event_id = 1 AND quantity = 3",
        ],
    ),
    (
        "booking_holds_listed_seats",
        &[
            "UPDATE tickets SET booking_id = NULL WHERE event_id = 1 AND seat_no = 4",
            "DELETE FROM tickets WHERE event_id = 1 AND seat_no = 1",
        ],
    ),
    (
        "booking_adds_up",
        &[
            "UPDATE bookings SET event_id = 9 WHERE event_id = 1 AND status = 'pending';
             UPDATE booking_items SET event_id = 9 WHERE event_id = 1 AND seats = '{4,5}'",
            "DELETE FROM booking_items WHERE event_id = 1 AND seats = '{4,5}'",
            "UPDATE bookings SET total_minor = 7 WHERE event_id = 1 AND status = 'pending'",
            // The sum is right: the tickets' price, and their number, are not.
            "INSERT INTO booking_lines
             SELECT event_id, id, n, CASE n WHEN 1 THEN 'tickets' ELSE 'fee' END, '', CASE n WHEN 1 THEN 1 END,
                    CASE n WHEN 1 THEN 3 END, NULL, n * 1000, true
             FROM bookings, generate_series(1, 2) AS n WHERE event_id = 1 AND status = 'confirmed'",
            "INSERT INTO booking_lines
             SELECT event_id, id, 1, 'tickets', '', 1, 2, NULL, 3000, true FROM bookings
             WHERE event_id = 1 AND status = 'confirmed'",
            "UPDATE events SET max_tickets_per_booking = 2 WHERE event_id = 1",
            "UPDATE bookings SET currency = 'USD' WHERE event_id = 1 AND status = 'pending'",
        ],
    ),
    (
        "code_is_used_as_often_as_it_may",
        &[
            "INSERT INTO promo_codes (event_id, code_no, code) VALUES (1, 1, 'X');
             UPDATE bookings SET code_no = 1 WHERE event_id = 1 AND status = 'pending'",
        ],
    ),
    (
        "tier_has_its_tickets",
        &[
            "DELETE FROM tickets WHERE event_id = 1 AND seat_no = 10",
            "DELETE FROM tickets WHERE event_id = 2",
            "INSERT INTO tickets (event_id, tier_no, seat_no) VALUES (1, 9, 1)",
            "INSERT INTO tickets (event_id, tier_no, seat_no) VALUES (9, 1, 1)",
            "ALTER TABLE tickets DROP CONSTRAINT tickets_pkey;
             UPDATE tickets SET seat_no = 1 WHERE event_id = 1 AND seat_no = 9",
            "ALTER TABLE tickets DROP CONSTRAINT tickets_seat_no_check;
             UPDATE tickets SET seat_no = 0 WHERE event_id = 1 AND seat_no = 9",
            "UPDATE tiers SET seating = 'numbered', row_blocks = '{10}' WHERE event_id = 1;
             UPDATE tickets SET seat_no = 11 WHERE event_id = 1 AND seat_no = 9",
            "UPDATE events SET status = 'draft' WHERE event_id = 1",
            "UPDATE events SET status = 'publishing' WHERE event_id = 1;
             INSERT INTO tickets (event_id, tier_no, seat_no) VALUES (1, 1, 11)",
            "UPDATE events SET status = 'publishing' WHERE event_id = 1;
             DELETE FROM tickets WHERE event_id = 1 AND seat_no = 5",
            "UPDATE events SET status = 'publishing' WHERE event_id = 1;
             ALTER TABLE tickets DROP CONSTRAINT tickets_seat_no_check;
             UPDATE tickets SET seat_no = 0 WHERE event_id = 1 AND seat_no = 1",
            "UPDATE events SET status = 'publishing' WHERE event_id = 1;
             ALTER TABLE tickets DROP CONSTRAINT tickets_pkey;
             UPDATE tickets SET seat_no = 1 WHERE event_id = 1 AND seat_no = 9",
        ],
    ),
    (
        "tier_shares_a_stock",
        &[
            "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, stock_tier_no)
             VALUES (1, 2, 'b', 'B', 1, 10, 'general', 9)",
            "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, stock_tier_no)
             VALUES (1, 2, 'b', 'B', 1, 10, 'general', 1), (1, 3, 'c', 'C', 1, 10, 'general', 2)",
            "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, stock_tier_no)
             VALUES (1, 2, 'b', 'B', 1, 10, 'numbered', '{10}', NULL), (1, 3, 'c', 'C', 1, 10, 'numbered', '{5,5}', 2)",
            "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, wheelchair_seats,
                                stock_tier_no)
             VALUES (1, 2, 'b', 'B', 1, 10, 'numbered', '{10}', NULL, NULL),
                    (1, 3, 'c', 'C', 1, 10, 'numbered', '{10}', '{1}', 2)",
            "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, companion_seats,
                                stock_tier_no)
             VALUES (1, 2, 'b', 'B', 1, 10, 'numbered', '{10}', NULL, NULL),
                    (1, 3, 'c', 'C', 1, 10, 'numbered', '{10}', '{1}', 2)",
            // The same seats, of which others are the best.
            "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, plan, stock_tier_no)
             VALUES (1, 2, 'b', 'B', 1, 2, 'numbered', '{2}', '{\"order\": [0, 1], \"layout\": {}}', NULL),
                    (1, 3, 'c', 'C', 1, 2, 'numbered', '{2}', '{\"order\": [1, 0], \"layout\": {}}', 2)",
            "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, plan, stock_tier_no)
             VALUES (1, 2, 'b', 'B', 1, 2, 'numbered', '{2}', '{\"order\": [0, 1], \"layout\": {}}', NULL),
                    (1, 3, 'c', 'C', 1, 2, 'numbered', '{2}', NULL, 2)",
        ],
    ),
    (
        "ticket_in_its_row",
        &[
            "UPDATE tickets SET row_no = 1, row_seat = 1 WHERE event_id = 1 AND seat_no = 1",
            "ALTER TABLE tickets DROP CONSTRAINT tickets_row_check;
             UPDATE tickets SET row_no = 1 WHERE event_id = 1 AND seat_no = 1",
            "ALTER TABLE tickets DROP CONSTRAINT tickets_row_check;
             UPDATE tickets SET row_seat = 1 WHERE event_id = 1 AND seat_no = 1",
            // Of a part of a hall: a ticket is missing, or elsewhere; a seat has no number, or a number no seat; and a
            // tier that shares the stock says that its seats are others.
            IN_A_HALL_ONE_IS_MISSING,
            IN_A_HALL_ONE_IS_ELSEWHERE,
            IN_A_HALL_A_SEAT_HAS_NO_NUMBER,
            IN_A_HALL_A_NUMBER_HAS_NO_SEAT,
            IN_A_HALL_THE_STOCK_IS_ANOTHER,
        ],
    ),
    (
        "idempotency_key_once",
        &[
            "UPDATE bookings SET buyer_id = md5('one')::uuid, turn = CASE status WHEN 'pending' THEN 2 ELSE 1 END
             WHERE event_id = 1 AND status IN ('pending', 'confirmed')",
        ],
    ),
    (
        "reference_once",
        &[
            "DROP INDEX bookings_reference_key;
             UPDATE bookings SET reference = 7 WHERE event_id = 1 AND confirmed_at IS NOT NULL",
        ],
    ),
    (
        "confirmed_booking_is_paid",
        &[
            "UPDATE payments SET currency = 'USD' WHERE event_id = 1 AND status = 'succeeded'",
            // Nothing was paid for what costs nothing, and yet there is a payment.
            "UPDATE bookings SET kind = 'withheld', total_minor = 0 WHERE event_id = 1 AND status = 'confirmed';
             UPDATE payments SET method = 'cash', card_brand = '', card_last4 = '', amount_minor = 0
             WHERE event_id = 1 AND status = 'succeeded'",
            "UPDATE bookings SET kind = 'complimentary', total_minor = 0 WHERE event_id = 1 AND status = 'confirmed';
             UPDATE payments SET method = 'cash', card_brand = '', card_last4 = '', amount_minor = 0
             WHERE event_id = 1 AND status = 'succeeded'",
            "ALTER TABLE bookings DROP CONSTRAINT bookings_kind_check;
             UPDATE bookings SET kind = 'withheld' WHERE event_id = 1 AND status = 'confirmed';
             UPDATE payments SET method = 'cash', card_brand = '', card_last4 = '' WHERE event_id = 1 AND status = 'succeeded'",
        ],
    ),
    (
        "charge_without_booking_is_refunded",
        &[
            "UPDATE bookings SET status = 'cancelled', ended_at = now() WHERE event_id = 1 AND status = 'confirmed'",
            "ALTER TABLE payments DROP CONSTRAINT payments_booking_id_fkey;
             DELETE FROM bookings WHERE event_id = 1 AND status = 'confirmed'",
        ],
    ),
    (
        "charge_is_in_both_books",
        &[
            "UPDATE gateway_charges SET status = 'declined', decline_code = 'x'
             WHERE payment_id IN (SELECT id FROM payments WHERE event_id = 1 AND status = 'succeeded')",
            "DELETE FROM gateway_charges WHERE payment_id IN (SELECT id FROM payments WHERE status = 'succeeded')",
            "DELETE FROM gateway_refunds;
             DELETE FROM gateway_charges WHERE payment_id IN (SELECT id FROM payments WHERE status = 'refunded')",
            "INSERT INTO gateway_charges (payment_id, status, amount_minor, currency, created_at)
             VALUES (md5('nobody')::uuid, 'succeeded', 1, 'EUR', now())",
            "UPDATE payments SET status = 'declined', decline_code = 'x' WHERE event_id = 1 AND status = 'succeeded'",
            "UPDATE payments SET status = 'declined', decline_code = 'x' WHERE event_id = 1 AND status = 'succeeded';
             DELETE FROM gateway_charges WHERE payment_id IN (SELECT id FROM payments WHERE status = 'declined')",
            "UPDATE gateway_charges SET amount_minor = 1
             WHERE payment_id IN (SELECT id FROM payments WHERE event_id = 1 AND status = 'succeeded')",
            "UPDATE gateway_charges SET currency = 'USD'
             WHERE payment_id IN (SELECT id FROM payments WHERE event_id = 1 AND status = 'succeeded')",
        ],
    ),
    (
        "refund_is_in_both_books",
        &[
            "DELETE FROM gateway_refunds",
            "UPDATE payments SET returned_minor = 500 WHERE status = 'refunded'; DELETE FROM gateway_refunds",
            "INSERT INTO gateway_refunds SELECT id, amount_minor, currency, now() FROM payments
             WHERE event_id = 1 AND status = 'succeeded'",
            "INSERT INTO gateway_charges (payment_id, status, amount_minor, currency, created_at)
             VALUES (md5('nobody')::uuid, 'succeeded', 1, 'EUR', now());
             INSERT INTO gateway_refunds VALUES (md5('nobody')::uuid, 1, 'EUR', now())",
            "UPDATE gateway_refunds SET amount_minor = 1",
            "UPDATE gateway_refunds SET currency = 'USD'",
            "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                                  recover_attempts)
             SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'refunded', now(), 0 FROM payments
             WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO gateway_part_refunds SELECT id, payment_id, 400, 'EUR', now() FROM refunds",
            "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                                  recover_attempts)
             SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'refunded', now(), 0 FROM payments
             WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO gateway_part_refunds SELECT id, payment_id, 500, 'USD', now() FROM refunds",
            "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                                  recover_attempts)
             SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'refunded', now(), 0 FROM payments
             WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO gateway_part_refunds SELECT md5('part')::uuid, id, 500, 'EUR', now() FROM payments
             WHERE event_id = 2 AND status = 'succeeded'",
            "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, recover_attempts)
             SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'void', 0 FROM payments
             WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO gateway_part_refunds SELECT id, payment_id, 500, 'EUR', now() FROM refunds",
        ],
    ),
    (
        "refund_confirms_nothing",
        &[
            "UPDATE payments SET refund_requested_at = now(), recover_at = now() WHERE event_id = 1 AND status = 'succeeded'",
        ],
    ),
    (
        "refunds_fit_their_charge",
        &[
            "ALTER TABLE payments DROP CONSTRAINT payments_returned_check;
             UPDATE payments SET returned_minor = 4000 WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                                  recover_attempts)
             SELECT 1, md5('part')::uuid, id, booking_id, 4000, 'EUR', 'refunded', now(), 0 FROM payments
             WHERE returned_minor = 4000",
            "UPDATE payments SET returned_minor = 500, status = 'declined', decline_code = 'x'
             WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                                  recover_attempts)
             SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'refunded', now(), 0 FROM payments
             WHERE returned_minor = 500",
            "UPDATE payments SET returned_minor = 500 WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                                  recover_attempts)
             SELECT 1, md5(n)::uuid, id, CASE n WHEN 'a' THEN booking_id ELSE 'ffffffff-0000-0000-0000-000000000000' END,
                    250, 'EUR', 'refunded', now(), 0
             FROM payments, unnest('{a,b}'::text[]) AS n WHERE returned_minor = 500",
            "UPDATE payments SET returned_minor = 500 WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                                  recover_attempts)
             SELECT 1, md5('part')::uuid, id, md5('nobody')::uuid, 500, 'EUR', 'refunded', now(), 0 FROM payments
             WHERE returned_minor = 500",
            "UPDATE payments SET returned_minor = 500 WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                                  recover_attempts)
             SELECT 1, md5(n)::uuid, id, booking_id, 250, n, 'refunded', now(), 0
             FROM payments, unnest('{EUR,USD}'::text[]) AS n WHERE returned_minor = 500",
            "UPDATE payments SET returned_minor = 500 WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                                  recover_attempts)
             SELECT 1, md5('part')::uuid, id, booking_id, 500, 'USD', 'refunded', now(), 0 FROM payments
             WHERE returned_minor = 500",
            "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, recover_attempts)
             SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'void', 0 FROM payments
             WHERE event_id = 1 AND status = 'succeeded'",
        ],
    ),
    (
        "change_adds_up",
        &[
            "ALTER TABLE booking_change_items DROP CONSTRAINT booking_change_items_change_fkey;
             INSERT INTO booking_change_items (event_id, booking_id, change_id, tier_no, removed, added, removed_minor,
                                               added_minor)
             SELECT 1, id, md5('change')::uuid, 1, '{8}', '{9}', 0, 0 FROM bookings WHERE event_id = 1 AND status = 'confirmed'",
            // So much goes back, and nothing was removed that is worth it.
            "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at,
                                  recover_attempts)
             SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'refunded', now(), 0 FROM payments
             WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint,
                                          refund_minor, refund_id, waived_minor)
             SELECT 1, booking_id, md5('change')::uuid, 'handed_over', 'k', '', 500, id, 0 FROM refunds",
            CHANGED_REFUND_IS_ANOTHER,
            CHANGED_REFUND_IS_NONE,
            CHANGED_REFUND_IS_OF_ANOTHER,
            // Two for one.
            "INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint, refund_minor,
                                          waived_minor)
             SELECT 1, id, md5('change')::uuid, 'exchanged', 'k', '', 0, 0 FROM bookings
             WHERE event_id = 1 AND status = 'confirmed';
             INSERT INTO booking_change_items (event_id, booking_id, change_id, tier_no, removed, added, removed_minor,
                                               added_minor)
             SELECT 1, booking_id, id, 1, '{8,9}', '{1}', 1000, 1000 FROM booking_changes",
            "INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint, refund_minor,
                                          waived_minor)
             SELECT 1, id, md5('change')::uuid, 'returned', 'k', '', 0, 0 FROM bookings
             WHERE event_id = 1 AND status = 'confirmed'",
        ],
    ),
    (
        "difference_is_its_tickets",
        &[
            DIFFERENCE_IS_WAIVED_TOO,
            DIFFERENCE_IS_OF_SOME,
            DIFFERENCE_IS_UNEVEN,
            DIFFERENCE_IS_OF_A_TICKET_THAT_LEFT,
            DIFFERENCE_IS_BACK_TOO_EARLY,
        ],
    ),
    (
        "payment_is_alone",
        &[
            "DROP INDEX payments_live_key;
             INSERT INTO payments (event_id, id, booking_id, idempotency_key, request_fingerprint, status, amount_minor,
                                   currency, card_brand, card_last4, created_at, one_shot, recover_at, recover_attempts)
             SELECT 1, md5(n)::uuid, id, n, '', 'processing', total_minor, 'EUR', 'visa', '4242', now(), false, now(), 0
             FROM bookings, unnest('{a,b}'::text[]) AS n WHERE event_id = 1 AND status = 'pending'",
            "DROP INDEX payments_live_key;
             INSERT INTO payments (event_id, id, booking_id, idempotency_key, request_fingerprint, status, amount_minor,
                                   currency, card_brand, card_last4, created_at, answered_at, one_shot, recover_attempts)
             SELECT 1, md5(n)::uuid, id, n, '', 'succeeded', total_minor, 'EUR', 'visa', '4242', now(), now(), false, 0
             FROM bookings, unnest('{a,b}'::text[]) AS n WHERE event_id = 1 AND status = 'pending'",
        ],
    ),
    (
        "paying_has_a_payment",
        &["UPDATE bookings SET paying_until = now() WHERE event_id = 1 AND status = 'pending'"],
    ),
    (
        "nothing_without_its_booking",
        &[
            "DELETE FROM bookings WHERE event_id = 1 AND status = 'pending'",
            "ALTER TABLE payments DROP CONSTRAINT payments_booking_id_fkey;
             DELETE FROM booking_items AS i USING bookings AS b
             WHERE b.event_id = 1 AND b.status = 'confirmed' AND i.booking_id = b.id;
             DELETE FROM bookings WHERE event_id = 1 AND status = 'confirmed'",
        ],
    ),
    (
        "answer_has_its_question",
        &[
            "INSERT INTO questions (event_id, question_no, asked_of, kind, label, is_required, at_door, position)
             VALUES (1, 1, 'order', 'text', '?', false, false, 0);
             UPDATE events SET asks = true WHERE event_id = 1;
             INSERT INTO answers (event_id, booking_id, question_no, tier_no, seat_no, answer)
             VALUES (1, md5('nobody')::uuid, 1, 0, 0, 'x')",
            "INSERT INTO questions (event_id, question_no, asked_of, kind, label, is_required, at_door, position)
             VALUES (1, 1, 'ticket', 'text', '?', false, false, 0);
             UPDATE events SET asks = true WHERE event_id = 1;
             INSERT INTO answers (event_id, booking_id, question_no, tier_no, seat_no, answer)
             SELECT 1, id, 1, 0, 0, 'x' FROM bookings WHERE event_id = 1 AND status = 'confirmed'",
        ],
    ),
    (
        "called_off_event_is_over",
        &[
            "UPDATE events SET status = 'called_off', called_off_at = now() WHERE event_id = 1;
             UPDATE bookings SET status = 'expired', expires_at = NULL, ended_at = now()
             WHERE event_id = 1 AND status = 'pending';
             INSERT INTO call_offs (event_id, bookings, cancelled_at) VALUES (1, 2, now())",
            "UPDATE events SET status = 'called_off', called_off_at = now() WHERE event_id = 1;
             UPDATE bookings SET status = 'cancelled', ended_at = now() WHERE event_id = 1 AND status = 'confirmed';
             INSERT INTO call_offs (event_id, bookings, cancelled_at) VALUES (1, 2, now())",
            "UPDATE events SET status = 'called_off', called_off_at = now() WHERE event_id = 1;
             UPDATE bookings SET status = 'cancelled', expires_at = NULL, ended_at = now()
             WHERE event_id = 1 AND ended_at IS NULL;
             INSERT INTO call_offs (event_id, bookings, cancelled_at, finished_at) VALUES (1, 2, now(), now())",
            "UPDATE events SET status = 'called_off', called_off_at = now() WHERE event_id = 1;
             UPDATE bookings SET status = 'cancelled', expires_at = NULL, ended_at = now()
             WHERE event_id = 1 AND ended_at IS NULL;
             UPDATE payments SET status = 'processing', answered_at = NULL, recover_at = now()
             WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO call_offs (event_id, bookings, cancelled_at, finished_at) VALUES (1, 2, now(), now())",
        ],
    ),
    (
        "moved_event_is_where_it_is_said",
        &[
            "UPDATE events SET moves = 1, moved_at = now(), moved_from = starts_at, answer_until = starts_at WHERE event_id = 1",
            // One of two is not recorded.
            "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
             SELECT event_id, 2, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1;
             UPDATE events SET moves = 2, moved_at = now(), moved_from = starts_at, answer_until = starts_at WHERE event_id = 1",
            "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
             SELECT event_id, 2, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1;
             UPDATE events SET moves = 1, moved_at = now(), moved_from = starts_at, answer_until = starts_at WHERE event_id = 1",
            "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
             SELECT event_id, 1, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1;
             UPDATE events SET moves = 1, moved_at = now(), moved_from = now(), answer_until = starts_at WHERE event_id = 1",
            "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
             SELECT event_id, 1, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1;
             UPDATE events SET moves = 1, moved_at = now(), moved_from = starts_at, answer_until = now() WHERE event_id = 1",
        ],
    ),
    (
        "returned_booking_is_refunded",
        &[
            // Answered for a booking that nobody has paid.
            "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
             SELECT event_id, 1, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1;
             INSERT INTO move_answers (event_id, booking_id, move_no, answer)
             SELECT 1, id, 1, 'keep' FROM bookings WHERE event_id = 1 AND status = 'pending'",
            // The money goes back, and the tickets are kept.
            "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
             SELECT event_id, 1, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1;
             INSERT INTO move_answers (event_id, booking_id, move_no, answer)
             SELECT 1, id, 1, 'return' FROM bookings WHERE event_id = 1 AND status = 'confirmed';
             UPDATE payments SET refund_requested_at = now(), recover_at = now() WHERE event_id = 1 AND status = 'succeeded'",
            // The other way round.
            "INSERT INTO moves (event_id, move_no, from_starts_at, from_venue_id, starts_at, answer_until)
             SELECT event_id, 1, starts_at, venue_id, starts_at, starts_at FROM events WHERE event_id = 1;
             INSERT INTO move_answers (event_id, booking_id, move_no, answer)
             SELECT 1, id, 1, 'return' FROM bookings WHERE event_id = 1 AND status = 'confirmed';
             UPDATE bookings SET status = 'cancelled', ended_at = now() WHERE event_id = 1 AND status = 'confirmed'",
        ],
    ),
    (
        "sales_are_added_up",
        &[
            // What was sold is right, and nothing of what was given back is there.
            "INSERT INTO sales_read (event_id, confirmed_at, cancelled_at, confirmed, cancelled)
             VALUES (1, now() + interval '1 hour', now() + interval '1 hour', 2, 1);
             INSERT INTO sales_quarters VALUES (1, 1, now(), 5, 5000, 0, 0)",
            "INSERT INTO sales_read (event_id, confirmed_at, cancelled_at, confirmed, cancelled)
             VALUES (1, now() + interval '1 hour', now() + interval '1 hour', 2, 1);
             INSERT INTO sales_quarters VALUES (1, 1, now(), 5, 5000, 2, 1000)",
            // What was paid in cash is not kept as such.
            "UPDATE bookings SET kind = 'box_office' WHERE event_id = 1 AND status = 'confirmed';
             UPDATE payments SET method = 'cash', card_brand = '', card_last4 = '' WHERE event_id = 1 AND status = 'succeeded';
             INSERT INTO sales_read (event_id, confirmed_at, confirmed) VALUES (1, now() + interval '1 hour', 2);
             INSERT INTO sales_quarters VALUES (1, 1, now(), 5, 5000, 0, 0)",
        ],
    ),
    (
        "admitted_ticket_is_sold",
        &["DELETE FROM tickets WHERE event_id = 1 AND seat_no = 1"],
    ),
    (
        "check_in_has_its_scans",
        &["DELETE FROM scans WHERE event_id = 1 AND seat_no = 1"],
    ),
];

/// Tickets 1 and 2 of the second tier came in exchange, 500 were taken for each. $waived, $minor, $seat, $left and $back
/// stand for what is wrong.
macro_rules! difference {
    ($waived:literal, $tickets:literal, $minor:literal, $seat:literal, $left:literal, $back:literal) => {
        concat!(
            "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating)
             VALUES (1, 2, 'b', 'B', 1500, 10, 'general');
             UPDATE booking_items SET tier_no = 2 FROM bookings AS b
             WHERE b.event_id = 1 AND b.status = 'confirmed' AND b.id = booking_id;
             INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint,
                                          refund_minor, waived_minor)
             SELECT 1, id, md5('change')::uuid, 'exchanged', 'k', '', 0, ",
            $waived,
            " FROM bookings WHERE event_id = 1 AND status = 'confirmed';
             INSERT INTO booking_change_items (event_id, booking_id, change_id, tier_no, removed, added, removed_minor,
                                               added_minor)
             SELECT 1, booking_id, id, 2, '{}', '{1,2}', 0, 2000 FROM booking_changes;
             INSERT INTO paid_differences (event_id, booking_id, change_id, ticket_no, tier_no, seat_no, amount_minor,
                                           method, left_at, given_back_at)
             SELECT 1, booking_id, id, n, 2, CASE n WHEN 2 THEN ",
            $seat,
            " ELSE n END, CASE n WHEN 2 THEN ",
            $minor,
            " ELSE 500 END, 'cash', ",
            $left,
            ", ",
            $back,
            " FROM booking_changes, generate_series(1, ",
            $tickets,
            ") AS n"
        )
    };
}

const DIFFERENCE_IS_RIGHT: &str = difference!(
    "0",
    "2",
    "500",
    "2",
    "NULL::timestamptz",
    "NULL::timestamptz"
);
const DIFFERENCE_IS_WAIVED_TOO: &str = difference!(
    "1",
    "2",
    "500",
    "2",
    "NULL::timestamptz",
    "NULL::timestamptz"
);
const DIFFERENCE_IS_OF_SOME: &str = difference!(
    "0",
    "1",
    "500",
    "2",
    "NULL::timestamptz",
    "NULL::timestamptz"
);
const DIFFERENCE_IS_UNEVEN: &str = difference!(
    "0",
    "2",
    "499",
    "2",
    "NULL::timestamptz",
    "NULL::timestamptz"
);
const DIFFERENCE_IS_OF_A_TICKET_THAT_LEFT: &str = difference!(
    "0",
    "2",
    "500",
    "9",
    "NULL::timestamptz",
    "NULL::timestamptz"
);
const DIFFERENCE_IS_BACK_TOO_EARLY: &str =
    difference!("0", "2", "500", "2", "NULL::timestamptz", "now()");

#[tokio::test]
async fn a_difference_that_was_taken_as_it_should_be_breaks_no_rule() {
    let (_, client) = books().await;
    let rule = include_str!("../../src/check/difference_is_its_tickets.sql");
    client.batch_execute(DIFFERENCE_IS_RIGHT).await.unwrap();
    assert!(client.query(rule, &[]).await.unwrap().is_empty());
}

/// A ticket was given back for 500, and 400 go back.
const CHANGED_REFUND_IS_ANOTHER: &str =
    "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at, recover_attempts)
     SELECT 1, md5('part')::uuid, id, booking_id, 400, 'EUR', 'refunded', now(), 0 FROM payments
     WHERE event_id = 1 AND status = 'succeeded';
     INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint, refund_minor,
                                  refund_id, waived_minor)
     SELECT 1, booking_id, md5('change')::uuid, 'returned', 'k', '', 500, id, 0 FROM refunds;
     INSERT INTO booking_change_items (event_id, booking_id, change_id, tier_no, removed, added, removed_minor, added_minor)
     SELECT 1, booking_id, id, 1, '{8}', '{}', 500, 0 FROM booking_changes";

/// A ticket was given back for 500, and nothing goes back.
const CHANGED_REFUND_IS_NONE: &str =
    "INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint, refund_minor,
                                  refund_id, waived_minor)
     SELECT 1, id, md5('change')::uuid, 'returned', 'k', '', 500, md5('part')::uuid, 0 FROM bookings
     WHERE event_id = 1 AND status = 'confirmed';
     INSERT INTO booking_change_items (event_id, booking_id, change_id, tier_no, removed, added, removed_minor, added_minor)
     SELECT 1, booking_id, id, 1, '{8}', '{}', 500, 0 FROM booking_changes";

/// A ticket was given back for 500, which go back to the buyer of another booking.
const CHANGED_REFUND_IS_OF_ANOTHER: &str =
    "INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, refunded_at, recover_attempts)
     SELECT 1, md5('part')::uuid, id, booking_id, 500, 'EUR', 'refunded', now(), 0 FROM payments
     WHERE event_id = 1 AND status = 'refunded';
     INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint, refund_minor,
                                  refund_id, waived_minor)
     SELECT 1, id, md5('change')::uuid, 'returned', 'k', '', 500, md5('part')::uuid, 0 FROM bookings
     WHERE event_id = 1 AND status = 'confirmed';
     INSERT INTO booking_change_items (event_id, booking_id, change_id, tier_no, removed, added, removed_minor, added_minor)
     SELECT 1, booking_id, id, 1, '{8}', '{}', 500, 0 FROM booking_changes";

/// The seat with number 2 has no ticket.
const IN_A_HALL_ONE_IS_MISSING: &str =
    "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, plan)
     VALUES (1, 2, 'b', 'B', 1, 2, 'numbered', '{2}',
             '{\"order\": [0, 1], \"layout\": {\"sections\": [{\"rows\": [{\"seats\": \"ss\"}]}]}}');
     INSERT INTO tickets (event_id, tier_no, seat_no, row_no, row_seat) VALUES (1, 2, 1, 1, 1)";

/// The first number is of the second seat.
const IN_A_HALL_ONE_IS_ELSEWHERE: &str =
    "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, plan)
     VALUES (1, 2, 'b', 'B', 1, 2, 'numbered', '{2}',
             '{\"order\": [1, 0], \"layout\": {\"sections\": [{\"rows\": [{\"seats\": \"ss\"}]}]}}');
     INSERT INTO tickets (event_id, tier_no, seat_no, row_no, row_seat) VALUES (1, 2, 1, 1, 1), (1, 2, 2, 1, 2)";

/// There are three seats and two numbers.
const IN_A_HALL_A_SEAT_HAS_NO_NUMBER: &str =
    "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, plan)
     VALUES (1, 2, 'b', 'B', 1, 2, 'numbered', '{2}',
             '{\"order\": [0, 1], \"layout\": {\"sections\": [{\"rows\": [{\"seats\": \"ss_s\"}]}]}}');
     INSERT INTO tickets (event_id, tier_no, seat_no, row_no, row_seat) VALUES (1, 2, 1, 1, 1), (1, 2, 2, 1, 2)";

/// There are two numbers and one seat.
const IN_A_HALL_A_NUMBER_HAS_NO_SEAT: &str =
    "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, plan)
     VALUES (1, 2, 'b', 'B', 1, 2, 'numbered', '{2}',
             '{\"order\": [0, 1], \"layout\": {\"sections\": [{\"rows\": [{\"seats\": \"s\"}]}]}}');
     INSERT INTO tickets (event_id, tier_no, seat_no, row_no, row_seat) VALUES (1, 2, 1, 1, 1), (1, 2, 2, 1, 2)";

/// The tier that shares sells the same tickets as if they were the other way round.
const IN_A_HALL_THE_STOCK_IS_ANOTHER: &str =
    "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, plan)
     VALUES (1, 2, 'b', 'B', 1, 2, 'numbered', '{2}',
             '{\"order\": [0, 1], \"layout\": {\"sections\": [{\"rows\": [{\"seats\": \"ss\"}]}]}}');
     INSERT INTO tickets (event_id, tier_no, seat_no, row_no, row_seat) VALUES (1, 2, 1, 1, 1), (1, 2, 2, 1, 2);
     INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks, plan, stock_tier_no)
     SELECT 1, 3, 'c', 'C', 1, 2, 'numbered', row_blocks, jsonb_set(plan, '{order}', '[1, 0]'), 2 FROM tiers
     WHERE event_id = 1 AND tier_no = 2";

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/check")
}

#[tokio::test]
async fn each_part_of_a_rule_finds_what_breaks_it() {
    let (_, client) = books().await;
    for (rule, statements) in PARTS {
        let text = std::fs::read_to_string(directory().join(format!("{rule}.sql"))).unwrap();
        assert!(client.query(&text, &[]).await.unwrap().is_empty(), "{rule}");
        for statement in *statements {
            client.batch_execute("BEGIN").await.unwrap();
            client.batch_execute(statement).await.expect(statement);
            let found = client.query(&text, &[]).await.unwrap();
            client.batch_execute("ROLLBACK").await.unwrap();
            assert!(!found.is_empty(), "{rule} finds nothing of: {statement}");
        }
    }
}

/// A rule that finds nothing at all would be noticed by nobody.
#[test]
fn no_rule_is_without_rows_that_break_it() {
    // No rules, and those that have tests of their own: of the schema, of time, and of locks.
    let others = [
        "free_tickets",
        "lists_and_tickets_differ",
        "checks_stand",
        "indexes_stand",
        "payment_is_answered",
        "tickets_are_locked_shortly",
    ];
    let files = std::fs::read_dir(directory()).unwrap();
    let names = files.filter_map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".sql").map(str::to_owned)
    });
    let broken: BTreeSet<&str> = (ROWS.iter().map(|row| row.0))
        .chain(PARTS.iter().map(|part| part.0))
        .chain(others)
        .collect();
    let never: Vec<String> = names
        .filter(|name| !broken.contains(name.as_str()))
        .collect();
    assert_eq!(never, [""; 0]);
}
