-- Whether the sale is open, by the database's clock; and the bookings that the batch's idempotency
-- keys have made already, a row each, or one row of the sale alone. LATERAL with all three columns
-- of the unique constraint given: the planner can use no other index, even without statistics.
-- Arrays are wrapped in scalar subqueries, so that a custom plan has the estimates of a generic one.
-- n counts the keys from 1.
SELECT now() AS now, e.on_sale_at, now() >= e.on_sale_at AS opened, now() >= e.starts_at AS over,
       known.n, known.id, known.request_fingerprint
FROM events AS e
LEFT JOIN LATERAL (
    SELECT k.n, b.id, b.request_fingerprint
    FROM unnest((SELECT :buyer_ids::uuid[]), (SELECT :keys::text[])) WITH ORDINALITY AS k (buyer_id, idempotency_key, n)
    CROSS JOIN LATERAL (
        SELECT id, request_fingerprint
        FROM bookings
        WHERE event_id = :event_id AND buyer_id = k.buyer_id AND idempotency_key = k.idempotency_key
        LIMIT 1
    ) AS b
) AS known ON true
WHERE e.event_id = :event_id
