-- A confirmed booking was paid in full, and no refund of that payment is due: by card through the gateway if a buyer has
-- booked, by hand if it was sold at the box office. One that costs nothing needs no payment; those of before have one of
-- 0. That it was paid once is checked by payment_is_alone. What is withheld or given away costs nothing.
SELECT b.event_id, b.id AS booking_id, b.kind, b.total_minor, b.currency,
       p.id AS payment_id, p.method, p.amount_minor AS paid_minor, p.currency AS paid_currency
FROM bookings AS b
LEFT JOIN payments AS p
    ON p.event_id = b.event_id AND p.booking_id = b.id AND p.status = 'succeeded' AND p.refund_requested_at IS NULL
WHERE b.status = 'confirmed'
  AND (CASE WHEN p.id IS NULL THEN b.total_minor <> 0
            ELSE p.amount_minor <> b.total_minor OR p.currency <> b.currency
                 OR (p.method = 'card') <> (b.kind = 'sale') END
       OR (b.kind IN ('withheld', 'complimentary') AND (b.total_minor <> 0 OR p.id IS NOT NULL)))
