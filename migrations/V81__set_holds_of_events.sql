-- For how long a pending booking of the event keeps its tickets. NULL: as long as the server says. Validated by V82.
ALTER TABLE events ADD COLUMN hold_seconds integer;
ALTER TABLE events ADD CONSTRAINT events_hold_check CHECK (hold_seconds BETWEEN 60 AND 86400) NOT VALID;
