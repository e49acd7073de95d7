-- By itself, because a transaction that waits for two tables in turn could deadlock with a reader of both.
-- The tier whose tickets the seats of this item are, if it is not the tier that was bought: then no statement that goes
-- from a booking to its tickets needs the tiers.
ALTER TABLE booking_items ADD COLUMN stock_tier_no smallint;
