-- With (event_id, id) as primary key the planner could take it for the index of any look-up by event:
-- where its statistics did not know the event yet, it read all bookings of the event for each
-- idempotency key. Keyed by (id, event_id) it serves look-ups by id alone, and these only, so the
-- indexes on id go. Both constraints take over indexes that exist: nothing is built under the lock.
ALTER TABLE payments DROP CONSTRAINT payments_booking_id_fkey;
ALTER TABLE webhook_events DROP CONSTRAINT webhook_events_payment_id_fkey;
ALTER TABLE bookings DROP CONSTRAINT bookings_pkey;
ALTER TABLE bookings ADD CONSTRAINT bookings_pkey PRIMARY KEY USING INDEX bookings_id_event_id;
ALTER TABLE payments DROP CONSTRAINT payments_pkey;
ALTER TABLE payments ADD CONSTRAINT payments_pkey PRIMARY KEY USING INDEX payments_id_event_id;
DROP INDEX bookings_by_id;
DROP INDEX payments_by_id;
-- Validated by V11, which does not keep sales waiting.
ALTER TABLE payments ADD CONSTRAINT payments_booking_id_fkey
    FOREIGN KEY (event_id, booking_id) REFERENCES bookings (event_id, id) NOT VALID;
ALTER TABLE webhook_events ADD CONSTRAINT webhook_events_payment_id_fkey
    FOREIGN KEY (event_id, payment_id) REFERENCES payments (event_id, id) NOT VALID;
