-- A whole batch of orders for places of general tiers: what the other statements of a batch do one
-- after the other, in one. All of it or nothing: nothing if the sale is not open, if a key has made a
-- booking before, or if fewer tickets are found than are wanted; it says which.
-- The nth ticket that is locked is for the nth of $18 and $19. Guarded as insert_bookings.sql and
-- take_tickets.sql, COMMIT being on its way: no count can be too high, so their sum tells.
-- Arrays are unnested in the list of a SELECT: in FROM each would be stored before it is read.
-- $1 event_id, $2 microseconds that a hold lasts, $3 currency, $4 tier numbers in ascending order,
-- $5 where to start in each, $6 how many of each; $7 to $12 a column of bookings each, $13 to $17 a
-- column of items each, `first` counting the locked tickets from 1; $18 and $19 the tier and the
-- booking of each ticket. n counts from 1.
WITH known AS MATERIALIZED (
    SELECT k.n, b.id, b.request_fingerprint
    FROM (SELECT unnest($8::uuid[]) AS user_id, unnest($9::text[]) AS idempotency_key,
                 generate_subscripts($8::uuid[], 1)::bigint AS n) AS k
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
    SELECT t.seat_no, t.place, row_number() OVER () AS n
    FROM (SELECT unnest($4::smallint[]) AS tier_no, unnest($5::int[]) AS first_seat, unnest($6::bigint[]) AS quantity) AS wanted
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
    FROM (SELECT unnest($7::uuid[]) AS id, unnest($8::uuid[]) AS user_id, unnest($9::text[]) AS idempotency_key,
                 unnest($10::bytea[]) AS request_fingerprint, unnest($11::bigint[]) AS total_minor,
                 unnest($12::smallint[]) AS tier_no) AS o
    JOIN tiers AS t ON t.event_id = $1 AND t.tier_no = o.tier_no
    WHERE (SELECT sold FROM fate)
    RETURNING 1
),
itemised AS (
    INSERT INTO booking_items AS i (event_id, booking_id, tier_no, quantity, unit_price_minor, seats)
    SELECT t.event_id, o.booking_id, o.tier_no, o.quantity, o.unit_price_minor,
           (ARRAY(SELECT seat_no FROM locked))[o.first : o.first + o.quantity - 1]
    FROM (SELECT unnest($13::uuid[]) AS booking_id, unnest($14::smallint[]) AS tier_no, unnest($15::int[]) AS quantity,
                 unnest($16::bigint[]) AS unit_price_minor, unnest($17::int[]) AS first) AS o
    JOIN tiers AS t ON t.event_id = $1 AND t.tier_no = o.tier_no
    WHERE (SELECT sold FROM fate)
    RETURNING 1
),
taken AS (
    UPDATE tickets AS t
    SET booking_id = a.booking_id
    FROM (
        SELECT seat_no, place, ($18::smallint[])[n] AS tier_no, ($19::uuid[])[n] AS booking_id
        FROM locked
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
