ALTER TABLE events VALIDATE CONSTRAINT events_called_off_check;
