-- Of V26.
ALTER TABLE events VALIDATE CONSTRAINT events_contact_check;

-- Codes by which all bookings of one buyer are moved to another: from one browser to the next. A code is shown once,
-- and known by a hash of it alone.
CREATE TABLE move_codes (
    -- The first 16 bytes of the code's SHA-256.
    id         uuid NOT NULL,
    buyer_id   uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT move_codes_pkey PRIMARY KEY (id)
);
-- What has expired is deleted.
CREATE INDEX move_codes_by_expiry ON move_codes (expires_at);
