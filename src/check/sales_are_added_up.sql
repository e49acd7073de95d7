-- What is kept of an event's sales is the sum of the bookings up to the last one that was added, and of what was changed
-- of them since; blocks are no sales. A booking is added as it was ordered: the tickets that it has, with those that were
-- taken from it and without those that it got instead, and what it cost; it is taken away with what it has, and with what
-- did not go back before. What was not paid through the gateway is kept by its way as well.
WITH kept AS (
    SELECT r.event_id, r.confirmed_at, r.confirmed_id, r.cancelled_at, r.cancelled_id, r.changed_at, r.changed_id,
           r.confirmed, r.cancelled,
           coalesce(q.tickets, 0) AS tickets, coalesce(q.minor, 0) AS minor,
           coalesce(q.cancelled_tickets, 0) AS cancelled_tickets, coalesce(q.cancelled_minor, 0) AS cancelled_minor,
           coalesce(w.ways, '{}') AS ways
    FROM sales_read AS r
    LEFT JOIN (
        SELECT event_id, sum(tickets) AS tickets, sum(minor) AS minor, sum(cancelled_tickets) AS cancelled_tickets,
               sum(cancelled_minor) AS cancelled_minor
        FROM sales_quarters GROUP BY event_id) AS q ON q.event_id = r.event_id
    LEFT JOIN (
        SELECT event_id, jsonb_object_agg(way, sums) AS ways
        FROM (SELECT event_id, way, jsonb_build_array(sum(tickets), sum(minor), sum(cancelled_tickets),
                                                      sum(cancelled_minor)) AS sums
              FROM sales_ways GROUP BY event_id, way) AS one
        GROUP BY event_id) AS w ON w.event_id = r.event_id
),
sold AS (
    SELECT k.event_id, b.id, i.quantity, b.total_minor AS minor, b.total_minor - coalesce(c.minor, 0) AS left_minor,
           (b.confirmed_at, b.id) <= (k.confirmed_at, k.confirmed_id) AS is_sold,
           b.status = 'cancelled' AND (b.ended_at, b.id) <= (k.cancelled_at, k.cancelled_id) AS is_given_back,
           CASE WHEN b.kind = 'complimentary' THEN 'complimentary' ELSE p.method END AS way
    FROM kept AS k
    JOIN bookings AS b ON b.event_id = k.event_id AND b.confirmed_at IS NOT NULL AND b.kind <> 'withheld'
    JOIN (
        SELECT event_id, booking_id, sum(quantity) AS quantity
        FROM booking_items
        GROUP BY event_id, booking_id) AS i ON i.event_id = b.event_id AND i.booking_id = b.id
    LEFT JOIN (
        SELECT event_id, booking_id, sum(removed_minor - added_minor) AS minor
        FROM booking_change_items
        GROUP BY event_id, booking_id) AS c ON c.event_id = b.event_id AND c.booking_id = b.id
    LEFT JOIN payments AS p ON p.event_id = b.event_id AND p.booking_id = b.id AND b.kind = 'box_office'
),
changed AS (
    SELECT event_id, booking_id, change_id, changed_at, cardinality(removed) - cardinality(added) AS tickets,
           removed_minor - added_minor AS minor
    FROM booking_change_items
),
made AS (
    SELECT k.event_id,
           count(s.id) FILTER (WHERE s.is_sold) AS confirmed,
           count(s.id) FILTER (WHERE s.is_given_back) AS cancelled,
           coalesce(sum(s.quantity) FILTER (WHERE s.is_sold), 0) AS tickets,
           coalesce(sum(s.minor) FILTER (WHERE s.is_sold), 0) AS minor,
           coalesce(sum(s.quantity) FILTER (WHERE s.is_given_back), 0) AS cancelled_tickets,
           coalesce(sum(s.left_minor) FILTER (WHERE s.is_given_back), 0) AS cancelled_minor
    FROM kept AS k
    LEFT JOIN sold AS s ON s.event_id = k.event_id
    GROUP BY k.event_id
),
moved AS (
    SELECT k.event_id,
           coalesce(sum(c.tickets) FILTER (WHERE s.is_sold), 0)
               + coalesce(sum(greatest(-c.tickets, 0)) FILTER (WHERE s.is_added), 0) AS tickets,
           coalesce(sum(greatest(-c.minor, 0)) FILTER (WHERE s.is_added), 0) AS minor,
           coalesce(sum(greatest(c.tickets, 0)) FILTER (WHERE s.is_added), 0) AS cancelled_tickets,
           coalesce(sum(greatest(c.minor, 0)) FILTER (WHERE s.is_added), 0) AS cancelled_minor
    FROM kept AS k
    LEFT JOIN changed AS c ON c.event_id = k.event_id
    LEFT JOIN bookings AS b ON b.event_id = c.event_id AND b.id = c.booking_id
    CROSS JOIN LATERAL (
        SELECT (b.confirmed_at, b.id) <= (k.confirmed_at, k.confirmed_id) AS is_sold,
               (c.changed_at, c.change_id) <= (k.changed_at, k.changed_id) AS is_added) AS s
    GROUP BY k.event_id
),
ways AS (
    SELECT event_id, jsonb_object_agg(way, sums) AS ways
    FROM (SELECT event_id, way, jsonb_build_array(
                     coalesce(sum(quantity) FILTER (WHERE is_sold), 0), coalesce(sum(minor) FILTER (WHERE is_sold), 0),
                     coalesce(sum(quantity) FILTER (WHERE is_given_back), 0),
                     coalesce(sum(minor) FILTER (WHERE is_given_back), 0)) AS sums
          FROM sold WHERE way IS NOT NULL AND (is_sold OR is_given_back)
          GROUP BY event_id, way) AS one
    GROUP BY event_id
)
SELECT k.event_id, k.confirmed, m.confirmed AS confirmed_made, k.tickets, m.tickets + v.tickets AS tickets_made, k.minor,
       m.minor + v.minor AS minor_made, k.cancelled, m.cancelled AS cancelled_made, k.cancelled_minor,
       m.cancelled_minor + v.cancelled_minor AS cancelled_minor_made, k.ways, w.ways AS ways_made
FROM kept AS k
JOIN made AS m ON m.event_id = k.event_id
JOIN moved AS v ON v.event_id = k.event_id
LEFT JOIN ways AS w ON w.event_id = k.event_id
WHERE (k.confirmed, k.tickets, k.minor, k.cancelled, k.cancelled_tickets, k.cancelled_minor)
   <> (m.confirmed, m.tickets + v.tickets, m.minor + v.minor, m.cancelled, m.cancelled_tickets + v.cancelled_tickets,
       m.cancelled_minor + v.cancelled_minor)
   OR k.ways <> coalesce(w.ways, '{}')
