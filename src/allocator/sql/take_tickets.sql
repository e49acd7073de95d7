-- Gives the locked tickets to their bookings. Guarded as in insert_bookings.sql: a ticket that is
-- not free any more would be a ticket sold twice.
-- $1 event_id, $2 how many tickets, $3 tier numbers, $4 seat numbers, $5 bookings.
WITH taken AS (
    UPDATE tickets AS t
    SET booking_id = a.booking_id
    FROM unnest($3::smallint[], $4::int[], $5::uuid[]) AS a (tier_no, seat_no, booking_id)
    WHERE t.event_id = $1 AND t.tier_no = a.tier_no AND t.seat_no = a.seat_no AND t.booking_id IS NULL
    RETURNING 1
)
SELECT 1 / (count(*) = $2)::int FROM taken
