-- Invariant 1, from the bookings' side: no two live bookings list the same ticket. The bookings
-- are gathered only for the tickets listed twice, so that a million tickets make no million lists.
WITH listed AS MATERIALIZED (
    SELECT i.event_id, coalesce(i.stock_tier_no, i.tier_no) AS tier_no, unnest(i.seats) AS seat_no, i.booking_id
    FROM booking_items AS i
    JOIN bookings AS b ON b.event_id = i.event_id AND b.id = i.booking_id
    WHERE b.status IN ('pending', 'confirmed')
),
listed_twice AS (
    SELECT event_id, tier_no, seat_no
    FROM listed
    GROUP BY event_id, tier_no, seat_no
    HAVING count(*) > 1
)
SELECT l.event_id, l.tier_no, l.seat_no, array_agg(DISTINCT l.booking_id) AS bookings
FROM listed AS l
JOIN listed_twice AS s
    ON s.event_id = l.event_id AND s.tier_no = l.tier_no AND s.seat_no = l.seat_no
GROUP BY l.event_id, l.tier_no, l.seat_no
HAVING count(DISTINCT l.booking_id) > 1
