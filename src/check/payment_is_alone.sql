-- At most one payment of a booking is under way or has succeeded: two would be two charges.
SELECT event_id, booking_id, count(*) AS live_payments, array_agg(id) AS payments
FROM payments
WHERE status IN ('processing', 'succeeded')
GROUP BY event_id, booking_id
HAVING count(*) > 1
