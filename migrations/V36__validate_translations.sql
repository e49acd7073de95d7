-- What V35 promised of new rows holds for all.
ALTER TABLE events VALIDATE CONSTRAINT events_translations_check;
