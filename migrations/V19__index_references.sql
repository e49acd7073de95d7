-- Not in a transaction.
-- For the organiser's search. Unique from the confirmation on: with an entry for every new booking, an
-- order would cost the database a tenth more, and nobody searches for a booking that was never paid. A
-- booking whose reference is in use when it is confirmed gets another one.
-- Built beside a running sale. An attempt that was cut off leaves an index that is not valid, so it begins
-- by dropping it.
DROP INDEX CONCURRENTLY IF EXISTS bookings_reference_key;
CREATE UNIQUE INDEX CONCURRENTLY bookings_reference_key ON bookings (event_id, reference)
    WHERE confirmed_at IS NOT NULL;
ALTER TABLE bookings VALIDATE CONSTRAINT bookings_reference_check;
