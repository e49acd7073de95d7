-- Codes that let somebody in whose phone is lost, ten at a time, each good once. Known by their hash: they are shown once.
CREATE TABLE recovery_codes (
    organiser_id uuid NOT NULL,
    -- SHA-256 over the organiser's id and sixteen digits.
    hash         bytea NOT NULL,
    made_at      timestamptz NOT NULL DEFAULT now(),
    used_at      timestamptz,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (organiser_id, hash),
    CONSTRAINT recovery_codes_organiser_id_fkey FOREIGN KEY (organiser_id) REFERENCES organisers (id) ON DELETE CASCADE,
    CONSTRAINT recovery_codes_hash_check CHECK (length(hash) = 32)
);
