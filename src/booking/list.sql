-- A buyer's bookings, newest first. The pending ones are looked up by the idempotency key's index in
-- each event that has any. That holds however little the planner knows: OFFSET keeps the look-up as it
-- stands, and asked for as bookings that expire, pending ones are not found by bookings_pending.
-- $1 user, $2 older than this booking or NULL, $3 how many at most.
SELECT event_id, id, user_id, status, total_minor, currency, created_at, expires_at, confirmed_at, ended_at
FROM (
    (SELECT *
     FROM bookings
     WHERE user_id = $1 AND status <> 'pending' AND ($2::uuid IS NULL OR id < $2)
     ORDER BY id DESC
     LIMIT $3)
    UNION ALL
    SELECT b.*
    FROM events_on_hold AS e
    CROSS JOIN LATERAL (
        SELECT *
        FROM bookings
        WHERE event_id = e.event_id AND user_id = $1 AND expires_at IS NOT NULL AND ($2::uuid IS NULL OR id < $2)
        OFFSET 0
    ) AS b
) AS mine
ORDER BY id DESC
LIMIT $3
