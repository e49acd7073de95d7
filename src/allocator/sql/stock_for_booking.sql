-- Whether the tickets that an ended booking needs are free, locked or not: the named seats themselves, and of
-- each stock as many as it had; and whether the event has an overdue hold that is not expired yet, which may give back
-- what is missing.
WITH needed AS (
    SELECT coalesce(stock_tier_no, tier_no) AS tier_no, quantity, seats, coalesce(named, false) AS named
    FROM booking_items
    WHERE event_id = :event_id AND booking_id = :booking_id
)
SELECT NOT EXISTS (
           SELECT FROM needed AS i
           CROSS JOIN LATERAL unnest(i.seats) AS s (seat_no)
           WHERE i.named AND (
               SELECT true FROM tickets
               WHERE event_id = :event_id AND tier_no = i.tier_no AND seat_no = s.seat_no AND booking_id IS NULL
               LIMIT 1) IS NOT TRUE
       ) AND NOT EXISTS (
           SELECT FROM (SELECT tier_no, sum(quantity) AS quantity FROM needed GROUP BY tier_no) AS i
           WHERE i.quantity > (
               SELECT count(*)
               FROM (SELECT FROM tickets
                     WHERE event_id = :event_id AND tier_no = i.tier_no AND booking_id IS NULL
                     ORDER BY event_id, tier_no, seat_no
                     LIMIT i.quantity) AS t)
       ) AS enough,
       -- In the order of bookings_pending: by no other index is that as cheap.
       (SELECT true FROM bookings
        WHERE event_id = :event_id AND status = 'pending' AND expires_at <= now()
          AND (paying_until IS NULL OR paying_until <= now())
        ORDER BY event_id, expires_at
        LIMIT 1) IS NOT NULL AS overdue
