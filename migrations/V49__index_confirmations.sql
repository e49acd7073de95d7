-- Not in a transaction.
-- Paid bookings of an event in the order of confirmation, and those that were cancelled, in the order of cancellation: what
-- reports, exports and calling off read. A new booking and a hold that ends have no entry in them: they cost the
-- confirmation and the cancellation alone. Built beside a running sale. An attempt that was cut off leaves an index that
-- is not valid, so each begins by dropping it.
DROP INDEX CONCURRENTLY IF EXISTS bookings_by_confirmation;
CREATE INDEX CONCURRENTLY bookings_by_confirmation ON bookings (event_id, confirmed_at, id)
    WHERE confirmed_at IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS bookings_by_cancellation;
CREATE INDEX CONCURRENTLY bookings_by_cancellation ON bookings (event_id, ended_at, id)
    WHERE status = 'cancelled' AND confirmed_at IS NOT NULL;
