-- Not in a transaction.
-- By the provider's name: of payments by the simulated gateway there is no entry. Built beside a running sale. An attempt that
-- was cut off leaves an index that is not valid, so it begins by dropping it. Then what V83 and V84 promised of new rows
-- holds for all.
DROP INDEX CONCURRENTLY IF EXISTS payments_by_reference;
CREATE INDEX CONCURRENTLY payments_by_reference ON payments (reference) WHERE reference IS NOT NULL;
ALTER TABLE payments VALIDATE CONSTRAINT payments_card_last4_check;
ALTER TABLE payments VALIDATE CONSTRAINT payments_recover_check;
ALTER TABLE payments VALIDATE CONSTRAINT payments_provider_check;
ALTER TABLE payments VALIDATE CONSTRAINT payments_reference_check;
ALTER TABLE payments VALIDATE CONSTRAINT payments_action_check;
ALTER TABLE payments VALIDATE CONSTRAINT payments_capture_check;
ALTER TABLE gateway_charges VALIDATE CONSTRAINT gateway_charges_status_check;
