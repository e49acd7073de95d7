-- What V60 promised of new rows holds for all.
ALTER TABLE tiers VALIDATE CONSTRAINT tiers_plan_check;
