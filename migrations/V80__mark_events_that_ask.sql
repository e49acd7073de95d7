-- Whether an event asks its buyers anything: who sells an event that does not reads no questions.
ALTER TABLE events ADD COLUMN asks boolean NOT NULL DEFAULT false;
