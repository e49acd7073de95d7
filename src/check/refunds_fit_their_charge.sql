-- Invariant 6: what goes back of a charge in part is what is counted beside it, no more than the charge, of a charge that
-- was made, in its currency. What became void is counted nowhere, and of no charge that is kept.
WITH counted AS (
    SELECT event_id, payment_id, sum(amount_minor) AS minor, count(DISTINCT booking_id) AS bookings,
           min(currency) AS currency, count(DISTINCT currency) AS currencies, min(booking_id::text) AS booking_id
    FROM refunds
    WHERE status <> 'void'
    GROUP BY event_id, payment_id
)
SELECT coalesce(p.event_id, c.event_id) AS event_id, coalesce(p.id, c.payment_id) AS payment_id, p.booking_id, p.status,
       p.amount_minor, p.returned_minor, c.minor AS refunds_minor
FROM payments AS p
FULL JOIN counted AS c ON c.event_id = p.event_id AND c.payment_id = p.id
WHERE coalesce(p.returned_minor, 0) <> coalesce(c.minor, 0)
   OR p.returned_minor > p.amount_minor
   OR (c.payment_id IS NOT NULL
       AND (p.id IS NULL OR p.status NOT IN ('succeeded', 'refunded') OR c.bookings <> 1 OR c.currencies <> 1
            OR c.booking_id <> p.booking_id::text OR c.currency <> p.currency))
UNION ALL
SELECT r.event_id, r.payment_id, r.booking_id, p.status, p.amount_minor, p.returned_minor, r.amount_minor
FROM refunds AS r
LEFT JOIN payments AS p ON p.event_id = r.event_id AND p.id = r.payment_id
WHERE r.status = 'void' AND coalesce(p.status, 'none') NOT IN ('declined', 'refunded')
