-- Invariant 3: a buyer's key has made one booking of an event at most. Counted in the table itself;
-- that the constraint exists is checked by unique_constraints_stand.
SELECT event_id, buyer_id, idempotency_key, count(*) AS bookings
FROM bookings
GROUP BY event_id, buyer_id, idempotency_key
HAVING count(*) > 1
