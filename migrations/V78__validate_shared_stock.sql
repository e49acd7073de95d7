-- What V76 promised of new rows holds for all.
ALTER TABLE tiers VALIDATE CONSTRAINT tiers_stock_check;
