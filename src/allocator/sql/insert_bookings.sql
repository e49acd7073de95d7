-- Joined with tiers, not taken from the arrays alone: a distributed database can then run it
-- whole on the event's shard. A missing tier would drop rows silently, so the count is guarded:
-- COMMIT is on its way already, and only an error stops it.
-- $1 event_id, $2 how many bookings, $3 currency, $4 created_at, $5 expires_at, then a column each.
WITH inserted AS (
    INSERT INTO bookings AS b (event_id, id, user_id, idempotency_key, request_fingerprint,
                               status, total_minor, currency, created_at, expires_at)
    SELECT t.event_id, o.id, o.user_id, o.idempotency_key, o.request_fingerprint,
           'pending', o.total_minor, $3, $4, $5
    FROM unnest($6::uuid[], $7::uuid[], $8::text[], $9::bytea[], $10::bigint[], $11::smallint[])
        AS o (id, user_id, idempotency_key, request_fingerprint, total_minor, tier_no)
    JOIN tiers AS t ON t.event_id = $1 AND t.tier_no = o.tier_no
    RETURNING 1
)
SELECT 1 / (count(*) = $2)::int FROM inserted
