-- The tickets that a booking holds, found by primary key through its items, each with the tier that was bought.
-- $1 event, $2 booking.
SELECT t.tier_no, t.seat_no, t.issue, i.tier_no AS bought_tier_no
FROM booking_items AS i
CROSS JOIN LATERAL unnest(i.seats) AS s (seat_no)
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no, issue
    FROM tickets
    WHERE event_id = $1 AND tier_no = coalesce(i.stock_tier_no, i.tier_no) AND seat_no = s.seat_no AND booking_id = $2
    LIMIT 1
) AS t
WHERE i.event_id = $1 AND i.booking_id = $2
ORDER BY i.tier_no, t.seat_no
