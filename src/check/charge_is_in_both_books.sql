-- Invariant 6, against the gateway's own books, in which no payment by hand is: each charge there is of a payment that succeeded, in the
-- same amount, and the other way round. A processing payment may be charged already: its answer is not
-- recorded yet.
SELECT p.event_id, coalesce(p.id, c.payment_id) AS payment_id, p.booking_id, p.status AS payment_status,
       p.amount_minor, p.currency, c.status AS charge_status,
       c.amount_minor AS charged_minor, c.currency AS charged_currency
FROM (SELECT * FROM payments WHERE method = 'card') AS p
FULL JOIN gateway_charges AS c ON c.payment_id = p.id
WHERE ((c.status = 'succeeded') IS TRUE AND coalesce(p.status, 'none') NOT IN ('processing', 'succeeded', 'refunded'))
   OR (p.status IN ('succeeded', 'refunded') AND c.status IS DISTINCT FROM 'succeeded')
   OR (p.status = 'declined' AND c.status IS DISTINCT FROM 'declined')
   OR c.amount_minor <> p.amount_minor
   OR c.currency <> p.currency
