-- What the allocator knows of an event's tiers, and whether its sale is over, by the database's clock.
SELECT t.tier_no, coalesce(t.stock_tier_no, t.tier_no) AS stock_tier_no, t.capacity, t.row_blocks, t.plan::text AS plan,
       t.wheelchair_seats || t.companion_seats AS special_seats, now() >= e.starts_at OR e.status <> 'published' AS over
FROM events AS e
JOIN tiers AS t ON t.event_id = :event_id
WHERE e.event_id = :event_id
ORDER BY t.tier_no
