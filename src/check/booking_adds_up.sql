-- A booking is of an event, in its currency, has items, costs what its lines say, or if it has none what its items cost, and
-- is no larger than the event allows. Its lines have its tickets at their price.
WITH ordered AS (
    SELECT event_id, booking_id, sum(quantity) AS tickets, sum(quantity * unit_price_minor) AS items_minor
    FROM booking_items
    GROUP BY event_id, booking_id
),
priced AS (
    SELECT event_id, booking_id, coalesce(sum(amount_minor) FILTER (WHERE is_added), 0) AS lines_minor,
           coalesce(sum(amount_minor) FILTER (WHERE kind = 'tickets'), 0) AS tickets_minor
    FROM booking_lines
    GROUP BY event_id, booking_id
)
SELECT b.event_id, b.id AS booking_id, b.status, b.total_minor, o.items_minor, p.lines_minor, p.tickets_minor, o.tickets,
       e.max_tickets_per_booking, b.currency, e.currency AS event_currency
FROM bookings AS b
LEFT JOIN events AS e ON e.event_id = b.event_id
LEFT JOIN ordered AS o ON o.event_id = b.event_id AND o.booking_id = b.id
LEFT JOIN priced AS p ON p.event_id = b.event_id AND p.booking_id = b.id
WHERE e.event_id IS NULL
   OR o.booking_id IS NULL
   OR coalesce(p.lines_minor, o.items_minor) <> b.total_minor
   OR coalesce(p.tickets_minor, o.items_minor) <> o.items_minor
   OR o.tickets > e.max_tickets_per_booking
   OR b.currency <> e.currency
