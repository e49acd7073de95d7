ALTER TABLE events VALIDATE CONSTRAINT events_moves_check;
