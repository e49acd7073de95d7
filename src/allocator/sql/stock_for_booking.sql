-- Whether the tickets that an ended booking needs are free, locked or not: the named seats themselves, and of
-- its other items as many as they had; and whether the event has an overdue hold that is not expired yet,
-- which may give back what is missing.
SELECT NOT EXISTS (
           SELECT FROM booking_items AS i
           WHERE i.event_id = :event_id AND i.booking_id = :booking_id
             AND i.quantity > CASE
                 WHEN i.named THEN (
                     SELECT count(*)
                     FROM unnest(i.seats) AS named (seat_no)
                     CROSS JOIN LATERAL (
                         SELECT FROM tickets
                         WHERE event_id = :event_id AND tier_no = i.tier_no AND seat_no = named.seat_no
                           AND booking_id IS NULL
                         LIMIT 1) AS t)
                 ELSE (
                     SELECT count(*)
                     FROM (SELECT FROM tickets
                           WHERE event_id = :event_id AND tier_no = i.tier_no AND booking_id IS NULL
                           ORDER BY event_id, tier_no, seat_no
                           LIMIT i.quantity) AS t)
             END
       ) AS enough,
       -- In the order of bookings_pending: by no other index is that as cheap.
       (SELECT true FROM bookings
        WHERE event_id = :event_id AND status = 'pending' AND expires_at <= now()
          AND (paying_until IS NULL OR paying_until <= now())
        ORDER BY event_id, expires_at
        LIMIT 1) IS NOT NULL AS overdue
