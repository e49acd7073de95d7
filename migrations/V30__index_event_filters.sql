-- Not in a transaction.
-- Each filter of the list with the list's order: a page of a filter is a few steps of its index, however many events
-- there are.
DROP INDEX CONCURRENTLY IF EXISTS events_by_country;
CREATE INDEX CONCURRENTLY events_by_country ON events (country, starts_at, public_id);
DROP INDEX CONCURRENTLY IF EXISTS events_by_city;
CREATE INDEX CONCURRENTLY events_by_city ON events (city_key, starts_at, public_id);
DROP INDEX CONCURRENTLY IF EXISTS events_by_genre;
CREATE INDEX CONCURRENTLY events_by_genre ON events (genre, starts_at, public_id);
-- Few events are cheaper than a low bound: they are read by price.
DROP INDEX CONCURRENTLY IF EXISTS events_by_price;
CREATE INDEX CONCURRENTLY events_by_price ON events (currency, price_from_minor);
DROP INDEX CONCURRENTLY IF EXISTS events_by_series;
CREATE INDEX CONCURRENTLY events_by_series ON events (series, starts_at, public_id) WHERE series IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS events_featured;
CREATE INDEX CONCURRENTLY events_featured ON events (starts_at, public_id) WHERE featured;
-- Events that a server of the version before has made: `catalog::index` looks for them every minute.
DROP INDEX CONCURRENTLY IF EXISTS events_by_search_version;
CREATE INDEX CONCURRENTLY events_by_search_version ON events (search_version);
