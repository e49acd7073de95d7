-- Invariant 6, against the simulated gateway's own books, in which nothing by hand or by another provider is: each charge there
-- is of a payment that succeeded, in the same amount, and the other way round. A processing payment may be charged already: its
-- answer is not recorded yet. What is to be captured is reserved there, or captured, or set free again; what is refunded may
-- never have been captured.
SELECT p.event_id, coalesce(p.id, c.payment_id) AS payment_id, p.booking_id, p.status AS payment_status,
       p.amount_minor, p.currency, c.status AS charge_status,
       c.amount_minor AS charged_minor, c.currency AS charged_currency
FROM (SELECT * FROM payments WHERE method = 'card' AND provider = 'simulated') AS p
FULL JOIN gateway_charges AS c ON c.payment_id = p.id
WHERE ((c.status = 'succeeded') IS TRUE AND coalesce(p.status, 'none') NOT IN ('processing', 'succeeded', 'refunded'))
   OR (p.status = 'succeeded' AND p.capture_due IS NULL AND c.status IS DISTINCT FROM 'succeeded')
   OR (p.status = 'succeeded' AND p.capture_due AND coalesce(c.status, 'none') NOT IN ('authorised', 'succeeded')
       AND NOT (p.refund_requested_at IS NOT NULL AND coalesce(c.status, 'none') = 'cancelled'))
   OR (p.status = 'refunded' AND coalesce(c.status, 'none') NOT IN ('succeeded', 'cancelled'))
   OR (p.status = 'declined' AND coalesce(c.status, 'none') NOT IN ('declined', 'cancelled'))
   OR c.amount_minor <> p.amount_minor
   OR c.currency <> p.currency
