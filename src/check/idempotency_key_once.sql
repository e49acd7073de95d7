-- Invariant 3: a buyer's key has made one booking of an event at most. Counted in the table itself;
-- that the index exists that keeps it so is checked by indexes_stand.
SELECT event_id, buyer_id, idempotency_key, count(*) AS bookings
FROM bookings
GROUP BY event_id, buyer_id, idempotency_key
HAVING count(*) > 1
