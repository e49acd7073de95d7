-- Who is let in where. A list names the tiers that it admits; a ticket is let in once at each list, whatever number of
-- gates the list has.
CREATE TABLE check_in_lists (
    event_id       bigint NOT NULL,
    id             uuid NOT NULL,
    name           text NOT NULL,
    -- The numbers of the tiers that it admits; NULL is every tier, also one that is added later.
    tiers          smallint[],
    -- Whether who has left may come in again.
    allows_reentry boolean NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT check_in_lists_pkey PRIMARY KEY (event_id, id),
    CONSTRAINT check_in_lists_name_check CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT check_in_lists_tiers_check CHECK (tiers IS NULL OR cardinality(tiers) BETWEEN 1 AND 1000)
);

-- Where tickets are scanned. A gate is closed and never deleted: scans name it, and those that a scanner has queued
-- without a network arrive after it was closed.
CREATE TABLE gates (
    event_id   bigint NOT NULL,
    id         uuid NOT NULL,
    list_id    uuid NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    closed_at  timestamptz,
    CONSTRAINT gates_pkey PRIMARY KEY (event_id, id),
    CONSTRAINT gates_list_fkey FOREIGN KEY (event_id, list_id) REFERENCES check_in_lists (event_id, id),
    CONSTRAINT gates_name_check CHECK (length(name) BETWEEN 1 AND 100)
);
-- Staff say "gate B": of the open ones there is one.
CREATE UNIQUE INDEX gates_name_key ON gates (event_id, name) WHERE closed_at IS NULL;
