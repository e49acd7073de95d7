-- Keys that every process of the installation shares: made by the first process that needs one,
-- and never changed, or what was signed with it is taken for forged.
CREATE TABLE secrets (
    -- What it is for: ticket-codes.
    name  text NOT NULL,
    value bytea NOT NULL,
    CONSTRAINT secrets_pkey PRIMARY KEY (name),
    CONSTRAINT secrets_value_check CHECK (octet_length(value) >= 32)
);
