-- Halls that an organisation has drawn: templates for the seats of its events' tiers. An event copies the part that it
-- uses, so a hall may be changed and deleted at any time.
CREATE TABLE halls (
    id              uuid NOT NULL,
    organisation_id bigint NOT NULL,
    name            text NOT NULL,
    -- In which building it is, for people; empty if nobody has said.
    venue           text NOT NULL,
    -- Sections, rows, seats, gaps and the stage, as they are written and exported.
    layout          jsonb NOT NULL,
    -- How many the layout has.
    seats           integer NOT NULL,
    -- Counts the changes: of two who edit at once the second is told.
    version         integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    changed_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT halls_pkey PRIMARY KEY (id),
    CONSTRAINT halls_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT halls_name_key UNIQUE (organisation_id, venue, name),
    CONSTRAINT halls_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT halls_venue_check CHECK (char_length(venue) <= 200),
    CONSTRAINT halls_layout_check CHECK (jsonb_typeof(layout) = 'object'),
    CONSTRAINT halls_seats_check CHECK (seats BETWEEN 1 AND 20000),
    CONSTRAINT halls_version_check CHECK (version >= 1)
);
