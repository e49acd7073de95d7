-- Invariant 6, against the simulated gateway's own books: every refund there is of a payment that is refunded, or
-- whose refund is due and not recorded yet; always of what is left of the charge. Every payment that is refunded
-- here is refunded there, unless all of it had gone back before, or it was never captured. The same of refunds in part.
SELECT p.event_id, coalesce(p.id, r.payment_id) AS payment_id, NULL::uuid AS refund_id, p.booking_id, p.status,
       p.refund_requested_at, p.refunded_at, p.amount_minor - coalesce(p.returned_minor, 0) AS amount_minor,
       r.amount_minor AS refunded_minor, r.currency AS refunded_currency
FROM (SELECT * FROM payments WHERE method = 'card' AND provider = 'simulated') AS p
FULL JOIN gateway_refunds AS r ON r.payment_id = p.id
LEFT JOIN gateway_charges AS c ON c.payment_id = p.id
WHERE (p.status = 'refunded' AND r.payment_id IS NULL AND c.status IS DISTINCT FROM 'cancelled'
       AND (p.amount_minor > coalesce(p.returned_minor, 0) OR p.returned_minor IS NULL))
   OR (r.payment_id IS NOT NULL
       AND NOT coalesce(p.status = 'refunded' OR (p.status = 'succeeded' AND p.refund_requested_at IS NOT NULL), false))
   OR r.amount_minor <> p.amount_minor - coalesce(p.returned_minor, 0)
   OR r.currency <> p.currency
UNION ALL
SELECT f.event_id, coalesce(f.payment_id, g.payment_id), coalesce(f.id, g.id), f.booking_id, f.status,
       f.requested_at, f.refunded_at, f.amount_minor, g.amount_minor, g.currency
FROM (SELECT r.* FROM refunds AS r JOIN payments AS p ON p.event_id = r.event_id AND p.id = r.payment_id
      WHERE p.provider = 'simulated') AS f
FULL JOIN gateway_part_refunds AS g ON g.id = f.id
WHERE (f.status = 'refunded' AND g.id IS NULL)
   OR (f.status = 'void' AND g.id IS NOT NULL)
   OR f.id IS NULL
   OR g.payment_id <> f.payment_id
   OR g.amount_minor <> f.amount_minor
   OR g.currency <> f.currency
