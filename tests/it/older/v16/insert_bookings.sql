-- The bookings of a batch, a row for each element of the arrays, in their order.
-- From the event's first tier, not from the arrays alone: a distributed database then runs it whole
-- on the event's shard. Without that tier nothing would be inserted: take_tickets.sql fails then.
INSERT INTO bookings AS b (event_id, id, buyer_id, idempotency_key, request_fingerprint,
                           total_minor, turn, status, currency, created_at, expires_at)
SELECT t.event_id, new.*, 'pending', :currency::text, :created_at::timestamptz, :expires_at::timestamptz
FROM tiers AS t
CROSS JOIN (
    SELECT unnest((SELECT :id::uuid[])),
           unnest((SELECT :buyer_id::uuid[])),
           unnest((SELECT :idempotency_key::text[])),
           unnest((SELECT :request_fingerprint::bytea[])),
           unnest((SELECT :total_minor::bigint[])),
           unnest((SELECT :turn::int[]))
) AS new
WHERE t.event_id = :event_id AND t.tier_no = :first_tier
