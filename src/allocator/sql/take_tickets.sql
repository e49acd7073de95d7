-- Gives the locked tickets to their bookings. Guarded as in insert_bookings.sql: a ticket that is
-- not free any more would be a ticket sold twice.
-- Each ticket is looked up by its whole key (LATERAL and LIMIT leave the planner nothing else) and
-- updated where it was found; the row is locked, so it stays there. A plain join is planned, on a
-- small or unknown table, as a walk over all tickets of the event, and kept when it has grown.
-- $1 event_id, $2 how many tickets, $3 tier numbers, $4 seat numbers, $5 bookings.
WITH taken AS (
    UPDATE tickets AS t
    SET booking_id = a.booking_id
    FROM unnest($3::smallint[], $4::int[], $5::uuid[]) AS a (tier_no, seat_no, booking_id)
    CROSS JOIN LATERAL (
        SELECT k.ctid AS place
        FROM tickets AS k
        WHERE k.event_id = $1 AND k.tier_no = a.tier_no AND k.seat_no = a.seat_no
        LIMIT 1
    ) AS k
    WHERE t.event_id = $1 AND t.ctid = k.place AND t.booking_id IS NULL
    RETURNING 1
)
SELECT 1 / (count(*) = $2)::int FROM taken
