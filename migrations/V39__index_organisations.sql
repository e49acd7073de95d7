-- Not in a transaction.
-- A page of an organisation's events is a few steps of an index.
DROP INDEX CONCURRENTLY IF EXISTS events_by_organisation;
CREATE INDEX CONCURRENTLY events_by_organisation ON events (organisation_id, starts_at, public_id);
-- What V37 promised of new rows holds for all.
ALTER TABLE api_tokens VALIDATE CONSTRAINT api_tokens_organisation_fkey;
