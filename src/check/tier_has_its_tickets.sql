-- A tier has exactly `capacity` tickets, all different. Of numbered seats they are 1 .. capacity; of general admission
-- tickets may have been taken out of sale among them. A draft has none, and an event that is being published the first
-- ones. A tier that shares another's stock has none of its own. A FULL JOIN, so that tickets of no tier are found too.
WITH made AS (
    SELECT event_id, tier_no, count(*) AS tickets, count(DISTINCT seat_no) AS numbers,
           min(seat_no) AS first, max(seat_no) AS last
    FROM tickets
    GROUP BY event_id, tier_no
)
SELECT coalesce(t.event_id, m.event_id) AS event_id, coalesce(t.tier_no, m.tier_no) AS tier_no, e.status,
       t.capacity, coalesce(m.tickets, 0) AS tickets, m.numbers, m.first, m.last
FROM tiers AS t
FULL JOIN made AS m ON m.event_id = t.event_id AND m.tier_no = t.tier_no
LEFT JOIN events AS e ON e.event_id = t.event_id
WHERE CASE
    WHEN t.stock_tier_no IS NOT NULL THEN m.tickets > 0
    WHEN e.status = 'draft' THEN m.tickets > 0
    WHEN e.status = 'publishing' THEN
        m.tickets > t.capacity OR m.numbers <> m.tickets OR m.first <> 1 OR m.last <> m.tickets
    ELSE t.capacity IS DISTINCT FROM m.tickets OR m.numbers <> m.tickets OR m.first < 1
        OR (t.seating = 'numbered' AND (m.first <> 1 OR m.last <> t.capacity))
END
