-- At most one payment of a booking is processing, or succeeded without a refund: two would be two charges.
SELECT event_id, booking_id, count(*) AS live_payments, array_agg(id) AS payments
FROM payments
WHERE status = 'processing' OR (status = 'succeeded' AND refund_requested_at IS NULL)
GROUP BY event_id, booking_id
HAVING count(*) > 1
