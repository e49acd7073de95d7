-- Not in a transaction.
-- Built beside a running sale. An attempt that was cut off leaves an index that is not valid, so it
-- begins by dropping it.
DROP INDEX CONCURRENTLY IF EXISTS bookings_turn;
CREATE UNIQUE INDEX CONCURRENTLY bookings_turn ON bookings (event_id, buyer_id, turn);
