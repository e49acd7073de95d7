-- Only pending and confirmed bookings hold tickets: a booking's end releases them. Counted for
-- the booking; ticket_has_its_booking names each such ticket.
SELECT b.event_id, b.id AS booking_id, b.status, b.ended_at, count(*) AS held
FROM bookings AS b
JOIN tickets AS t ON t.event_id = b.event_id AND t.booking_id = b.id
WHERE b.status NOT IN ('pending', 'confirmed')
GROUP BY b.event_id, b.id, b.status, b.ended_at
