-- Locks pending bookings of one event whose hold is overdue; those that another transaction has
-- locked, to expire, pay or cancel them, are skipped.
SELECT id, ctid
FROM bookings
WHERE event_id = :event_id AND status = 'pending' AND expires_at <= now()
  AND (paying_until IS NULL OR paying_until <= now())
ORDER BY event_id, expires_at
LIMIT :at_most
FOR UPDATE SKIP LOCKED
