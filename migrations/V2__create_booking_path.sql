-- The booking path: everything that a sale writes. Rules of these tables:
-- event_id first in every key, no triggers of our own, no id made by the
-- database, event_id = $1 in every statement.

-- One row per ticket: one seat or one place of a tier; free, or taken by one booking.
CREATE TABLE tickets (
    event_id   bigint NOT NULL,
    -- 1 .. capacity, in allocation order: the best row first, left to right in a row.
    seat_no    integer NOT NULL,
    tier_no    smallint NOT NULL,
    -- A numbered ticket knows its row (1 is row A) and its number in the row; a general one has neither.
    row_no     smallint,
    row_seat   smallint,
    -- The one live booking that holds the ticket; NULL is free. No foreign key: it
    -- would cost a look-up per ticket sold, and `boxoffice check` proves the same.
    booking_id uuid,
    CONSTRAINT tickets_pkey PRIMARY KEY (event_id, tier_no, seat_no),
    CONSTRAINT tickets_seat_no_check CHECK (seat_no >= 1),
    CONSTRAINT tickets_row_check CHECK ((row_no IS NULL) = (row_seat IS NULL))
) WITH (
    -- Room on each page for the new version of every ticket on it: a ticket is sold once.
    fillfactor = 50
);

-- The free tickets in allocation order: what the allocator locks from. booking_id is
-- not a column of any index, or every update of a ticket would touch that index too.
CREATE INDEX tickets_free ON tickets (event_id, tier_no, seat_no) WHERE booking_id IS NULL;

-- What a buyer asked for across tiers.
CREATE TABLE bookings (
    event_id            bigint NOT NULL,
    -- A version 7 UUID made by the server: new bookings land at the right edge of the index.
    id                  uuid NOT NULL,
    user_id             uuid NOT NULL,
    idempotency_key     text NOT NULL,
    -- The first 16 bytes of a SHA-256 over what was asked: tells a replay from a reused key.
    request_fingerprint bytea NOT NULL,
    status              text NOT NULL,
    total_minor         bigint NOT NULL,
    currency            text NOT NULL,
    created_at          timestamptz NOT NULL,
    -- When the hold ends; only a pending booking has one.
    expires_at          timestamptz,
    -- While a payment is being asked for, the hold is kept until then even if it is over.
    paying_until        timestamptz,
    confirmed_at        timestamptz,
    -- When it became failed, expired or cancelled: when its tickets were released.
    ended_at            timestamptz,
    CONSTRAINT bookings_pkey PRIMARY KEY (event_id, id),
    CONSTRAINT bookings_idempotency_key_key UNIQUE (event_id, user_id, idempotency_key),
    CONSTRAINT bookings_status_check
        CHECK (status IN ('pending', 'confirmed', 'failed', 'expired', 'cancelled')),
    CONSTRAINT bookings_pending_check CHECK ((status = 'pending') = (expires_at IS NOT NULL)),
    CONSTRAINT bookings_paying_check CHECK (paying_until IS NULL OR status = 'pending'),
    CONSTRAINT bookings_confirmed_check
        CHECK (CASE status WHEN 'confirmed' THEN confirmed_at IS NOT NULL
                           WHEN 'cancelled' THEN true
                           ELSE confirmed_at IS NULL END),
    CONSTRAINT bookings_ended_check
        CHECK ((status IN ('failed', 'expired', 'cancelled')) = (ended_at IS NOT NULL)),
    CONSTRAINT bookings_total_check CHECK (total_minor >= 0)
) WITH (fillfactor = 80);

-- A booking by its id alone (its page, its payment) and a buyer's bookings, newest first.
CREATE INDEX bookings_by_id ON bookings (id);
CREATE INDEX bookings_by_user ON bookings (user_id, id);
-- What the expiry looks for, across events: only pending bookings are in it.
CREATE INDEX bookings_pending ON bookings (expires_at) WHERE status = 'pending';

-- What was ordered, at which price and which tickets; kept when the tickets are gone.
-- Tickets are released through it by their primary key.
CREATE TABLE booking_items (
    event_id         bigint NOT NULL,
    booking_id       uuid NOT NULL,
    tier_no          smallint NOT NULL,
    quantity         integer NOT NULL,
    unit_price_minor bigint NOT NULL,
    seats            integer[] NOT NULL,
    CONSTRAINT booking_items_pkey PRIMARY KEY (event_id, booking_id, tier_no),
    CONSTRAINT booking_items_quantity_check CHECK (quantity BETWEEN 1 AND 100),
    CONSTRAINT booking_items_seats_check CHECK (cardinality(seats) = quantity)
);

-- One attempt to charge a booking.
CREATE TABLE payments (
    event_id            bigint NOT NULL,
    -- Also the idempotency key towards the gateway.
    id                  uuid NOT NULL,
    booking_id          uuid NOT NULL,
    idempotency_key     text NOT NULL,
    request_fingerprint bytea NOT NULL,
    status              text NOT NULL,
    amount_minor        bigint NOT NULL,
    currency            text NOT NULL,
    -- All that is ever kept of a card.
    card_brand          text NOT NULL,
    card_last4          text NOT NULL,
    -- Why it was declined, in the gateway's words: card_declined, insufficient_funds, ...
    decline_code        text,
    created_at          timestamptz NOT NULL,
    -- When the gateway's answer was recorded.
    answered_at         timestamptz,
    -- The charge must go back, whatever happens to this process: decided together with what made it so.
    refund_requested_at timestamptz,
    refunded_at         timestamptz,
    CONSTRAINT payments_pkey PRIMARY KEY (event_id, id),
    CONSTRAINT payments_booking_id_fkey
        FOREIGN KEY (event_id, booking_id) REFERENCES bookings (event_id, id),
    CONSTRAINT payments_idempotency_key_key UNIQUE (event_id, booking_id, idempotency_key),
    CONSTRAINT payments_status_check CHECK (status IN ('processing', 'succeeded', 'declined', 'refunded')),
    CONSTRAINT payments_answered_check CHECK ((status = 'processing') = (answered_at IS NULL)),
    CONSTRAINT payments_declined_check CHECK ((status = 'declined') = (decline_code IS NOT NULL)),
    CONSTRAINT payments_refunded_check CHECK ((status = 'refunded') = (refunded_at IS NOT NULL)),
    CONSTRAINT payments_refund_requested_check
        CHECK (CASE status WHEN 'refunded' THEN refund_requested_at IS NOT NULL
                           WHEN 'succeeded' THEN true
                           ELSE refund_requested_at IS NULL END),
    CONSTRAINT payments_amount_check CHECK (amount_minor >= 0),
    CONSTRAINT payments_card_last4_check CHECK (card_last4 ~ '^[0-9]{4}$')
);

-- At most one payment of a booking is under way or has succeeded: two that race cannot both charge.
CREATE UNIQUE INDEX payments_live_key ON payments (event_id, booking_id) WHERE status IN ('processing', 'succeeded');
CREATE INDEX payments_by_id ON payments (id);
-- What recovery looks for: charges without an answer, and charges that must go back.
CREATE INDEX payments_processing ON payments (created_at) WHERE status = 'processing';
CREATE INDEX payments_refund_due ON payments (refund_requested_at)
    WHERE status = 'succeeded' AND refund_requested_at IS NOT NULL;
