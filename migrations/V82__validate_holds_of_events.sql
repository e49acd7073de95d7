ALTER TABLE events VALIDATE CONSTRAINT events_hold_check;
