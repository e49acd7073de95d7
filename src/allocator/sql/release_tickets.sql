-- Frees the tickets of bookings that have just ended, found by primary key through their items;
-- looked up and updated as in take_tickets.sql.
-- $1 event_id, $2 bookings.
WITH released AS (
    UPDATE tickets AS t
    SET booking_id = NULL
    FROM unnest($2::uuid[]) AS ended (id)
    CROSS JOIN LATERAL (
        SELECT i.tier_no, i.seats
        FROM booking_items AS i
        WHERE i.event_id = $1 AND i.booking_id = ended.id
        LIMIT 100
    ) AS i
    CROSS JOIN LATERAL unnest(i.seats) AS s (seat_no)
    CROSS JOIN LATERAL (
        SELECT k.ctid AS place
        FROM tickets AS k
        WHERE k.event_id = $1 AND k.tier_no = i.tier_no AND k.seat_no = s.seat_no AND k.booking_id = ended.id
        LIMIT 1
    ) AS k
    WHERE t.event_id = $1 AND t.ctid = k.place
    RETURNING t.tier_no, t.seat_no
)
SELECT tier_no, count(*) AS quantity, min(seat_no) AS first_seat
FROM released
GROUP BY tier_no
ORDER BY tier_no
