-- The life of an event. 'draft': its organiser writes it, nobody else sees it, it has tiers and no tickets. 'publishing':
-- its tickets are being made, and still nobody sees it. 'published': it is listed and sold. 'called_off': its page says
-- so, and nothing is sold. That an event is over follows from the time. Events from before are published, and so are
-- those that a server of the version before makes; such a server shows drafts, so publish none before all are new.
ALTER TABLE events
    ADD COLUMN status text NOT NULL DEFAULT 'published',
    -- Counts the changes: who edits says which version they have seen, so that of two who edit at once the second is told.
    ADD COLUMN version integer NOT NULL DEFAULT 1;
-- Validated by V46.
ALTER TABLE events ADD CONSTRAINT events_status_check
    CHECK (status IN ('draft', 'publishing', 'published', 'called_off')) NOT VALID;
ALTER TABLE events ADD CONSTRAINT events_version_check CHECK (version >= 1) NOT VALID;
