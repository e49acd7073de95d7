-- Of the bookings of an event that were ever confirmed no two have the same reference. Those from before
-- V17 have none of their own: theirs follows from the id, was printed, and is not changed.
SELECT event_id, reference, count(*) AS bookings, array_agg(id) AS ids
FROM bookings
WHERE confirmed_at IS NOT NULL AND reference IS NOT NULL
GROUP BY event_id, reference
HAVING count(*) > 1
