-- Not in a transaction.
-- The primary keys that V10 gives to bookings and payments: looked up by id first. Built beside a running
-- sale, which CREATE INDEX CONCURRENTLY does outside of a transaction only. An attempt that was cut off
-- leaves an index that is not valid, so each begins by dropping it.
DROP INDEX CONCURRENTLY IF EXISTS bookings_id_event_id;
CREATE UNIQUE INDEX CONCURRENTLY bookings_id_event_id ON bookings (id, event_id);
DROP INDEX CONCURRENTLY IF EXISTS payments_id_event_id;
CREATE UNIQUE INDEX CONCURRENTLY payments_id_event_id ON payments (id, event_id);
