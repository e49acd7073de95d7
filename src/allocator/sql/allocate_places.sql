-- A whole batch of orders for places of general tiers: what the other statements of a batch do one
-- after the other, in one. All of it or nothing: nothing if the sale is not open, if a key has made a
-- booking before, or if fewer tickets are found than are wanted; it says which.
-- The nth ticket that is locked is for the nth of $18 and $19. Guarded as insert_bookings.sql and
-- take_tickets.sql, COMMIT being on its way: no count can be too high, so their sum tells.
-- $1 event_id, $2 microseconds that a hold lasts, $3 currency, $4 tier numbers in ascending order,
-- $5 where to start in each, $6 how many of each; $7 to $12 a column of bookings each, $13 to $17 a
-- column of items each, `first` counting the locked tickets from 1; $18 and $19 the tier and the
-- booking of each ticket. n counts bookings from 1.
WITH known AS MATERIALIZED (
    SELECT k.n, b.id, b.request_fingerprint
    FROM unnest($8::uuid[], $9::text[]) WITH ORDINALITY AS k (user_id, idempotency_key, n)
    CROSS JOIN LATERAL (
        SELECT id, request_fingerprint
        FROM bookings
        WHERE event_id = $1 AND user_id = k.user_id AND idempotency_key = k.idempotency_key
        LIMIT 1
    ) AS b
),
sale AS MATERIALIZED (
    SELECT on_sale_at, now() >= on_sale_at AS opened, now() >= starts_at AS over
    FROM events
    WHERE event_id = $1
),
locked AS MATERIALIZED (
    SELECT t.seat_no, t.place
    FROM unnest($4::smallint[], $5::int[], $6::bigint[]) AS wanted (tier_no, first_seat, quantity)
    CROSS JOIN LATERAL (
        SELECT seat_no, ctid AS place
        FROM tickets
        WHERE event_id = $1 AND tier_no = wanted.tier_no AND seat_no >= wanted.first_seat AND booking_id IS NULL
        ORDER BY event_id, tier_no, seat_no
        LIMIT wanted.quantity
        FOR UPDATE SKIP LOCKED
    ) AS t
    WHERE (SELECT opened AND NOT over FROM sale) AND NOT EXISTS (SELECT FROM known)
),
fate AS MATERIALIZED (
    SELECT count(*) = cardinality($19::uuid[]) AS sold FROM locked
),
booked AS (
    INSERT INTO bookings AS b (event_id, id, user_id, idempotency_key, request_fingerprint,
                               status, total_minor, currency, created_at, expires_at)
    SELECT t.event_id, o.id, o.user_id, o.idempotency_key, o.request_fingerprint,
           'pending', o.total_minor, $3, now(), now() + $2::bigint * interval '1 microsecond'
    FROM unnest($7::uuid[], $8::uuid[], $9::text[], $10::bytea[], $11::bigint[], $12::smallint[])
        AS o (id, user_id, idempotency_key, request_fingerprint, total_minor, tier_no)
    JOIN tiers AS t ON t.event_id = $1 AND t.tier_no = o.tier_no
    WHERE (SELECT sold FROM fate)
    RETURNING 1
),
itemised AS (
    INSERT INTO booking_items AS i (event_id, booking_id, tier_no, quantity, unit_price_minor, seats)
    SELECT t.event_id, o.booking_id, o.tier_no, o.quantity, o.unit_price_minor,
           (ARRAY(SELECT seat_no FROM locked))[o.first : o.first + o.quantity - 1]
    FROM unnest($13::uuid[], $14::smallint[], $15::int[], $16::bigint[], $17::int[])
        AS o (booking_id, tier_no, quantity, unit_price_minor, first)
    JOIN tiers AS t ON t.event_id = $1 AND t.tier_no = o.tier_no
    WHERE (SELECT sold FROM fate)
    RETURNING 1
),
taken AS (
    UPDATE tickets AS t
    SET booking_id = a.booking_id
    FROM (
        SELECT *
        FROM unnest($18::smallint[], ARRAY(SELECT seat_no FROM locked), ARRAY(SELECT place FROM locked), $19::uuid[])
            AS u (tier_no, seat_no, place, booking_id)
        WHERE (SELECT sold FROM fate)
        LIMIT cardinality($19::uuid[])
    ) AS a
    WHERE t.event_id = $1 AND t.ctid = a.place AND t.tier_no = a.tier_no AND t.seat_no = a.seat_no
      AND t.booking_id IS NULL
    RETURNING 1
),
written AS (
    SELECT 1 FROM booked UNION ALL SELECT 1 FROM itemised UNION ALL SELECT 1 FROM taken
)
SELECT now() AS now, on_sale_at, opened, over, known.n, known.id, known.request_fingerprint,
       sold, ARRAY(SELECT seat_no FROM locked) AS seats,
       CASE WHEN sold THEN
           1 / ((SELECT count(*) FROM written)
                = cardinality($7::uuid[]) + cardinality($13::uuid[]) + cardinality($19::uuid[]))::int
       END AS guarded
FROM sale
CROSS JOIN fate
LEFT JOIN known ON true
