-- Sold tickets by tier and seat, each with its holder, the tier that was bought, and whether it is in at a list. Whether a
-- tier shares a stock is asked once; if none does, no item is looked at.
-- $1 event, $2 list, $3 tier and $4 seat after which, $5 how many at most, $6 when the event was moved, or NULL: who came
-- in before is not in.
SELECT t.tier_no, t.seat_no, t.issue, b.id AS booking_id, b.reference, coalesce(c.name, '') AS name,
       i.entered_at, i.left_at, i.gate_id, coalesce(o.tier_no, t.tier_no) AS bought_tier_no
FROM tickets AS t
JOIN bookings AS b ON b.event_id = $1 AND b.id = t.booking_id AND b.status = 'confirmed' AND b.kind <> 'withheld'
LEFT JOIN contacts AS c ON c.event_id = $1 AND c.booking_id = t.booking_id
LEFT JOIN check_ins AS i
    ON i.event_id = $1 AND i.list_id = $2 AND i.tier_no = t.tier_no AND i.seat_no = t.seat_no AND i.issue = t.issue
   AND i.entered_at > coalesce($6::timestamptz, '-infinity')
LEFT JOIN LATERAL (
    SELECT tier_no FROM booking_items
    WHERE event_id = $1 AND booking_id = t.booking_id AND stock_tier_no = t.tier_no AND t.seat_no = ANY (seats)
      AND (SELECT count(*) > 0 FROM tiers WHERE event_id = $1 AND stock_tier_no IS NOT NULL)
    LIMIT 1
) AS o ON true
WHERE t.event_id = $1 AND t.booking_id IS NOT NULL AND (t.tier_no, t.seat_no) > ($3, $4)
ORDER BY t.tier_no, t.seat_no
LIMIT $5
