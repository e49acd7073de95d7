-- Not in a transaction.
-- The live bookings of a code: they are counted whenever somebody books with a code whose uses are limited. A booking
-- without a code has no entry, and one that has ended leaves it. An attempt that was cut off leaves an index that is not
-- valid.
DROP INDEX CONCURRENTLY IF EXISTS bookings_by_code;
CREATE INDEX CONCURRENTLY bookings_by_code ON bookings (event_id, code_no, buyer_id)
    WHERE code_no IS NOT NULL AND status IN ('pending', 'confirmed');
