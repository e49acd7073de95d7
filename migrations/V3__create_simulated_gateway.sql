-- The memory of the simulated gateway. In the life of boxoffice it stands for a machine elsewhere: no
-- foreign key leads here from the booking path or from here to it, and the gateway reads and writes
-- these tables on connections of its own, never inside a transaction of a booking. A restart of the
-- server loses no charge, and recovery can ask what became of one.

-- What it was asked to charge, and what it answered. The payment's id is the idempotency key.
CREATE TABLE gateway_charges (
    payment_id   uuid NOT NULL,
    status       text NOT NULL,
    -- Of a declined one: card_declined, insufficient_funds, processing_error, abandoned.
    decline_code text,
    amount_minor bigint NOT NULL,
    currency     text NOT NULL,
    created_at   timestamptz NOT NULL,
    -- When a pending one will have succeeded: the card that answers later.
    answers_at   timestamptz,
    CONSTRAINT gateway_charges_pkey PRIMARY KEY (payment_id),
    CONSTRAINT gateway_charges_status_check CHECK (status IN ('pending', 'succeeded', 'declined')),
    CONSTRAINT gateway_charges_declined_check CHECK ((status = 'declined') = (decline_code IS NOT NULL)),
    CONSTRAINT gateway_charges_pending_check CHECK ((status = 'pending') = (answers_at IS NOT NULL)),
    CONSTRAINT gateway_charges_amount_check CHECK (amount_minor >= 0)
);

CREATE INDEX gateway_charges_pending ON gateway_charges (answers_at) WHERE status = 'pending';

-- What it gave back, always the whole charge. A payment is refunded once, however often it is asked.
CREATE TABLE gateway_refunds (
    payment_id   uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency     text NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT gateway_refunds_pkey PRIMARY KEY (payment_id),
    CONSTRAINT gateway_refunds_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES gateway_charges (payment_id)
);

-- Webhooks that it sends, each until somebody has taken it.
CREATE TABLE gateway_deliveries (
    -- The id that the receiver knows a repetition by.
    id              uuid NOT NULL,
    payment_id      uuid NOT NULL,
    body            text NOT NULL,
    attempts        integer NOT NULL,
    -- Pushed ahead by whoever is about to send it, so that no two do at once; NULL when it was taken or given up.
    next_attempt_at timestamptz,
    delivered_at    timestamptz,
    CONSTRAINT gateway_deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT gateway_deliveries_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES gateway_charges (payment_id),
    CONSTRAINT gateway_deliveries_delivered_check CHECK (delivered_at IS NULL OR next_attempt_at IS NULL)
);

CREATE INDEX gateway_deliveries_due ON gateway_deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- What all processes must agree on: the key that webhooks are signed with, made at random by the first
-- that needs one and is given none.
CREATE TABLE gateway_secrets (
    name   text NOT NULL,
    secret bytea NOT NULL,
    CONSTRAINT gateway_secrets_pkey PRIMARY KEY (name),
    CONSTRAINT gateway_secrets_secret_check CHECK (octet_length(secret) >= 16)
);
