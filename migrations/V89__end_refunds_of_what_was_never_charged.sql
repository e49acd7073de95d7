-- A refund in part of a charge that was reserved and never captured ends as 'void': there is nothing to give back. And what the
-- provider has said of a refund that is due is kept, because a bank may take days. In the order in which transactions lock the
-- two tables. Refunds in part are few: the constraint, which refuses less than before, is validated at once.
ALTER TABLE payments
    -- The provider has made the refund, and it is pending there. NULL: it has said nothing, or something else.
    ADD COLUMN refund_pending boolean;
ALTER TABLE refunds
    -- As in payments.
    ADD COLUMN refund_pending boolean;
ALTER TABLE refunds
    DROP CONSTRAINT refunds_status_check,
    ADD CONSTRAINT refunds_status_check CHECK (status IN ('due', 'refunded', 'void')) NOT VALID;
ALTER TABLE refunds VALIDATE CONSTRAINT refunds_status_check;
