-- Invariant 6: a charge without a due or recorded refund belongs to a confirmed booking.
SELECT p.event_id, p.id AS payment_id, p.booking_id, b.status AS booking_status,
       p.amount_minor, p.currency
FROM payments AS p
LEFT JOIN bookings AS b ON b.event_id = p.event_id AND b.id = p.booking_id
WHERE p.status = 'succeeded'
  AND p.refund_requested_at IS NULL
  AND b.status IS DISTINCT FROM 'confirmed'
