-- Every scan of a code, whatever came of it: nothing is dropped. Written once; only undoing sets a column.
CREATE TABLE scans (
    event_id    bigint NOT NULL,
    -- The scanner's nonce: what is sent again is known by it.
    id          uuid NOT NULL,
    -- The first 16 bytes of a SHA-256 over kind and code: tells a repetition from a nonce that was used twice.
    fingerprint bytea NOT NULL,
    gate_id     uuid NOT NULL,
    list_id     uuid NOT NULL,
    kind        text NOT NULL,
    -- By the scanner's own clock: a queued scan arrives later.
    scanned_at  timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    result      text NOT NULL,
    -- Why a guest who had been let in without a network should not have been.
    conflict    text,
    -- What the code names; NULL if it was not signed here.
    tier_no     smallint,
    seat_no     integer,
    issue       integer,
    -- The answer's other half, kept so that a repetition is answered alike: since when and at which gate the ticket
    -- is in, of which event the code is, which scan is undone.
    since       timestamptz,
    since_gate  uuid,
    other_event bigint,
    undoes      uuid,
    undone_at   timestamptz,
    -- Who scanned: an API token or an organiser.
    by_kind     text NOT NULL,
    by_id       uuid,
    by_name     text NOT NULL,
    CONSTRAINT scans_pkey PRIMARY KEY (event_id, id),
    CONSTRAINT scans_kind_check CHECK (kind IN ('entry', 'exit', 'undo')),
    CONSTRAINT scans_result_check CHECK (result IN (
        'admitted', 'already_in', 'cancelled', 'replaced', 'other_event', 'not_this_gate', 'forged', 'outdated',
        'conflict', 'exited', 'not_in', 'undone')),
    CONSTRAINT scans_conflict_check CHECK ((result = 'conflict') = (conflict IS NOT NULL)),
    CONSTRAINT scans_ticket_check CHECK (
        CASE WHEN result IN ('admitted', 'already_in', 'exited', 'not_in', 'undone')
             THEN tier_no IS NOT NULL AND seat_no IS NOT NULL AND issue IS NOT NULL ELSE true END),
    CONSTRAINT scans_undo_check CHECK ((kind = 'undo') = (undoes IS NOT NULL)),
    CONSTRAINT scans_undone_check CHECK (undone_at IS NULL OR result IN ('admitted', 'exited'))
);
-- What happened at the doors of an event, the newest first; and what happened with one ticket.
CREATE INDEX scans_by_time ON scans (event_id, recorded_at);
CREATE INDEX scans_by_ticket ON scans (event_id, tier_no, seat_no) WHERE tier_no IS NOT NULL;
CREATE INDEX scans_conflicts ON scans (event_id, recorded_at) WHERE result = 'conflict';

-- Who is in: one row for a ticket that a list has let in. The primary key is what makes it once.
CREATE TABLE check_ins (
    event_id    bigint NOT NULL,
    list_id     uuid NOT NULL,
    tier_no     smallint NOT NULL,
    seat_no     integer NOT NULL,
    -- The ticket as its holder had it: whoever has it after them is somebody else.
    issue       integer NOT NULL,
    gate_id     uuid NOT NULL,
    -- By the scanner's own clock.
    entered_at  timestamptz NOT NULL,
    -- Out again; NULL while in.
    left_at     timestamptz,
    -- How often the ticket was let in.
    entries     integer NOT NULL,
    -- The scan that changed the row last: the only one that can be undone.
    last_scan   uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT check_ins_pkey PRIMARY KEY (event_id, list_id, tier_no, seat_no, issue),
    CONSTRAINT check_ins_entries_check CHECK (entries >= 1)
);
