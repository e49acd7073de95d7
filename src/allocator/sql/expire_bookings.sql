-- $1 event_id, $2 bookings, locked by due_holds.sql; looked up and updated as in take_tickets.sql.
UPDATE bookings AS b
SET status = 'expired', expires_at = NULL, paying_until = NULL, ended_at = now()
FROM unnest($2::uuid[]) AS due (id)
CROSS JOIN LATERAL (
    SELECT k.ctid AS place FROM bookings AS k WHERE k.event_id = $1 AND k.id = due.id LIMIT 1
) AS k
WHERE b.event_id = $1 AND b.ctid = k.place AND b.status = 'pending'
