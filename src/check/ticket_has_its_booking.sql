-- Invariant 1, from the tickets' side: the booking of a taken ticket exists in the same event, is live,
-- and lists this ticket. There is no foreign key that would enforce it.
WITH listed AS (
    SELECT event_id, booking_id, coalesce(stock_tier_no, tier_no) AS tier_no, unnest(seats) AS seat_no
    FROM booking_items
)
SELECT t.event_id, t.tier_no, t.seat_no, t.booking_id, b.status AS booking_status,
       CASE WHEN b.id IS NULL THEN 'the event has no such booking'
            WHEN b.status NOT IN ('pending', 'confirmed') THEN 'the booking has ended'
            ELSE 'the booking does not list the ticket' END AS wrong
FROM tickets AS t
LEFT JOIN bookings AS b ON b.event_id = t.event_id AND b.id = t.booking_id
LEFT JOIN listed AS l
    ON l.event_id = t.event_id AND l.booking_id = t.booking_id
   AND l.tier_no = t.tier_no AND l.seat_no = t.seat_no
WHERE t.booking_id IS NOT NULL
  AND (b.id IS NULL OR b.status NOT IN ('pending', 'confirmed') OR l.seat_no IS NULL)
