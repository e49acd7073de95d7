-- The bookings of a batch, a row for each element of the arrays, in their order. `code_no` is empty if no booking uses
-- a code: an array that is too short ends in NULLs.
-- From the event's first tier, not from the arrays alone: a distributed database then runs it whole
-- on the event's shard. Without that tier nothing would be inserted: take_tickets.sql fails then.
INSERT INTO bookings AS b (event_id, id, reference, buyer_id, idempotency_key, request_fingerprint,
                           total_minor, turn, code_no, status, currency, created_at, expires_at)
SELECT t.event_id, new.*, 'pending', :currency::text, :created_at::timestamptz, :expires_at::timestamptz
FROM tiers AS t
CROSS JOIN (
    SELECT unnest((SELECT :id::uuid[])),
           unnest((SELECT :reference::bigint[])),
           unnest((SELECT :buyer_id::uuid[])),
           unnest((SELECT :idempotency_key::text[])),
           unnest((SELECT :request_fingerprint::bytea[])),
           unnest((SELECT :total_minor::bigint[])),
           unnest((SELECT :turn::int[])),
           unnest((SELECT :code_no::int[]))
) AS new
WHERE t.event_id = :event_id AND t.tier_no = :first_tier
