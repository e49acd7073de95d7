-- The bookings of a batch, a row for each element of the arrays, in their order. What is confirmed at once says as what
-- in `confirmed_as`, which is empty if all are held, and `code_no` is empty if no booking uses a code: an array that is
-- too short ends in NULLs.
-- From the event's first tier, not from the arrays alone: a distributed database then runs it whole
-- on the event's shard. Without that tier nothing would be inserted: take_tickets.sql fails then.
INSERT INTO bookings AS b (event_id, id, reference, buyer_id, idempotency_key, request_fingerprint,
                           total_minor, turn, code_no, status, currency, created_at, expires_at, confirmed_at, kind)
SELECT t.event_id, new.id, new.reference, new.buyer_id, new.idempotency_key, new.request_fingerprint,
       new.total_minor, new.turn, new.code_no,
       CASE WHEN new.confirmed_as IS NULL THEN 'pending' ELSE 'confirmed' END,
       :currency::text, :created_at::timestamptz,
       CASE WHEN new.confirmed_as IS NULL THEN :expires_at::timestamptz END,
       CASE WHEN new.confirmed_as IS NOT NULL THEN :created_at::timestamptz END, coalesce(new.confirmed_as, 'sale')
FROM tiers AS t
CROSS JOIN (
    SELECT unnest((SELECT :id::uuid[])) AS id,
           unnest((SELECT :reference::bigint[])) AS reference,
           unnest((SELECT :buyer_id::uuid[])) AS buyer_id,
           unnest((SELECT :idempotency_key::text[])) AS idempotency_key,
           unnest((SELECT :request_fingerprint::bytea[])) AS request_fingerprint,
           unnest((SELECT :total_minor::bigint[])) AS total_minor,
           unnest((SELECT :turn::int[])) AS turn,
           unnest((SELECT :code_no::int[])) AS code_no,
           unnest((SELECT :confirmed_as::text[])) AS confirmed_as
) AS new
WHERE t.event_id = :event_id AND t.tier_no = :first_tier
