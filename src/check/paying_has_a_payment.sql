-- A hold is kept beyond its end only while a payment of its booking is processing.
SELECT b.event_id, b.id AS booking_id, b.status, b.expires_at, b.paying_until
FROM bookings AS b
LEFT JOIN payments AS p
    ON p.event_id = b.event_id AND p.booking_id = b.id AND p.status = 'processing'
WHERE b.paying_until IS NOT NULL AND p.id IS NULL
