-- Expires bookings that lock_due_holds.sql has locked; by row identifier, as in take_tickets.sql.
UPDATE bookings AS b
SET status = 'expired', expires_at = NULL, paying_until = NULL, ended_at = now()
FROM (
    SELECT *
    FROM unnest((SELECT :ids::uuid[]), (SELECT :ctids::tid[])) AS u (id, ctid)
    LIMIT (SELECT :count::bigint)
) AS due
WHERE b.event_id = :event_id AND b.ctid = due.ctid AND b.id = due.id AND b.status = 'pending'
