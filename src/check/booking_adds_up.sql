-- A booking is of an event, in its currency, has items, cost what they and what was taken from it since cost, and is no
-- larger than the event allows.
WITH ordered AS (
    SELECT event_id, booking_id, sum(quantity) AS tickets, sum(quantity * unit_price_minor) AS cost_minor
    FROM booking_items
    GROUP BY event_id, booking_id
),
changed AS (
    SELECT event_id, booking_id, sum(removed_minor - added_minor) AS minor
    FROM booking_change_items
    GROUP BY event_id, booking_id
)
SELECT b.event_id, b.id AS booking_id, b.status, b.total_minor, o.cost_minor, c.minor AS changed_minor, o.tickets,
       e.max_tickets_per_booking, b.currency, e.currency AS event_currency
FROM bookings AS b
LEFT JOIN events AS e ON e.event_id = b.event_id
LEFT JOIN ordered AS o ON o.event_id = b.event_id AND o.booking_id = b.id
LEFT JOIN changed AS c ON c.event_id = b.event_id AND c.booking_id = b.id
WHERE e.event_id IS NULL
   OR o.booking_id IS NULL
   OR o.cost_minor + coalesce(c.minor, 0) <> b.total_minor
   OR o.tickets > e.max_tickets_per_booking
   OR b.currency <> e.currency
