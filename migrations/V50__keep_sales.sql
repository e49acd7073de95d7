-- What an event has sold, added up, so that a dashboard need not read every booking. Made of the bookings, and can be
-- made anew from them: `report::kept` adds what has come since it last looked. No sale writes here.

-- How far an event's bookings have been added up.
CREATE TABLE sales_read (
    event_id          bigint NOT NULL,
    -- The last confirmation and the last cancellation that are in the sums. Nothing older can come.
    confirmed_at      timestamptz NOT NULL DEFAULT 'epoch',
    confirmed_id      uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    cancelled_at      timestamptz NOT NULL DEFAULT 'epoch',
    cancelled_id      uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    -- Up to when the sums are complete.
    as_of             timestamptz NOT NULL DEFAULT 'epoch',
    -- Bookings that were confirmed, and those of them that were cancelled.
    confirmed         bigint NOT NULL DEFAULT 0,
    cancelled         bigint NOT NULL DEFAULT 0,
    CONSTRAINT sales_read_pkey PRIMARY KEY (event_id),
    CONSTRAINT sales_read_counts_check CHECK (confirmed >= 0 AND cancelled >= 0)
);

-- By tier and quarter of an hour, which every time zone's hours and days are made of. A cancellation is counted when it
-- was made, and takes nothing from the sale that it ends.
CREATE TABLE sales_quarters (
    event_id          bigint NOT NULL,
    tier_no           smallint NOT NULL,
    -- The beginning of the quarter.
    at                timestamptz NOT NULL,
    tickets           bigint NOT NULL,
    minor             bigint NOT NULL,
    cancelled_tickets bigint NOT NULL,
    cancelled_minor   bigint NOT NULL,
    CONSTRAINT sales_quarters_pkey PRIMARY KEY (event_id, tier_no, at)
);

-- By second, in the first ten minutes after the sale has opened: when tickets were taken that were paid since.
CREATE TABLE sales_seconds (
    event_id          bigint NOT NULL,
    -- From the opening on, from 0.
    second            integer NOT NULL,
    tickets           bigint NOT NULL,
    bookings          bigint NOT NULL,
    CONSTRAINT sales_seconds_pkey PRIMARY KEY (event_id, second)
);
