-- What is left of an event, tier by tier, in one snapshot: the free tickets, and those of pending
-- bookings and of blocks, which are added up once and not once a tier. The rest is sold.
-- $1 event_id.
WITH held AS MATERIALIZED (
    SELECT i.tier_no, sum(i.quantity) AS quantity
    FROM bookings AS b
    JOIN booking_items AS i ON i.event_id = $1 AND i.booking_id = b.id
    WHERE b.event_id = $1 AND b.status = 'pending'
    GROUP BY i.tier_no
),
blocked AS MATERIALIZED (
    SELECT i.tier_no, sum(i.quantity) AS quantity
    FROM bookings AS b
    JOIN booking_items AS i ON i.event_id = $1 AND i.booking_id = b.id
    WHERE b.event_id = $1 AND b.kind = 'withheld' AND b.status = 'confirmed'
    GROUP BY i.tier_no
)
SELECT now() AS now, t.tier_no, t.capacity,
       (SELECT count(*) FROM tickets AS k
        WHERE k.event_id = $1 AND k.tier_no = t.tier_no AND k.booking_id IS NULL) AS available,
       coalesce((SELECT h.quantity FROM held AS h WHERE h.tier_no = t.tier_no), 0)::bigint AS held,
       coalesce((SELECT h.quantity FROM blocked AS h WHERE h.tier_no = t.tier_no), 0)::bigint AS blocked
FROM tiers AS t
WHERE t.event_id = $1
ORDER BY t.tier_no
