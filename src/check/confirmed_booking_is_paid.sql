-- A confirmed booking was paid once, in full, and no refund of that payment is due. A booking that
-- costs nothing is no exception: it has a payment of 0.
WITH kept AS (
    SELECT event_id, booking_id, count(*) AS charges, sum(amount_minor) AS amount_minor,
           min(currency) AS currency
    FROM payments
    WHERE status = 'succeeded' AND refund_requested_at IS NULL
    GROUP BY event_id, booking_id
)
SELECT b.event_id, b.id AS booking_id, b.total_minor, b.currency,
       coalesce(k.charges, 0) AS charges, k.amount_minor AS paid_minor, k.currency AS paid_currency
FROM bookings AS b
LEFT JOIN kept AS k ON k.event_id = b.event_id AND k.booking_id = b.id
WHERE b.status = 'confirmed'
  AND (k.charges IS DISTINCT FROM 1
       OR k.amount_minor <> b.total_minor
       OR k.currency <> b.currency)
