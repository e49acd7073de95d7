-- Frees the tickets of bookings that have just ended, found by primary key through their items.
-- $1 event_id, $2 bookings.
WITH released AS (
    UPDATE tickets AS t
    SET booking_id = NULL
    FROM unnest($2::uuid[]) AS ended (id)
    CROSS JOIN LATERAL (
        SELECT i.tier_no, s.seat_no
        FROM booking_items AS i CROSS JOIN LATERAL unnest(i.seats) AS s (seat_no)
        WHERE i.event_id = $1 AND i.booking_id = ended.id
    ) AS i
    WHERE t.event_id = $1 AND t.tier_no = i.tier_no AND t.seat_no = i.seat_no AND t.booking_id = ended.id
    RETURNING t.tier_no, t.seat_no
)
SELECT tier_no, count(*) AS quantity, min(seat_no) AS first_seat
FROM released
GROUP BY tier_no
ORDER BY tier_no
