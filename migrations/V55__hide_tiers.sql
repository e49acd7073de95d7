-- A hidden tier is shown to nobody who does not name a code that unlocks it.
ALTER TABLE tiers ADD COLUMN hidden boolean NOT NULL DEFAULT false;
