-- A buyer's bookings in the order in which they matter: to pay, first the one whose hold ends first; coming, soonest
-- first; past, latest first; ended, newest first. All of the buyer's bookings are read, by the indexes that
-- list.sql explains, because no index knows when events begin.
-- $1 buyer; $2 part, $3 position and $4 booking of the last one on the page before; $5 how many at most.
SELECT event_id, id, reference, buyer_id, status, total_minor, currency, created_at, expires_at, paying_until,
       confirmed_at, ended_at, link_no, kind, reason, true AS has_lines, part, position
FROM (
    SELECT b.*,
           CASE WHEN b.status <> 'confirmed' THEN 3 WHEN e.starts_at > now() THEN 1 ELSE 2 END AS part,
           (extract(epoch FROM CASE WHEN b.status = 'confirmed' THEN e.starts_at ELSE b.created_at END) * 1000000
            * CASE WHEN b.status = 'confirmed' AND e.starts_at > now() THEN 1 ELSE -1 END)::bigint AS position
    FROM bookings AS b
    JOIN events AS e ON e.event_id = b.event_id
    WHERE b.buyer_id = $1 AND b.status <> 'pending'
    UNION ALL
    SELECT b.*, 0, (extract(epoch FROM b.expires_at) * 1000000)::bigint
    FROM events_on_hold AS e
    CROSS JOIN LATERAL (
        SELECT *
        FROM bookings
        WHERE event_id = e.event_id AND buyer_id = $1 AND expires_at IS NOT NULL
        OFFSET 0
    ) AS b
) AS mine
WHERE (part, position, id) > ($2::int, $3::bigint, $4::uuid)
ORDER BY part, position, id
LIMIT $5
