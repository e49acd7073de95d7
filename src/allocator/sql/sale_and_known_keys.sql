-- Whether the sale is open, by the database's clock; and a row for each key whose buyer has bookings of
-- the event, or one row of the sale alone: the booking that the key has made already, if it has, the tickets
-- that the buyer holds or owns, and the buyer's last turn.
-- LATERAL with the first two columns of the unique constraint given: the planner can use no other index,
-- even without statistics.
-- Arrays are wrapped in scalar subqueries, so that a custom plan has the estimates of a generic one.
-- n counts the keys from 1.
SELECT now() AS now, e.on_sale_at, now() >= e.on_sale_at AS opened,
       now() >= e.starts_at OR e.status <> 'published' AS over, e.status = 'called_off' AS called_off,
       e.status = 'published' AS published,
       coalesce(e.max_tickets_per_buyer, 2 * e.max_tickets_per_booking) AS max_tickets_per_buyer,
       e.hold_seconds, known.n, known.id, known.request_fingerprint, known.held, known.last_turn
FROM events AS e
LEFT JOIN LATERAL (
    SELECT k.n, b.id, b.request_fingerprint, b.held, b.last_turn
    FROM unnest((SELECT :buyer_ids::uuid[]), (SELECT :keys::text[])) WITH ORDINALITY AS k (buyer_id, idempotency_key, n)
    CROSS JOIN LATERAL (
        SELECT (array_agg(id) FILTER (WHERE idempotency_key = k.idempotency_key))[1] AS id,
               (array_agg(request_fingerprint) FILTER (WHERE idempotency_key = k.idempotency_key))[1] AS request_fingerprint,
               coalesce(sum((SELECT sum(i.quantity) FROM booking_items AS i
                             WHERE i.event_id = :event_id AND i.booking_id = bookings.id))
                   FILTER (WHERE status IN ('pending', 'confirmed')), 0)::bigint AS held,
               coalesce(max(turn), 0) AS last_turn
        FROM bookings
        WHERE event_id = :event_id AND buyer_id = k.buyer_id
        HAVING count(*) > 0
    ) AS b
) AS known ON true
WHERE e.event_id = :event_id
