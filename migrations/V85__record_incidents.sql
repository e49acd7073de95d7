-- What happened to a charge at its provider, beside what was asked for here: disputes, refunds made at the provider's own
-- pages, refunds that did not arrive. Append-only, to be shown.
CREATE TABLE payment_incidents (
    event_id     bigint NOT NULL,
    -- Of the provider's event that has told of it.
    id           uuid NOT NULL,
    payment_id   uuid NOT NULL,
    booking_id   uuid NOT NULL,
    kind         text NOT NULL,
    -- The provider's name of the dispute or of the refund.
    reference    text NOT NULL,
    amount_minor bigint NOT NULL,
    currency     text NOT NULL,
    reported_at  timestamptz NOT NULL,
    CONSTRAINT payment_incidents_pkey PRIMARY KEY (event_id, id),
    CONSTRAINT payment_incidents_payment_fkey FOREIGN KEY (payment_id, event_id) REFERENCES payments (id, event_id),
    CONSTRAINT payment_incidents_kind_check CHECK (
        kind IN ('dispute-opened', 'dispute-won', 'dispute-lost', 'refunded', 'refund-failed')),
    CONSTRAINT payment_incidents_reference_check CHECK (length(reference) BETWEEN 1 AND 255),
    CONSTRAINT payment_incidents_amount_check CHECK (amount_minor >= 0)
);
CREATE INDEX payment_incidents_by_booking ON payment_incidents (event_id, booking_id);
