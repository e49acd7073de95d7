-- A confirmed booking was paid in full, and no refund of that payment is due. A booking that costs nothing is no
-- exception: it has a payment of 0. That it was paid once is checked by payment_is_alone.
SELECT b.event_id, b.id AS booking_id, b.total_minor, b.currency,
       p.id AS payment_id, p.amount_minor AS paid_minor, p.currency AS paid_currency
FROM bookings AS b
LEFT JOIN payments AS p
    ON p.event_id = b.event_id AND p.booking_id = b.id AND p.status = 'succeeded' AND p.refund_requested_at IS NULL
WHERE b.status = 'confirmed'
  AND (p.id IS NULL OR p.amount_minor <> b.total_minor OR p.currency <> b.currency)
