-- A booking is of an event, in its currency, has items, cost what its lines say, or if it has none what its items and what
-- was taken from it since cost, and is no larger than the event allows; one that an organiser has made no larger than any may
-- be. Its lines have the tickets that it had when it was made, at their price if it has them all.
WITH ordered AS (
    SELECT event_id, booking_id, sum(quantity) AS tickets, sum(quantity * unit_price_minor) AS items_minor
    FROM booking_items
    GROUP BY event_id, booking_id
),
changed AS (
    SELECT event_id, booking_id, sum(removed_minor - added_minor) AS minor,
           sum(cardinality(removed) - cardinality(added)) AS tickets
    FROM booking_change_items
    GROUP BY event_id, booking_id
),
priced AS (
    SELECT event_id, booking_id, coalesce(sum(amount_minor) FILTER (WHERE is_added), 0) AS lines_minor,
           coalesce(sum(amount_minor) FILTER (WHERE kind = 'tickets'), 0) AS tickets_minor,
           coalesce(sum(quantity) FILTER (WHERE kind = 'tickets'), 0) AS tickets
    FROM booking_lines
    GROUP BY event_id, booking_id
)
SELECT b.event_id, b.id AS booking_id, b.kind, b.status, b.total_minor, o.items_minor, c.minor AS changed_minor,
       p.lines_minor, p.tickets_minor, o.tickets, e.max_tickets_per_booking, b.currency, e.currency AS event_currency
FROM bookings AS b
LEFT JOIN events AS e ON e.event_id = b.event_id
LEFT JOIN ordered AS o ON o.event_id = b.event_id AND o.booking_id = b.id
LEFT JOIN changed AS c ON c.event_id = b.event_id AND c.booking_id = b.id
LEFT JOIN priced AS p ON p.event_id = b.event_id AND p.booking_id = b.id
WHERE e.event_id IS NULL
   OR o.booking_id IS NULL
   OR coalesce(p.lines_minor, o.items_minor + coalesce(c.minor, 0)) <> b.total_minor
   OR p.tickets <> o.tickets + coalesce(c.tickets, 0)
   OR (coalesce(c.tickets, 0) = 0 AND p.tickets_minor <> o.items_minor)
   OR o.tickets > CASE b.kind WHEN 'sale' THEN e.max_tickets_per_booking WHEN 'withheld' THEN 1000 ELSE 100 END
   OR b.currency <> e.currency
