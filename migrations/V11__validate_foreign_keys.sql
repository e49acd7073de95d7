-- Rows from before V10; new ones are checked since.
ALTER TABLE payments VALIDATE CONSTRAINT payments_booking_id_fkey;
ALTER TABLE webhook_events VALIDATE CONSTRAINT webhook_events_payment_id_fkey;
