-- The seats of a tier that are not free, and whether a pending booking holds them.
-- $1 event_id, $2 tier_no.
SELECT t.seat_no, b.status = 'pending' AS held
FROM tickets AS t
JOIN bookings AS b ON b.event_id = $1 AND b.id = t.booking_id
WHERE t.event_id = $1 AND t.tier_no = $2 AND t.booking_id IS NOT NULL
