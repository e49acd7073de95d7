-- Locks those of the named seats that a booking holds. Its row is locked, so no other transaction may release them.
SELECT k.tier_no, k.seat_no, k.ctid
FROM unnest((SELECT :tiers::smallint[]), (SELECT :seats::int[])) AS wanted (tier_no, seat_no)
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no, ctid
    FROM tickets
    WHERE event_id = :event_id AND tier_no = wanted.tier_no AND seat_no = wanted.seat_no AND booking_id = :booking_id
    LIMIT 1
    FOR UPDATE
) AS k
