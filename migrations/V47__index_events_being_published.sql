-- Not in a transaction.
-- What every process looks for once a second: events whose tickets are not all made yet, mostly none.
DROP INDEX CONCURRENTLY IF EXISTS events_publishing;
CREATE INDEX CONCURRENTLY events_publishing ON events (event_id) WHERE status = 'publishing';
