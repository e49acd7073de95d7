-- Pending bookings of one event whose hold is over; those that somebody is just ending, paying
-- or cancelling are passed over.
-- $1 event_id, $2 how many at most.
SELECT id
FROM bookings
WHERE event_id = $1 AND status = 'pending' AND expires_at <= now()
  AND (paying_until IS NULL OR paying_until <= now())
ORDER BY expires_at
LIMIT $2
FOR UPDATE SKIP LOCKED
