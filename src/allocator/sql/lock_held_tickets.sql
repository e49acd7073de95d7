-- Locks tickets that a booking holds, named by the tier that was bought and the seat. The booking's row is locked, so
-- nobody else takes or releases them. What comes back names the tier whose tickets they are.
SELECT t.tier_no, t.seat_no, t.ctid
FROM unnest((SELECT :tiers::smallint[]), (SELECT :seats::int[])) AS named (tier_no, seat_no)
CROSS JOIN LATERAL (
    SELECT coalesce(stock_tier_no, tier_no) AS tier_no
    FROM booking_items
    WHERE event_id = :event_id AND booking_id = :booking_id AND tier_no = named.tier_no
    LIMIT 1
) AS i
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no, ctid
    FROM tickets
    WHERE event_id = :event_id AND tier_no = i.tier_no AND seat_no = named.seat_no AND booking_id = :booking_id
    LIMIT 1
    FOR UPDATE
) AS t
