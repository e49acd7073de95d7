-- Sales and cancellations of an event by day, tier and way of paying. By card is what no other way has. $1 event, $2 time zone.
WITH moments AS (
    SELECT b.id, b.kind, b.confirmed_at AS at, true AS is_sale
    FROM sales_read AS r
    JOIN bookings AS b ON b.event_id = $1 AND b.confirmed_at IS NOT NULL
        AND (b.confirmed_at, b.id) <= (r.confirmed_at, r.confirmed_id)
    WHERE r.event_id = $1
    UNION ALL
    SELECT b.id, b.kind, b.ended_at, false
    FROM sales_read AS r
    JOIN bookings AS b ON b.event_id = $1 AND b.status = 'cancelled' AND b.confirmed_at IS NOT NULL
        AND (b.ended_at, b.id) <= (r.cancelled_at, r.cancelled_id)
    WHERE r.event_id = $1
),
parts AS (
    SELECT to_char(date_trunc('day', m.at, $2) AT TIME ZONE $2, 'YYYY-MM-DD') AS day,
           coalesce(l.tier_no, l.first_tier) AS tier_no, w.way,
           -coalesce(sum(l.amount_minor) FILTER (WHERE m.is_sale AND l.kind = 'discount'), 0) AS discounts,
           coalesce(sum(l.amount_minor) FILTER (WHERE m.is_sale AND l.kind = 'fee' AND l.is_added), 0) AS fees,
           coalesce(sum(l.amount_minor) FILTER (WHERE m.is_sale AND l.kind = 'tax'), 0) AS taxes,
           coalesce(sum(l.amount_minor) FILTER (WHERE NOT m.is_sale AND l.kind = 'tax'), 0) AS taxes_refunded
    FROM moments AS m
    CROSS JOIN LATERAL (
        SELECT CASE m.kind
                   WHEN 'complimentary' THEN 'complimentary'
                   WHEN 'box_office' THEN coalesce((
                       SELECT method FROM payments WHERE event_id = $1 AND booking_id = m.id LIMIT 1), 'card')
                   ELSE 'card'
               END AS way) AS w
    CROSS JOIN LATERAL (
        SELECT tier_no, kind, amount_minor, is_added, min(tier_no) OVER () AS first_tier
        FROM booking_lines
        WHERE event_id = $1 AND booking_id = m.id
        LIMIT 1000) AS l
    WHERE (SELECT EXISTS (SELECT FROM booking_lines WHERE event_id = $1))
    GROUP BY 1, 2, 3
),
sold AS (
    SELECT to_char(date_trunc('day', at, $2) AT TIME ZONE $2, 'YYYY-MM-DD') AS day, tier_no, way,
           sum(tickets)::bigint AS tickets, sum(minor)::bigint AS minor,
           sum(cancelled_tickets)::bigint AS cancelled_tickets, sum(cancelled_minor)::bigint AS cancelled_minor
    FROM (SELECT at, tier_no, way, tickets, minor, cancelled_tickets, cancelled_minor
          FROM sales_ways WHERE event_id = $1
          UNION ALL
          SELECT at, tier_no, 'card', tickets, minor, cancelled_tickets, cancelled_minor
          FROM sales_quarters WHERE event_id = $1
          UNION ALL
          SELECT at, tier_no, 'card', -tickets, -minor, -cancelled_tickets, -cancelled_minor
          FROM sales_ways WHERE event_id = $1) AS sums
    GROUP BY 1, 2, 3
    HAVING sum(tickets) <> 0 OR sum(minor) <> 0 OR sum(cancelled_tickets) <> 0 OR sum(cancelled_minor) <> 0
)
SELECT s.day, s.tier_no, s.way, s.tickets, s.minor, s.cancelled_tickets, s.cancelled_minor,
       coalesce(sum(p.discounts), 0)::bigint AS discounts, coalesce(sum(p.fees), 0)::bigint AS fees,
       coalesce(sum(p.taxes), 0)::bigint AS taxes, coalesce(sum(p.taxes_refunded), 0)::bigint AS taxes_refunded
FROM sold AS s
LEFT JOIN parts AS p ON p.day = s.day AND p.tier_no = s.tier_no AND p.way = s.way
GROUP BY 1, 2, 3, 4, 5, 6, 7
ORDER BY 1, 2, 3
