-- Not in a transaction.
-- Whoever stands at the door without a ticket is found by any part of their name.
DROP INDEX CONCURRENTLY IF EXISTS contacts_by_name;
CREATE INDEX CONCURRENTLY contacts_by_name ON contacts USING gin (lower(name) gin_trgm_ops);
