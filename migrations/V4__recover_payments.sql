-- What a payment must remember so that any process can finish it.

ALTER TABLE payments
    -- Whether a decline ends the booking at once: it was booked and paid in one request. Recovery has
    -- nobody to ask.
    ADD COLUMN one_shot boolean NOT NULL DEFAULT false,
    -- When somebody must look after it next: ask what became of a charge without an answer, or give one
    -- back that is due. Whoever does pushes it ahead first, so that processes share the work.
    ADD COLUMN recover_at timestamptz,
    -- How often that was done; the pause grows with it.
    ADD COLUMN recover_attempts integer NOT NULL DEFAULT 0;

ALTER TABLE payments ALTER COLUMN one_shot DROP DEFAULT;
ALTER TABLE payments ALTER COLUMN recover_attempts DROP DEFAULT;

UPDATE payments SET recover_at = now()
WHERE status = 'processing' OR (status = 'succeeded' AND refund_requested_at IS NOT NULL);

ALTER TABLE payments ADD CONSTRAINT payments_recover_check
    CHECK ((recover_at IS NOT NULL)
           = (status = 'processing' OR (status = 'succeeded' AND refund_requested_at IS NOT NULL)));

-- One index for what recovery looks for, in place of two.
CREATE INDEX payments_recover ON payments (recover_at) WHERE recover_at IS NOT NULL;
DROP INDEX payments_processing;
DROP INDEX payments_refund_due;

-- At most one payment of a booking is under way or keeps its money. A charge that must go back does
-- not count: it may turn up beside the payment that has paid the booking since.
CREATE UNIQUE INDEX payments_alone_key ON payments (event_id, booking_id)
    WHERE status = 'processing' OR (status = 'succeeded' AND refund_requested_at IS NULL);
DROP INDEX payments_live_key;
ALTER INDEX payments_alone_key RENAME TO payments_live_key;

-- Webhooks that were taken, so that one that comes again changes nothing. The gateway's id of the
-- delivery is unique by itself; event_id stands first because it is written in the transaction of
-- the booking, and a delivery is about one payment, so about one event.
CREATE TABLE webhook_events (
    event_id    bigint NOT NULL,
    id          uuid NOT NULL,
    payment_id  uuid NOT NULL,
    -- payment.succeeded or payment.declined.
    kind        text NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT webhook_events_pkey PRIMARY KEY (event_id, id),
    CONSTRAINT webhook_events_payment_id_fkey
        FOREIGN KEY (event_id, payment_id) REFERENCES payments (event_id, id)
);
