-- What V33 promised of new rows holds for all.
ALTER TABLE tiers VALIDATE CONSTRAINT tiers_wheelchair_seats_check;
ALTER TABLE tiers VALIDATE CONSTRAINT tiers_companion_seats_check;
