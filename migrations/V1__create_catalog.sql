-- The catalogue: who sells what, where and when. Written rarely, read always.
-- Internal numbers are bigint; what the outside sees is a UUID.

-- Search is by part of a name: served by trigrams, never by a scan.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A venue is a place in a city. Its time zone is what buyers read the clock in.
CREATE TABLE venues (
    venue_id     bigint GENERATED ALWAYS AS IDENTITY,
    name         text NOT NULL,
    city         text NOT NULL,
    -- ISO 3166-1 alpha-2, upper case.
    country      text NOT NULL,
    -- IANA name such as Europe/Lisbon; the server refuses one that it does not know.
    time_zone    text NOT NULL,
    CONSTRAINT venues_pkey PRIMARY KEY (venue_id),
    CONSTRAINT venues_place_key UNIQUE (name, city, country),
    CONSTRAINT venues_country_check CHECK (country ~ '^[A-Z]{2}$')
);

-- An event is one performance at a venue, in one currency.
CREATE TABLE events (
    -- Stands first in every key of what belongs to the event, so that the
    -- booking path can be distributed by event without a change.
    event_id                bigint GENERATED ALWAYS AS IDENTITY,
    -- What URLs and JSON carry; says nothing about how many events there are.
    public_id               uuid NOT NULL,
    venue_id                bigint NOT NULL,
    name                    text NOT NULL,
    description             text NOT NULL DEFAULT '',
    starts_at               timestamptz NOT NULL,
    on_sale_at              timestamptz NOT NULL,
    -- ISO 4217; every price and total of the event is in it.
    currency                text NOT NULL,
    max_tickets_per_booking integer NOT NULL DEFAULT 10,
    -- Name and city in lower case without accents: what a search is matched against.
    search_text             text NOT NULL,
    created_at              timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT events_pkey PRIMARY KEY (event_id),
    CONSTRAINT events_public_id_key UNIQUE (public_id),
    CONSTRAINT events_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venues (venue_id),
    CONSTRAINT events_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT events_on_sale_before_start_check CHECK (on_sale_at < starts_at),
    CONSTRAINT events_max_tickets_check CHECK (max_tickets_per_booking BETWEEN 1 AND 100)
);

-- The list is by date; the public id breaks ties, so that a page's cursor is exact.
CREATE INDEX events_by_date ON events (starts_at, public_id);
CREATE INDEX events_by_search_text ON events USING gin (search_text gin_trgm_ops);

-- A tier is a priced class of an event's tickets.
CREATE TABLE tiers (
    event_id      bigint NOT NULL,
    -- 1, 2, 3, ... in the order in which the tiers are shown and locked.
    tier_no       smallint NOT NULL,
    -- What JSON calls it: vip, front-row, ga.
    code          text NOT NULL,
    name          text NOT NULL,
    -- In minor units of the event's currency.
    price_minor   bigint NOT NULL,
    capacity      integer NOT NULL,
    -- 'numbered': every ticket is a seat in a row. 'general': every ticket is a place.
    seating       text NOT NULL,
    -- The widths of a row's blocks from left to right: {10} is one block of ten seats,
    -- {4,6,4} has an aisle after seat 4 and after seat 10. NULL for general admission.
    row_blocks    smallint[],
    CONSTRAINT tiers_pkey PRIMARY KEY (event_id, tier_no),
    CONSTRAINT tiers_code_key UNIQUE (event_id, code),
    CONSTRAINT tiers_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (event_id),
    CONSTRAINT tiers_tier_no_check CHECK (tier_no BETWEEN 1 AND 100),
    CONSTRAINT tiers_code_check CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,31}$'),
    CONSTRAINT tiers_price_check CHECK (price_minor >= 0),
    CONSTRAINT tiers_capacity_check CHECK (capacity BETWEEN 1 AND 10000000),
    CONSTRAINT tiers_seating_check CHECK (seating IN ('numbered', 'general')),
    CONSTRAINT tiers_row_blocks_check CHECK ((seating = 'numbered') = (row_blocks IS NOT NULL)),
    CONSTRAINT tiers_row_blocks_positive_check CHECK (0 < ALL (row_blocks))
);
