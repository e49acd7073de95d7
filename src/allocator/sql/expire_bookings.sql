-- $1 event_id, $2 bookings, locked by due_holds.sql.
UPDATE bookings AS b
SET status = 'expired', expires_at = NULL, paying_until = NULL, ended_at = now()
FROM unnest($2::uuid[]) AS due (id)
WHERE b.event_id = $1 AND b.id = due.id AND b.status = 'pending'
