-- The bookings of a batch, and their items: what each ordered and got. An item's seats are `quantity`
-- entries of the one list of all seats of the batch, from `first` on.
-- Joined with tiers, not taken from the arrays alone: a distributed database can then run it
-- whole on the event's shard. A missing tier would drop rows silently, so the counts are guarded:
-- COMMIT is on its way already, and only an error stops it.
-- One statement, because every answer wakes the server up; the two do not meet in a join.
-- $1 event_id, $2 how many bookings, $3 how many items, $4 currency, $5 created_at, $6 expires_at,
-- $7 all seats, then a column of bookings each, then a column of items each.
WITH booked AS (
    INSERT INTO bookings AS b (event_id, id, user_id, idempotency_key, request_fingerprint,
                               status, total_minor, currency, created_at, expires_at)
    SELECT t.event_id, o.id, o.user_id, o.idempotency_key, o.request_fingerprint,
           'pending', o.total_minor, $4, $5, $6
    FROM unnest($8::uuid[], $9::uuid[], $10::text[], $11::bytea[], $12::bigint[], $13::smallint[])
        AS o (id, user_id, idempotency_key, request_fingerprint, total_minor, tier_no)
    JOIN tiers AS t ON t.event_id = $1 AND t.tier_no = o.tier_no
    RETURNING 1
),
itemised AS (
    INSERT INTO booking_items AS i (event_id, booking_id, tier_no, quantity, unit_price_minor, seats)
    SELECT t.event_id, o.booking_id, o.tier_no, o.quantity, o.unit_price_minor,
           ($7::int[])[o.first : o.first + o.quantity - 1]
    FROM unnest($14::uuid[], $15::smallint[], $16::int[], $17::bigint[], $18::int[])
        AS o (booking_id, tier_no, quantity, unit_price_minor, first)
    JOIN tiers AS t ON t.event_id = $1 AND t.tier_no = o.tier_no
    RETURNING 1
)
SELECT 1 / ((SELECT count(*) FROM booked) = $2)::int, 1 / ((SELECT count(*) FROM itemised) = $3)::int
