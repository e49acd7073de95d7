-- Locks those of the named seats that are free and that no other transaction has locked. Seats come in
-- ascending order of tier and number.
SELECT t.tier_no, t.seat_no, t.ctid
FROM unnest((SELECT :tiers::smallint[]), (SELECT :seats::int[])) AS wanted (tier_no, seat_no)
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no, ctid
    FROM tickets
    WHERE event_id = :event_id AND tier_no = wanted.tier_no AND seat_no = wanted.seat_no AND booking_id IS NULL
    LIMIT 1
    FOR UPDATE SKIP LOCKED
) AS t
