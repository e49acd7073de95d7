-- The seats of a tier that are not free, and those that pending bookings hold, in one snapshot.
-- $1 event_id, $2 tier_no of a tier that has tickets of its own.
SELECT now() AS now,
       ARRAY(SELECT k.seat_no FROM tickets AS k
             WHERE k.event_id = $1 AND k.tier_no = t.tier_no AND k.booking_id IS NOT NULL) AS taken,
       ARRAY(SELECT unnest(i.seats)
             FROM bookings AS b
             JOIN booking_items AS i
                 ON i.event_id = $1 AND i.booking_id = b.id AND coalesce(i.stock_tier_no, i.tier_no) = $2
             WHERE b.event_id = $1 AND b.status = 'pending') AS held
FROM tiers AS t
WHERE t.event_id = $1 AND t.tier_no = $2
