-- One ticket: how often it was taken, who holds it and as which tier, and whether its event is over. When an event ends is
-- not known; none goes on for longer than a day. A withheld ticket is nobody's.
-- $1 event, $2 tier, $3 seat.
SELECT t.issue, t.booking_id, coalesce(b.status = 'confirmed' AND b.kind <> 'withheld', false) AS confirmed,
       now() >= e.starts_at + interval '1 day' AS over,
       coalesce((SELECT i.tier_no FROM booking_items AS i
                 WHERE i.event_id = $1 AND i.booking_id = t.booking_id AND i.stock_tier_no = t.tier_no
                   AND t.seat_no = ANY (i.seats)
                 LIMIT 1), t.tier_no) AS bought_tier_no
FROM tickets AS t
JOIN events AS e ON e.event_id = $1
LEFT JOIN bookings AS b ON b.event_id = $1 AND b.id = t.booking_id
WHERE t.event_id = $1 AND t.tier_no = $2 AND t.seat_no = $3
