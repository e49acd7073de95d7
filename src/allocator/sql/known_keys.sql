-- The bookings that the batch's idempotency keys have made already. LATERAL with all three
-- columns of the unique constraint given: nothing but its index can serve it, however
-- little the planner knows of the table.
-- $1 event_id, $2 users, $3 keys; n counts them from 1.
SELECT k.n, b.id, b.request_fingerprint
FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS k (user_id, idempotency_key, n)
CROSS JOIN LATERAL (
    SELECT id, request_fingerprint
    FROM bookings
    WHERE event_id = $1 AND user_id = k.user_id AND idempotency_key = k.idempotency_key
    LIMIT 1
) AS b
