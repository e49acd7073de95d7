-- A tier that shares a stock shares that of a tier of its event which has tickets of its own, and says the same of them:
-- how many there are and where they stand. And an item is of the stock from which its tier is sold.
SELECT t.event_id, t.tier_no, t.stock_tier_no, NULL::uuid AS booking_id, t.capacity, s.capacity AS stock_capacity
FROM tiers AS t
LEFT JOIN tiers AS s ON s.event_id = t.event_id AND s.tier_no = t.stock_tier_no
WHERE t.stock_tier_no IS NOT NULL
  AND (s.tier_no IS NULL OR s.stock_tier_no IS NOT NULL OR s.capacity <> t.capacity OR s.seating <> t.seating
       OR s.row_blocks IS DISTINCT FROM t.row_blocks OR s.wheelchair_seats IS DISTINCT FROM t.wheelchair_seats
       OR s.companion_seats IS DISTINCT FROM t.companion_seats OR s.plan IS DISTINCT FROM t.plan)
UNION ALL
SELECT i.event_id, i.tier_no, i.stock_tier_no, i.booking_id, t.capacity, NULL
FROM booking_items AS i
JOIN tiers AS t ON t.event_id = i.event_id AND t.tier_no = i.tier_no
WHERE i.stock_tier_no IS DISTINCT FROM t.stock_tier_no
