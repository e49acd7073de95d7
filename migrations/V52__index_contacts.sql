-- Not in a transaction.
-- For the organiser's search by a part of a name or of an address, and for the door's by a part of a name. A contact is
-- written once, when somebody pays. Built beside a running sale. An attempt that was cut off leaves an index that is not
-- valid, so it begins by dropping it.
DROP INDEX CONCURRENTLY IF EXISTS contacts_by_text;
CREATE INDEX CONCURRENTLY contacts_by_text ON contacts USING gin ((lower(name) || ' ' || email_folded) gin_trgm_ops);
