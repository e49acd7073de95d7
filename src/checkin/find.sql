-- The tickets of bookings that somebody looks for by a reference, a name or a seat, each with whether it is in.
-- $1 event, $2 list, $3 reference or NULL, $4 what a name contains in lower case or NULL, $5 tiers and $6 seats, pair
-- by pair, of tiers that have tickets of their own, $7 bookings at most, $8 tickets at most, $9 when the event was moved, or
-- NULL: who came in before is not in.
WITH wanted AS (
    (SELECT b.id FROM bookings AS b
     WHERE b.event_id = $1 AND b.reference = $3 AND b.confirmed_at IS NOT NULL)
    UNION
    (SELECT c.booking_id FROM contacts AS c
     JOIN bookings AS b ON b.event_id = $1 AND b.id = c.booking_id AND b.status = 'confirmed'
     -- The first condition is the index's, which has addresses as well.
     WHERE c.event_id = $1 AND (lower(c.name) || ' ' || c.email_folded) LIKE $4 AND lower(c.name) LIKE $4
     LIMIT $7)
    UNION
    (SELECT t.booking_id FROM unnest($5::smallint[], $6::integer[]) AS s (tier_no, seat_no)
     JOIN tickets AS t ON t.event_id = $1 AND t.tier_no = s.tier_no AND t.seat_no = s.seat_no
     WHERE t.booking_id IS NOT NULL)
)
SELECT t.tier_no, t.seat_no, t.issue, b.id AS booking_id, b.reference, coalesce(c.name, '') AS name,
       i.entered_at, i.left_at, i.gate_id, o.tier_no AS bought_tier_no
FROM wanted AS w
JOIN bookings AS b ON b.event_id = $1 AND b.id = w.id AND b.status = 'confirmed' AND b.kind <> 'withheld'
JOIN booking_items AS o ON o.event_id = $1 AND o.booking_id = b.id
CROSS JOIN LATERAL unnest(o.seats) AS s (seat_no)
JOIN tickets AS t
    ON t.event_id = $1 AND t.tier_no = coalesce(o.stock_tier_no, o.tier_no) AND t.seat_no = s.seat_no
   AND t.booking_id = b.id
LEFT JOIN contacts AS c ON c.event_id = $1 AND c.booking_id = b.id
LEFT JOIN check_ins AS i
    ON i.event_id = $1 AND i.list_id = $2 AND i.tier_no = t.tier_no AND i.seat_no = t.seat_no AND i.issue = t.issue
   AND i.entered_at > coalesce($9::timestamptz, '-infinity')
ORDER BY name, b.id, t.tier_no, t.seat_no
LIMIT $8
