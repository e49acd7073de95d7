-- Invariant 6, against the gateway's own books, in which no payment by hand is: every refund there is of a payment that is refunded, or
-- whose refund is due and not recorded yet; always of the whole charge. Every payment that is refunded
-- here is refunded there.
SELECT p.event_id, coalesce(p.id, r.payment_id) AS payment_id, p.booking_id, p.status AS payment_status,
       p.refund_requested_at, p.refunded_at, p.amount_minor,
       r.amount_minor AS refunded_minor, r.currency AS refunded_currency
FROM (SELECT * FROM payments WHERE method = 'card') AS p
FULL JOIN gateway_refunds AS r ON r.payment_id = p.id
WHERE (p.status = 'refunded' AND r.payment_id IS NULL)
   OR (r.payment_id IS NOT NULL
       AND NOT coalesce(p.status = 'refunded' OR (p.status = 'succeeded' AND p.refund_requested_at IS NOT NULL), false))
   OR r.amount_minor <> p.amount_minor
   OR r.currency <> p.currency
