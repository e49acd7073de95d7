-- What is left of an event, tier by tier, in one snapshot: the free tickets, and those of pending
-- bookings and of blocks, which are added up once and not once a tier. The rest is sold. A tier that shares another's stock has a row
-- without counts.
-- $1 event_id.
WITH held AS MATERIALIZED (
    SELECT coalesce(i.stock_tier_no, i.tier_no) AS tier_no, sum(i.quantity) AS quantity
    FROM bookings AS b
    JOIN booking_items AS i ON i.event_id = $1 AND i.booking_id = b.id
    WHERE b.event_id = $1 AND b.status = 'pending'
    GROUP BY coalesce(i.stock_tier_no, i.tier_no)
),
blocked AS MATERIALIZED (
    SELECT coalesce(i.stock_tier_no, i.tier_no) AS tier_no, sum(i.quantity) AS quantity
    FROM bookings AS b
    JOIN booking_items AS i ON i.event_id = $1 AND i.booking_id = b.id
    WHERE b.event_id = $1 AND b.kind = 'withheld' AND b.status = 'confirmed'
    GROUP BY coalesce(i.stock_tier_no, i.tier_no)
)
SELECT now() AS now, t.tier_no, coalesce(t.stock_tier_no, t.tier_no) AS stock_tier_no, t.capacity,
       CASE WHEN t.stock_tier_no IS NULL THEN
           (SELECT count(*) FROM tickets AS k
            WHERE k.event_id = $1 AND k.tier_no = t.tier_no AND k.booking_id IS NULL) END AS available,
       CASE WHEN t.stock_tier_no IS NULL THEN
           coalesce((SELECT h.quantity FROM held AS h WHERE h.tier_no = t.tier_no), 0)::bigint END AS held,
       coalesce((SELECT h.quantity FROM blocked AS h WHERE h.tier_no = t.tier_no), 0)::bigint AS blocked
FROM tiers AS t
WHERE t.event_id = $1
ORDER BY t.tier_no
