-- A new booking is the statement that a sale makes most, and its entry in the buyer's index cost it
-- more than any other: each buyer's place in there is somewhere else. A booking is pending for some
-- minutes only, and the events that have such bookings are few; so a buyer's pending ones are looked
-- up in each of these events by the idempotency key's index, and bookings_by_user gets a booking when
-- it has stopped being pending: one entry instead of two. Whoever asks for bookings waits while the
-- indexes are built, half a second for a million; servers of the version before go on, but their lists
-- are slow.
DROP INDEX bookings_by_user;
CREATE INDEX bookings_by_user ON bookings (user_id, id) WHERE status <> 'pending';

-- By event first, so that the events that have pending bookings are found without reading all of these.
DROP INDEX bookings_pending;
CREATE INDEX bookings_pending ON bookings (event_id, expires_at) WHERE status = 'pending';

-- The events that have pending bookings, and when the first hold of each is over: one step of the
-- index an event. <https://wiki.postgresql.org/wiki/Loose_indexscan>
-- A view, because a database that is distributed by event cannot run a recursion over all of its shards:
-- there it would be `SELECT event_id, min(expires_at) ... WHERE status = 'pending' GROUP BY event_id`.
CREATE VIEW events_on_hold (event_id, first_expires_at) AS
WITH RECURSIVE e (event_id, expires_at) AS (
    (SELECT b.event_id, b.expires_at
     FROM bookings AS b
     WHERE b.status = 'pending'
     ORDER BY b.event_id, b.expires_at
     LIMIT 1)
    UNION ALL
    SELECT n.event_id, n.expires_at
    FROM e
    CROSS JOIN LATERAL (
        SELECT b.event_id, b.expires_at
        FROM bookings AS b
        WHERE b.status = 'pending' AND b.event_id > e.event_id
        ORDER BY b.event_id, b.expires_at
        LIMIT 1
    ) AS n
)
SELECT event_id, expires_at FROM e;
