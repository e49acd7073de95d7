-- No buyer has booked before the event went on sale.
SELECT b.event_id, b.id AS booking_id, b.status, b.created_at, e.on_sale_at
FROM bookings AS b
JOIN events AS e ON e.event_id = b.event_id
WHERE b.created_at < e.on_sale_at AND b.kind = 'sale'
