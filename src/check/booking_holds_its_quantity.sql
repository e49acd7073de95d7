-- Invariant 2, by number: a live booking holds of each stock as many tickets as it ordered and
-- lists. Tickets of a tier that it did not order are found by ticket_has_its_booking.
WITH held AS (
    SELECT event_id, booking_id, tier_no, count(*) AS tickets
    FROM tickets
    WHERE booking_id IS NOT NULL
    GROUP BY event_id, booking_id, tier_no
),
ordered AS (
    SELECT event_id, booking_id, coalesce(stock_tier_no, tier_no) AS tier_no, sum(quantity) AS quantity,
           sum(cardinality(seats)) AS listed, bool_or(cardinality(seats) <> quantity) AS differs
    FROM booking_items
    GROUP BY event_id, booking_id, coalesce(stock_tier_no, tier_no)
)
SELECT i.event_id, i.booking_id, b.status, i.tier_no, i.quantity, i.listed, coalesce(h.tickets, 0) AS held
FROM bookings AS b
JOIN ordered AS i ON i.event_id = b.event_id AND i.booking_id = b.id
LEFT JOIN held AS h
    ON h.event_id = i.event_id AND h.booking_id = i.booking_id AND h.tier_no = i.tier_no
WHERE b.status IN ('pending', 'confirmed')
  AND (coalesce(h.tickets, 0) <> i.quantity OR i.differs)
