-- What an order costs beside the prices of its tiers. Servers of the version before know none of it, and sell by price
-- alone until they are stopped.
ALTER TABLE events
    -- Taxes and fees, as `price::Tax` and `price::Fee` write them; in their order on receipts.
    ADD COLUMN taxes jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN fees jsonb NOT NULL DEFAULT '[]',
    -- Whether there is a promo code that is not withdrawn: then pages ask for one.
    ADD COLUMN has_codes boolean NOT NULL DEFAULT false;
-- Validated by V58.
ALTER TABLE events ADD CONSTRAINT events_taxes_check
    CHECK (jsonb_typeof(taxes) = 'array' AND jsonb_array_length(taxes) <= 10) NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_fees_check
    CHECK (jsonb_typeof(fees) = 'array' AND jsonb_array_length(fees) <= 10) NOT VALID;

-- Promo codes. How often one was used is not kept: it is the number of live bookings that name it (`bookings.code_no`),
-- counted under the lock of its row by whoever books with it. So a booking that ends gives its use back by ending.
CREATE TABLE promo_codes (
    event_id           bigint NOT NULL,
    code_no            integer NOT NULL,
    -- As it is compared: in capitals. Never changed, so that a booking's code is what its buyer typed.
    code               text NOT NULL,
    -- What is taken off the price of a ticket: a part of it in hundredths of a percent, or so many minor units. Neither:
    -- it only unlocks.
    percent_bp         integer,
    off_minor          bigint,
    -- The codes of the tiers that it is for; those of them that are hidden are unlocked by it. NULL: all that are shown.
    tiers              text[],
    valid_from         timestamptz,
    valid_until        timestamptz,
    -- Live bookings at most. NULL: any number.
    max_uses           integer,
    max_uses_per_buyer integer,
    -- Counts its changes. An order is priced by a version, and booked only if the code is still at that one.
    version            integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL DEFAULT now(),
    -- From then on nobody books with it. What was booked stays as it is.
    withdrawn_at       timestamptz,
    CONSTRAINT promo_codes_pkey PRIMARY KEY (event_id, code_no),
    CONSTRAINT promo_codes_code_key UNIQUE (event_id, code),
    CONSTRAINT promo_codes_code_check CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{0,31}$'),
    CONSTRAINT promo_codes_discount_check CHECK (
        percent_bp BETWEEN 1 AND 10000 AND off_minor IS NULL
        OR off_minor BETWEEN 1 AND 1000000000000 AND percent_bp IS NULL
        OR percent_bp IS NULL AND off_minor IS NULL
    ),
    CONSTRAINT promo_codes_tiers_check CHECK (cardinality(tiers) BETWEEN 1 AND 100),
    CONSTRAINT promo_codes_window_check CHECK (valid_from < valid_until),
    CONSTRAINT promo_codes_uses_check CHECK (
        max_uses BETWEEN 1 AND 100000 AND max_uses_per_buyer BETWEEN 1 AND 100000
        OR max_uses BETWEEN 1 AND 100000 AND max_uses_per_buyer IS NULL
        OR max_uses IS NULL AND max_uses_per_buyer BETWEEN 1 AND 100000
        OR max_uses IS NULL AND max_uses_per_buyer IS NULL
    ),
    CONSTRAINT promo_codes_version_check CHECK (version >= 1)
);

-- What a booking costs, line by line, as it was when it was booked. Only of bookings whose event had taxes or fees, or
-- that name a code; of all others the items say it.
CREATE TABLE booking_lines (
    event_id     bigint NOT NULL,
    booking_id   uuid NOT NULL,
    -- In the order in which they are shown, from 1.
    line_no      smallint NOT NULL,
    kind         text NOT NULL,
    -- Of a fee or a tax its name, of a discount its code; empty of tickets, which their tier names.
    name         text NOT NULL,
    -- NULL: of the order as a whole. What is of a tier is given back with its tickets, the rest with the last ticket.
    tier_no      smallint,
    -- Tickets of that tier.
    quantity     integer,
    -- In hundredths of a percent, if it is a part of something.
    percent_bp   integer,
    amount_minor bigint NOT NULL,
    -- Whether the buyer pays it on top. If not, it is contained in the price: a tax, or a fee that the organiser bears.
    is_added     boolean NOT NULL,
    CONSTRAINT booking_lines_pkey PRIMARY KEY (event_id, booking_id, line_no),
    CONSTRAINT booking_lines_kind_check CHECK (kind IN ('tickets', 'discount', 'fee', 'tax')),
    CONSTRAINT booking_lines_amount_check CHECK (CASE kind WHEN 'discount' THEN amount_minor <= 0 ELSE amount_minor >= 0 END),
    CONSTRAINT booking_lines_added_check CHECK (is_added OR kind IN ('fee', 'tax')),
    CONSTRAINT booking_lines_tier_check CHECK (
        (tier_no IS NULL) = (quantity IS NULL) AND (tier_no IS NOT NULL OR kind IN ('fee', 'tax'))
    )
);
