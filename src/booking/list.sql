-- A buyer's bookings, newest first. The pending ones are looked up by the idempotency key's index in
-- each event that has any. The plan does not depend on statistics: OFFSET 0 keeps the subquery from being
-- flattened, and the condition on expires_at does not match the predicate of the index bookings_pending.
-- Lines are looked for in all of them: a distributed database can ask for them in no query around others.
-- $1 buyer, $2 older than this booking or NULL, $3 how many at most.
SELECT event_id, id, reference, buyer_id, status, total_minor, currency, created_at, expires_at, paying_until,
       confirmed_at, ended_at, link_no, kind, reason, true AS has_lines
FROM (
    (SELECT *
     FROM bookings
     WHERE buyer_id = $1 AND status <> 'pending' AND ($2::uuid IS NULL OR id < $2)
     ORDER BY id DESC
     LIMIT $3)
    UNION ALL
    SELECT b.*
    FROM events_on_hold AS e
    CROSS JOIN LATERAL (
        SELECT *
        FROM bookings
        WHERE event_id = e.event_id AND buyer_id = $1 AND expires_at IS NOT NULL AND ($2::uuid IS NULL OR id < $2)
        OFFSET 0
    ) AS b
) AS mine
ORDER BY id DESC
LIMIT $3
