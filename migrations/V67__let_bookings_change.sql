-- What organisers change of a paid booking: some of its tickets are given back, tickets are exchanged for others, it is
-- handed over to another person. booking_items say what a booking holds now; these tables say what it held before.

-- One change. A request that is sent twice is known by its key.
CREATE TABLE booking_changes (
    event_id            bigint NOT NULL,
    booking_id          uuid NOT NULL,
    -- A version 7 UUID made by the server.
    id                  uuid NOT NULL,
    kind                text NOT NULL,
    idempotency_key     text NOT NULL,
    request_fingerprint bytea NOT NULL,
    changed_at          timestamptz NOT NULL DEFAULT now(),
    -- What goes back for it, and the refund by which it does; NULL if nothing does.
    refund_minor        bigint NOT NULL,
    refund_id           uuid,
    -- What dearer tickets would have cost more, and was not asked for.
    waived_minor        bigint NOT NULL,
    CONSTRAINT booking_changes_pkey PRIMARY KEY (event_id, booking_id, id),
    CONSTRAINT booking_changes_idempotency_key_key UNIQUE (event_id, booking_id, idempotency_key),
    CONSTRAINT booking_changes_kind_check CHECK (kind IN ('returned', 'exchanged', 'handed_over')),
    CONSTRAINT booking_changes_refund_check CHECK (refund_minor >= 0 AND (refund_id IS NOT NULL) = (refund_minor > 0)),
    CONSTRAINT booking_changes_waived_check CHECK (waived_minor >= 0 AND (waived_minor = 0 OR refund_minor = 0))
);

-- What a change took from a booking, and gave to it, of one tier. changed_at is that of the change: reports read in its
-- order.
CREATE TABLE booking_change_items (
    event_id      bigint NOT NULL,
    booking_id    uuid NOT NULL,
    change_id     uuid NOT NULL,
    tier_no       smallint NOT NULL,
    -- Seats, as in booking_items.
    removed       integer[] NOT NULL,
    added         integer[] NOT NULL,
    -- What those had cost, and what these cost.
    removed_minor bigint NOT NULL,
    added_minor   bigint NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT booking_change_items_pkey PRIMARY KEY (event_id, booking_id, change_id, tier_no),
    CONSTRAINT booking_change_items_change_fkey
        FOREIGN KEY (event_id, booking_id, change_id) REFERENCES booking_changes (event_id, booking_id, id),
    CONSTRAINT booking_change_items_seats_check CHECK (cardinality(removed) + cardinality(added) > 0),
    CONSTRAINT booking_change_items_minor_check CHECK (removed_minor >= 0 AND added_minor >= 0)
);
CREATE INDEX booking_change_items_by_time ON booking_change_items (event_id, changed_at, change_id);

-- Who the buyer of a booking was before it was handed over. Apart from the change, so that a person can be forgotten.
CREATE TABLE former_contacts (
    event_id     bigint NOT NULL,
    booking_id   uuid NOT NULL,
    change_id    uuid NOT NULL,
    name         text NOT NULL,
    email        text NOT NULL,
    email_folded text NOT NULL,
    CONSTRAINT former_contacts_pkey PRIMARY KEY (event_id, booking_id, change_id),
    CONSTRAINT former_contacts_change_fkey
        FOREIGN KEY (event_id, booking_id, change_id) REFERENCES booking_changes (event_id, booking_id, id),
    CONSTRAINT former_contacts_length_check CHECK (length(name) <= 200 AND length(email) BETWEEN 3 AND 254)
);
CREATE INDEX former_contacts_by_email ON former_contacts (email_folded, booking_id);

-- What goes back of a charge while its booking stays. The last of it goes back by the payment's own row.
CREATE TABLE refunds (
    event_id         bigint NOT NULL,
    -- Also the idempotency key towards the gateway.
    id               uuid NOT NULL,
    payment_id       uuid NOT NULL,
    booking_id       uuid NOT NULL,
    amount_minor     bigint NOT NULL,
    currency         text NOT NULL,
    -- 'due': the gateway has not confirmed it yet.
    status           text NOT NULL,
    requested_at     timestamptz NOT NULL DEFAULT now(),
    refunded_at      timestamptz,
    -- As in payments.
    recover_at       timestamptz,
    recover_attempts integer NOT NULL,
    CONSTRAINT refunds_pkey PRIMARY KEY (event_id, id),
    CONSTRAINT refunds_payment_fkey FOREIGN KEY (event_id, payment_id) REFERENCES payments (event_id, id),
    CONSTRAINT refunds_status_check CHECK (status IN ('due', 'refunded')),
    CONSTRAINT refunds_amount_check CHECK (amount_minor > 0),
    CONSTRAINT refunds_refunded_check CHECK ((status = 'refunded') = (refunded_at IS NOT NULL)),
    CONSTRAINT refunds_recover_check CHECK ((status = 'due') = (recover_at IS NOT NULL))
);
CREATE INDEX refunds_by_booking ON refunds (event_id, booking_id);
-- What recovery looks for.
CREATE INDEX refunds_due ON refunds (recover_at) WHERE recover_at IS NOT NULL;

-- The simulated gateway's books: what went back in part. gateway_refunds has what went back last.
CREATE TABLE gateway_part_refunds (
    id           uuid NOT NULL,
    payment_id   uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency     text NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT gateway_part_refunds_pkey PRIMARY KEY (id),
    CONSTRAINT gateway_part_refunds_payment_fkey FOREIGN KEY (payment_id) REFERENCES gateway_charges (payment_id),
    CONSTRAINT gateway_part_refunds_amount_check CHECK (amount_minor > 0)
);
CREATE INDEX gateway_part_refunds_by_payment ON gateway_part_refunds (payment_id);
