ALTER TABLE events VALIDATE CONSTRAINT events_taxes_check;
ALTER TABLE events VALIDATE CONSTRAINT events_fees_check;
