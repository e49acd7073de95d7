-- Locks the tickets of bookings that have just ended, found by primary key through their items.
-- Their bookings' rows are locked, so no other transaction may take or release these tickets.
SELECT k.tier_no, k.seat_no, k.ctid
FROM unnest((SELECT :booking_ids::uuid[])) AS ended (id)
CROSS JOIN LATERAL (
    SELECT coalesce(i.stock_tier_no, i.tier_no) AS tier_no, i.seats
    FROM booking_items AS i
    WHERE i.event_id = :event_id AND i.booking_id = ended.id
    LIMIT 100
) AS i
CROSS JOIN LATERAL unnest(i.seats) AS s (seat_no)
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no, ctid
    FROM tickets
    WHERE event_id = :event_id AND tier_no = i.tier_no AND seat_no = s.seat_no AND booking_id = ended.id
    LIMIT 1
    FOR UPDATE
) AS k
