-- Invariant 2, by name: every ticket that a live booking lists exists and is that booking's.
WITH listed AS (
    SELECT event_id, booking_id, coalesce(stock_tier_no, tier_no) AS tier_no, unnest(seats) AS seat_no
    FROM booking_items
)
SELECT l.event_id, l.booking_id, b.status, l.tier_no, l.seat_no,
       t.booking_id AS held_by, t.seat_no IS NOT NULL AS ticket_exists
FROM bookings AS b
JOIN listed AS l ON l.event_id = b.event_id AND l.booking_id = b.id
LEFT JOIN tickets AS t
    ON t.event_id = l.event_id AND t.tier_no = l.tier_no AND t.seat_no = l.seat_no
WHERE b.status IN ('pending', 'confirmed') AND t.booking_id IS DISTINCT FROM l.booking_id
