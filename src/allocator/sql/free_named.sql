-- Which of the named seats are free, locked or not.
SELECT t.tier_no, t.seat_no
FROM unnest((SELECT :tiers::smallint[]), (SELECT :seats::int[])) AS wanted (tier_no, seat_no)
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no
    FROM tickets
    WHERE event_id = :event_id AND tier_no = wanted.tier_no AND seat_no = wanted.seat_no AND booking_id IS NULL
    LIMIT 1
) AS t
