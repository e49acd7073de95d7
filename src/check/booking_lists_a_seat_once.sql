-- Invariant 2: two entries for one ticket would be one ticket for the price of two. Ended bookings
-- are checked too: they are what a buyer's history shows.
WITH listed AS (
    SELECT event_id, booking_id, tier_no, unnest(seats) AS seat_no
    FROM booking_items
)
SELECT event_id, booking_id, tier_no, seat_no, count(*) AS times
FROM listed
GROUP BY event_id, booking_id, tier_no, seat_no
HAVING count(*) > 1
