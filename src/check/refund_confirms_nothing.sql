-- A payment that is refunded, or whose refund is due, confirms no booking: a confirmed booking with
-- such a payment was paid by another one.
WITH kept AS (
    SELECT DISTINCT event_id, booking_id
    FROM payments
    WHERE status = 'succeeded' AND refund_requested_at IS NULL
)
SELECT p.event_id, p.id AS payment_id, p.booking_id, p.status, p.refund_requested_at, p.refunded_at
FROM payments AS p
JOIN bookings AS b ON b.event_id = p.event_id AND b.id = p.booking_id
LEFT JOIN kept AS k ON k.event_id = p.event_id AND k.booking_id = p.booking_id
WHERE p.refund_requested_at IS NOT NULL AND b.status = 'confirmed' AND k.booking_id IS NULL
