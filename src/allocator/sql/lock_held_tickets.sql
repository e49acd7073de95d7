-- Locks tickets that a booking holds, by name, in ascending order of tier and number. The booking's row is locked, so
-- nobody else takes or releases them.
SELECT t.tier_no, t.seat_no, t.ctid
FROM unnest((SELECT :tiers::smallint[]), (SELECT :seats::int[])) AS named (tier_no, seat_no)
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no, ctid
    FROM tickets
    WHERE event_id = :event_id AND tier_no = named.tier_no AND seat_no = named.seat_no AND booking_id = :booking_id
    LIMIT 1
    FOR UPDATE
) AS t
