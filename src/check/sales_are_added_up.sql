-- What is kept of an event's sales is the sum of the bookings up to the last one that was added: of their tickets, and of
-- what was paid for them.
WITH ordered AS (
    SELECT event_id, booking_id, sum(quantity) AS tickets
    FROM booking_items
    GROUP BY event_id, booking_id
),
kept AS (
    SELECT r.event_id, r.confirmed_at, r.confirmed_id, r.cancelled_at, r.cancelled_id, r.confirmed, r.cancelled,
           coalesce(q.tickets, 0) AS tickets, coalesce(q.minor, 0) AS minor,
           coalesce(q.cancelled_tickets, 0) AS cancelled_tickets, coalesce(q.cancelled_minor, 0) AS cancelled_minor
    FROM sales_read AS r
    LEFT JOIN (
        SELECT event_id, sum(tickets) AS tickets, sum(minor) AS minor, sum(cancelled_tickets) AS cancelled_tickets,
               sum(cancelled_minor) AS cancelled_minor
        FROM sales_quarters GROUP BY event_id) AS q ON q.event_id = r.event_id
),
made AS (
    SELECT k.event_id,
           count(b.id) FILTER (WHERE s.is_sold) AS confirmed,
           count(b.id) FILTER (WHERE s.is_given_back) AS cancelled,
           coalesce(sum(o.tickets) FILTER (WHERE s.is_sold), 0) AS tickets,
           coalesce(sum(b.total_minor) FILTER (WHERE s.is_sold), 0) AS minor,
           coalesce(sum(o.tickets) FILTER (WHERE s.is_given_back), 0) AS cancelled_tickets,
           coalesce(sum(b.total_minor) FILTER (WHERE s.is_given_back), 0) AS cancelled_minor
    FROM kept AS k
    LEFT JOIN bookings AS b ON b.event_id = k.event_id AND b.confirmed_at IS NOT NULL
    LEFT JOIN ordered AS o ON o.event_id = b.event_id AND o.booking_id = b.id
    CROSS JOIN LATERAL (
        SELECT (b.confirmed_at, b.id) <= (k.confirmed_at, k.confirmed_id) AS is_sold,
               b.status = 'cancelled' AND (b.ended_at, b.id) <= (k.cancelled_at, k.cancelled_id) AS is_given_back) AS s
    GROUP BY k.event_id
)
SELECT k.event_id, k.confirmed, m.confirmed AS confirmed_made, k.tickets, m.tickets AS tickets_made, k.minor,
       m.minor AS minor_made, k.cancelled, m.cancelled AS cancelled_made, k.cancelled_minor,
       m.cancelled_minor AS cancelled_minor_made
FROM kept AS k
JOIN made AS m ON m.event_id = k.event_id
WHERE (k.confirmed, k.tickets, k.minor, k.cancelled, k.cancelled_tickets, k.cancelled_minor)
   <> (m.confirmed, m.tickets, m.minor, m.cancelled, m.cancelled_tickets, m.cancelled_minor)
