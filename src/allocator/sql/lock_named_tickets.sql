-- Locks those of the named seats that are free and that nobody else holds.
-- $1 event_id, $2 tier numbers and $3 seat numbers, in ascending order of both.
SELECT t.tier_no, t.seat_no, t.place
FROM unnest($2::smallint[], $3::int[]) AS wanted (tier_no, seat_no)
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no, ctid AS place
    FROM tickets
    WHERE event_id = $1 AND tier_no = wanted.tier_no AND seat_no = wanted.seat_no AND booking_id IS NULL
    LIMIT 1
    FOR UPDATE SKIP LOCKED
) AS t
