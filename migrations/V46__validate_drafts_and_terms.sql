-- What V44 and V45 promised of new rows holds for all.
ALTER TABLE events VALIDATE CONSTRAINT events_status_check;
ALTER TABLE events VALIDATE CONSTRAINT events_version_check;
ALTER TABLE tiers VALIDATE CONSTRAINT tiers_window_check;
ALTER TABLE tiers VALIDATE CONSTRAINT tiers_order_check;
ALTER TABLE tiers VALIDATE CONSTRAINT tiers_position_check;
ALTER TABLE tiers VALIDATE CONSTRAINT tiers_issue_from_check;
