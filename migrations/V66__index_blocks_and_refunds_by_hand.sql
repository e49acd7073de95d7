-- Not in a transaction.
-- The blocks of an event, and the money that is still to be given back by hand. No sale of a buyer's has an entry in
-- either. Built beside a running sale. An attempt that was cut off leaves an index that is not valid, so each begins by
-- dropping it. Then what V63 to V65 promised of new rows holds for all.
DROP INDEX CONCURRENTLY IF EXISTS bookings_withheld;
CREATE INDEX CONCURRENTLY bookings_withheld ON bookings (event_id, id) WHERE kind = 'withheld' AND status = 'confirmed';
DROP INDEX CONCURRENTLY IF EXISTS payments_by_hand;
CREATE INDEX CONCURRENTLY payments_by_hand ON payments (event_id, refund_requested_at, id)
    WHERE method <> 'card' AND status = 'succeeded' AND refund_requested_at IS NOT NULL;
ALTER TABLE bookings VALIDATE CONSTRAINT bookings_kind_check;
ALTER TABLE bookings VALIDATE CONSTRAINT bookings_reason_check;
ALTER TABLE payments VALIDATE CONSTRAINT payments_card_last4_check;
ALTER TABLE payments VALIDATE CONSTRAINT payments_recover_check;
ALTER TABLE payments VALIDATE CONSTRAINT payments_method_check;
ALTER TABLE booking_items VALIDATE CONSTRAINT booking_items_quantity_check;
