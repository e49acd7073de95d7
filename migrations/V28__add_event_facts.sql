-- What a buyer wants to know before paying. All of it may be missing: events from before have none of it, and servers
-- of the version before fill none of it. Constraints are validated by V29.
ALTER TABLE venues
    -- Street and house number, as they are written there; city and country are columns of their own.
    ADD COLUMN address text,
    -- Codes of what the venue offers, such as step-free; pages name them in the reader's language.
    ADD COLUMN accessibility text[] NOT NULL DEFAULT '{}';
ALTER TABLE venues ADD CONSTRAINT venues_address_check CHECK (length(address) BETWEEN 1 AND 300) NOT VALID;
ALTER TABLE venues ADD CONSTRAINT venues_accessibility_check
    CHECK (cardinality(accessibility) <= 20 AND array_position(accessibility, NULL) IS NULL) NOT VALID;

ALTER TABLE events
    -- A code; `catalog::Genre` has all of them, and pages name it in the reader's language.
    ADD COLUMN genre text NOT NULL DEFAULT 'other',
    ADD COLUMN doors_at timestamptz,
    ADD COLUMN ends_at timestamptz,
    -- In years; 0 says that there is no limit, NULL says nothing.
    ADD COLUMN age_min smallint,
    -- Who performs, in the order of the bill.
    ADD COLUMN lineup text[] NOT NULL DEFAULT '{}',
    -- What this event offers beside its venue, such as sign-language.
    ADD COLUMN accessibility text[] NOT NULL DEFAULT '{}',
    ADD COLUMN organiser text,
    -- Prose of the organiser, shown before a buyer pays.
    ADD COLUMN terms text,
    ADD COLUMN refund_policy text,
    -- Events with the same series are dates of one thing.
    ADD COLUMN series text,
    -- The next such event stands on top of the list.
    ADD COLUMN featured boolean NOT NULL DEFAULT false,
    -- What events are filtered by, copied from venue and tiers, which do not change: one index then serves
    -- a filter together with the order of the list. NULL until `catalog::index` has filled it.
    ADD COLUMN country text,
    -- The city in lower case without accents.
    ADD COLUMN city_key text,
    -- The lowest price of a ticket.
    ADD COLUMN price_from_minor bigint,
    -- Which version of `catalog::index` has filled `search_text` and the columns above; 0 is a server of the
    -- version before, whose search_text has name and city only.
    ADD COLUMN search_version smallint NOT NULL DEFAULT 0;
ALTER TABLE events ADD CONSTRAINT events_genre_check CHECK (genre ~ '^[a-z][a-z-]{0,31}$') NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_doors_check
    CHECK (doors_at <= starts_at AND doors_at >= starts_at - interval '24 hours') NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_ends_check
    CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '31 days') NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_age_check CHECK (age_min BETWEEN 0 AND 99) NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_lineup_check
    CHECK (cardinality(lineup) <= 50 AND array_position(lineup, NULL) IS NULL) NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_accessibility_check
    CHECK (cardinality(accessibility) <= 20 AND array_position(accessibility, NULL) IS NULL) NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_organiser_check CHECK (length(organiser) BETWEEN 1 AND 200) NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_terms_check CHECK (length(terms) BETWEEN 1 AND 10000) NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_refund_policy_check CHECK (length(refund_policy) BETWEEN 1 AND 2000) NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_series_check CHECK (series ~ '^[a-z0-9][a-z0-9-]{0,63}$') NOT VALID;
