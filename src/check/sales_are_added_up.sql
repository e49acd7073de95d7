-- What is kept of an event's sales is the sum of the bookings up to the last one that was added, and of what was changed
-- of them since. A booking is added as it was ordered: what it has, with what was taken from it and without what it got
-- instead.
WITH kept AS (
    SELECT r.event_id, r.confirmed_at, r.confirmed_id, r.cancelled_at, r.cancelled_id, r.changed_at, r.changed_id,
           r.confirmed, r.cancelled,
           coalesce(q.tickets, 0) AS tickets, coalesce(q.minor, 0) AS minor,
           coalesce(q.cancelled_tickets, 0) AS cancelled_tickets, coalesce(q.cancelled_minor, 0) AS cancelled_minor
    FROM sales_read AS r
    LEFT JOIN (
        SELECT event_id, sum(tickets) AS tickets, sum(minor) AS minor, sum(cancelled_tickets) AS cancelled_tickets,
               sum(cancelled_minor) AS cancelled_minor
        FROM sales_quarters GROUP BY event_id) AS q ON q.event_id = r.event_id
),
changed AS (
    SELECT event_id, booking_id, change_id, changed_at, cardinality(removed) - cardinality(added) AS tickets,
           removed_minor - added_minor AS minor
    FROM booking_change_items
),
made AS (
    SELECT k.event_id,
           count(DISTINCT b.id) FILTER (WHERE s.is_sold) AS confirmed,
           count(DISTINCT b.id) FILTER (WHERE s.is_given_back) AS cancelled,
           coalesce(sum(i.quantity) FILTER (WHERE s.is_sold), 0) AS tickets,
           coalesce(sum(i.quantity * i.unit_price_minor) FILTER (WHERE s.is_sold), 0) AS minor,
           coalesce(sum(i.quantity) FILTER (WHERE s.is_given_back), 0) AS cancelled_tickets,
           coalesce(sum(i.quantity * i.unit_price_minor) FILTER (WHERE s.is_given_back), 0) AS cancelled_minor
    FROM kept AS k
    LEFT JOIN bookings AS b ON b.event_id = k.event_id AND b.confirmed_at IS NOT NULL
    LEFT JOIN booking_items AS i ON i.event_id = b.event_id AND i.booking_id = b.id
    CROSS JOIN LATERAL (
        SELECT (b.confirmed_at, b.id) <= (k.confirmed_at, k.confirmed_id) AS is_sold,
               b.status = 'cancelled' AND (b.ended_at, b.id) <= (k.cancelled_at, k.cancelled_id) AS is_given_back) AS s
    GROUP BY k.event_id
),
moved AS (
    SELECT k.event_id,
           coalesce(sum(c.tickets) FILTER (WHERE s.is_sold), 0)
               + coalesce(sum(greatest(-c.tickets, 0)) FILTER (WHERE s.is_added), 0) AS tickets,
           coalesce(sum(c.minor) FILTER (WHERE s.is_sold), 0)
               + coalesce(sum(greatest(-c.minor, 0)) FILTER (WHERE s.is_added), 0) AS minor,
           coalesce(sum(greatest(c.tickets, 0)) FILTER (WHERE s.is_added), 0) AS cancelled_tickets,
           coalesce(sum(greatest(c.minor, 0)) FILTER (WHERE s.is_added), 0) AS cancelled_minor
    FROM kept AS k
    LEFT JOIN changed AS c ON c.event_id = k.event_id
    LEFT JOIN bookings AS b ON b.event_id = c.event_id AND b.id = c.booking_id
    CROSS JOIN LATERAL (
        SELECT (b.confirmed_at, b.id) <= (k.confirmed_at, k.confirmed_id) AS is_sold,
               (c.changed_at, c.change_id) <= (k.changed_at, k.changed_id) AS is_added) AS s
    GROUP BY k.event_id
)
SELECT k.event_id, k.confirmed, m.confirmed AS confirmed_made, k.tickets, m.tickets + v.tickets AS tickets_made, k.minor,
       m.minor + v.minor AS minor_made, k.cancelled, m.cancelled AS cancelled_made, k.cancelled_minor,
       m.cancelled_minor + v.cancelled_minor AS cancelled_minor_made
FROM kept AS k
JOIN made AS m ON m.event_id = k.event_id
JOIN moved AS v ON v.event_id = k.event_id
WHERE (k.confirmed, k.tickets, k.minor, k.cancelled, k.cancelled_tickets, k.cancelled_minor)
   <> (m.confirmed, m.tickets + v.tickets, m.minor + v.minor, m.cancelled, m.cancelled_tickets + v.cancelled_tickets,
       m.cancelled_minor + v.cancelled_minor)
