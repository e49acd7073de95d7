-- Not in a transaction.
-- What is deleted after a while is found by its age. Built beside a running sale. An attempt that was cut off leaves
-- an index that is not valid, so each begins by dropping it.
DROP INDEX CONCURRENTLY IF EXISTS webhook_events_by_age;
CREATE INDEX CONCURRENTLY webhook_events_by_age ON webhook_events (received_at);
DROP INDEX CONCURRENTLY IF EXISTS gateway_deliveries_by_age;
CREATE INDEX CONCURRENTLY gateway_deliveries_by_age ON gateway_deliveries (created_at) WHERE next_attempt_at IS NULL;
