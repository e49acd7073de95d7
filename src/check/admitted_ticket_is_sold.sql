-- Whoever was let in had a ticket of a confirmed booking. The ticket is theirs still; or it was taken again since; or
-- their booking was cancelled later. A booking that is being cancelled while its ticket is scanned has ended, by its
-- own record, a moment before.
WITH given_back AS (
    SELECT event_id, tier_no, seat_no, max(ended_at) AS ended_at
    FROM (
        SELECT i.event_id, coalesce(i.stock_tier_no, i.tier_no) AS tier_no, unnest(i.seats) AS seat_no, b.ended_at
        FROM bookings AS b
        JOIN booking_items AS i ON i.event_id = b.event_id AND i.booking_id = b.id
        WHERE b.status = 'cancelled' AND b.confirmed_at IS NOT NULL
        UNION ALL
        SELECT i.event_id, coalesce(t.stock_tier_no, i.tier_no), unnest(i.removed), i.changed_at
        FROM booking_change_items AS i JOIN tiers AS t ON t.event_id = i.event_id AND t.tier_no = i.tier_no
    ) AS ended
    GROUP BY event_id, tier_no, seat_no
)
SELECT c.event_id, c.list_id, c.tier_no, c.seat_no, c.issue, c.recorded_at, t.issue AS issue_now,
       t.booking_id, b.status, g.ended_at
FROM check_ins AS c
LEFT JOIN tickets AS t ON t.event_id = c.event_id AND t.tier_no = c.tier_no AND t.seat_no = c.seat_no
LEFT JOIN bookings AS b ON b.event_id = t.event_id AND b.id = t.booking_id
LEFT JOIN given_back AS g ON g.event_id = c.event_id AND g.tier_no = c.tier_no AND g.seat_no = c.seat_no
WHERE t.issue IS NULL
   OR t.issue < c.issue
   OR (t.issue = c.issue
       AND CASE WHEN t.booking_id IS NOT NULL THEN b.status IS DISTINCT FROM 'confirmed'
                ELSE (g.ended_at > c.recorded_at - interval '1 minute') IS NOT TRUE END)
