-- What V68 and V69 promised of new rows holds for all.
ALTER TABLE payments VALIDATE CONSTRAINT payments_returned_check;
ALTER TABLE bookings VALIDATE CONSTRAINT bookings_link_no_check;
-- The last change of a booking that is in the sums.
ALTER TABLE sales_read
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT 'epoch',
    ADD COLUMN changed_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';
