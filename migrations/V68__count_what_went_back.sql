-- The sum of a payment's refunds in part, due or made. NULL is none: servers of the version before do not fill it.
-- Added to in the transaction that makes a refund due, so that the constraint holds under races too.
ALTER TABLE payments ADD COLUMN returned_minor bigint;
-- Validated by V70.
ALTER TABLE payments ADD CONSTRAINT payments_returned_check
    CHECK (returned_minor BETWEEN 0 AND amount_minor) NOT VALID;
