-- Not in a transaction.
-- Charges without an outcome and refunds that are due are looked for separately, so that many of one kind do
-- not keep the others waiting. Built beside a running sale. An attempt that was cut off leaves an index that is
-- not valid, so it begins by dropping it. A server of the version before reads all of the new index, in which
-- only unfinished payments are.
DROP INDEX CONCURRENTLY IF EXISTS payments_due;
CREATE INDEX CONCURRENTLY payments_due ON payments (status, recover_at) WHERE recover_at IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS payments_recover;
