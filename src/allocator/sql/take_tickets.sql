-- Gives the locked tickets to their bookings. Guarded as in insert_bookings.sql: a ticket that is
-- not free any more would be a ticket sold twice.
-- Each is updated where the lock found it: it is locked, so it lies there still. LIMIT is for the
-- planner, which takes it for one row and then goes by place; otherwise it plans, on a small or
-- unknown table, a walk over all tickets of the event, and keeps to it when the table has grown.
-- $1 event_id, $2 how many tickets, $3 tier numbers, $4 seat numbers, $5 where they lie, $6 bookings.
WITH taken AS (
    UPDATE tickets AS t
    SET booking_id = a.booking_id
    FROM (
        SELECT *
        FROM unnest($3::smallint[], $4::int[], $5::tid[], $6::uuid[]) AS u (tier_no, seat_no, place, booking_id)
        LIMIT $2
    ) AS a
    WHERE t.event_id = $1 AND t.ctid = a.place AND t.tier_no = a.tier_no AND t.seat_no = a.seat_no
      AND t.booking_id IS NULL
    RETURNING 1
)
SELECT 1 / (count(*) = $2)::int FROM taken
