-- Who did what when, and what it was before. Rows are added and never changed: each in the transaction of the change
-- that it tells of.
CREATE TABLE audit_entries (
    -- First in the key, as in all that belongs to an event; 0: of no event.
    event_id        bigint NOT NULL,
    -- Version 7.
    id              uuid NOT NULL,
    at              timestamptz NOT NULL DEFAULT now(),
    -- Whose owners may read it. NULL: of no organisation, for the operator.
    organisation_id bigint,
    actor_kind      text NOT NULL,
    -- The organiser or the API token.
    actor_id        uuid,
    -- As they were called then.
    actor_name      text NOT NULL,
    -- 'member.invited', 'booking.cancelled', ...
    action          text NOT NULL,
    -- What was changed: 'booking' and its id, 'tier' and its code, ...
    subject_kind    text NOT NULL,
    subject_id      text NOT NULL,
    -- What of it was changed. NULL before it was there, and after it is gone.
    before          jsonb,
    after           jsonb,
    CONSTRAINT audit_entries_pkey PRIMARY KEY (event_id, id),
    CONSTRAINT audit_entries_actor_check CHECK (
        CASE actor_kind
            WHEN 'organiser' THEN actor_id IS NOT NULL
            WHEN 'api_token' THEN actor_id IS NOT NULL
            WHEN 'operator' THEN actor_id IS NULL
            WHEN 'system' THEN actor_id IS NULL
            ELSE false
        END
    ),
    CONSTRAINT audit_entries_length_check CHECK (
        char_length(actor_name) <= 200 AND length(action) BETWEEN 1 AND 100
        AND length(subject_kind) BETWEEN 1 AND 50 AND length(subject_id) <= 200
    )
);
-- A page of all, of an event, and of a subject; the newest first.
CREATE INDEX audit_entries_by_organisation ON audit_entries (organisation_id, at, id);
CREATE INDEX audit_entries_by_event ON audit_entries (event_id, at, id);
CREATE INDEX audit_entries_by_subject ON audit_entries (event_id, subject_id, at, id);
