-- A block has up to 1,000 tickets of a tier. What a buyer may order is limited by the event, to 100 at most, and by
-- the server. Validated by V66.
ALTER TABLE booking_items
    DROP CONSTRAINT booking_items_quantity_check,
    ADD CONSTRAINT booking_items_quantity_check CHECK (quantity BETWEEN 1 AND 1000) NOT VALID;
