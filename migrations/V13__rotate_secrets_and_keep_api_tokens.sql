-- A secret is replaced by a newer version of itself; what was signed with an older one is still believed
-- for a while. Versions count from 1; the highest signs.
ALTER TABLE secrets ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE secrets ADD COLUMN made_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE secrets DROP CONSTRAINT secrets_pkey;
ALTER TABLE secrets ADD CONSTRAINT secrets_pkey PRIMARY KEY (name, version);
ALTER TABLE secrets ADD CONSTRAINT secrets_version_check CHECK (version BETWEEN 1 AND 65535);

-- Tokens of programs that act for an organiser. What a token says is shown once, when it is made.
CREATE TABLE api_tokens (
    id           uuid NOT NULL,
    name         text NOT NULL,
    -- SHA-256 of the token: 256 random bits need no salt and no slow hash.
    hash         bytea NOT NULL,
    scopes       text[] NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    -- To the minute.
    last_used_at timestamptz,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT api_tokens_hash_key UNIQUE (hash),
    CONSTRAINT api_tokens_hash_check CHECK (octet_length(hash) = 32),
    CONSTRAINT api_tokens_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT api_tokens_scopes_check CHECK (cardinality(scopes) >= 1)
);
