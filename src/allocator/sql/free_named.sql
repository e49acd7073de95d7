-- Which of the named seats are free, locked or not.
-- $1 event_id, $2 tier numbers, $3 seat numbers.
SELECT t.tier_no, t.seat_no
FROM unnest($2::smallint[], $3::int[]) AS wanted (tier_no, seat_no)
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no
    FROM tickets
    WHERE event_id = $1 AND tier_no = wanted.tier_no AND seat_no = wanted.seat_no AND booking_id IS NULL
    LIMIT 1
) AS t
