-- An event that does not take place: nothing more of it is sold, and its bookings are cancelled and refunded. NULL
-- until it is called off; never taken back.
ALTER TABLE events ADD COLUMN called_off_at timestamptz;
-- Validated by V53.
ALTER TABLE events ADD CONSTRAINT events_called_off_check
    CHECK ((status = 'called_off') = (called_off_at IS NOT NULL)) NOT VALID;

-- The work of calling off an event. Its bookings are cancelled in batches, each in a transaction that moves this row
-- along, so that any process can go on after another has died. Refunds are payments that are due.
CREATE TABLE call_offs (
    event_id         bigint NOT NULL,
    called_off_at    timestamptz NOT NULL DEFAULT now(),
    -- Bookings that held tickets when the event was called off.
    bookings         bigint NOT NULL,
    -- Bookings that were cancelled because of it, and charges of them that must go back.
    cancelled        bigint NOT NULL DEFAULT 0,
    refunds          bigint NOT NULL DEFAULT 0,
    -- The last paid booking that was looked at, in the order of confirmation. NULL: from the first one.
    last_confirmed_at timestamptz,
    last_id          uuid,
    -- When it is to be looked after next.
    look_at          timestamptz NOT NULL DEFAULT now(),
    -- When no booking held tickets any more, and none could come.
    cancelled_at     timestamptz,
    -- When all money was back.
    finished_at      timestamptz,
    CONSTRAINT call_offs_pkey PRIMARY KEY (event_id),
    CONSTRAINT call_offs_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (event_id),
    CONSTRAINT call_offs_last_check CHECK ((last_confirmed_at IS NULL) = (last_id IS NULL)),
    CONSTRAINT call_offs_counts_check CHECK (bookings >= 0 AND cancelled >= 0 AND refunds >= 0),
    CONSTRAINT call_offs_finished_check CHECK (finished_at IS NULL OR cancelled_at IS NOT NULL)
);
