-- A payment remembers its provider and what that calls it. By itself, because a transaction that waits for two tables in turn could
-- deadlock with a reader of both. Constraints are made again, wider, and validated by V86.
ALTER TABLE payments
    -- Of what is made by card: who moves its money.
    ADD COLUMN provider text NOT NULL DEFAULT 'simulated',
    -- The provider's name for it. NULL: it was not created there yet, or the provider knows it by our id.
    ADD COLUMN reference text,
    -- What the buyer has to do before it is decided: to be done by the provider's script, with this secret; or at this address.
    ADD COLUMN action text,
    ADD COLUMN action_data text,
    -- Until when they may do it; then it is cancelled.
    ADD COLUMN act_until timestamptz,
    -- The money is reserved and pays the booking: it is to be captured. NULL: it is not.
    ADD COLUMN capture_due boolean;
ALTER TABLE payments
    DROP CONSTRAINT payments_card_last4_check,
    -- The provider says which card it was when it has looked.
    ADD CONSTRAINT payments_card_last4_check CHECK (
        CASE method WHEN 'card' THEN card_last4 ~ '^([0-9]{4})?$' ELSE card_last4 = '' AND card_brand = '' END
    ) NOT VALID,
    DROP CONSTRAINT payments_recover_check,
    ADD CONSTRAINT payments_recover_check CHECK (
        (recover_at IS NOT NULL)
        = (method = 'card' AND (status = 'processing'
                                OR (status = 'succeeded' AND (refund_requested_at IS NOT NULL OR capture_due IS TRUE))))
    ) NOT VALID,
    ADD CONSTRAINT payments_provider_check CHECK (provider IN ('simulated', 'stripe')) NOT VALID,
    ADD CONSTRAINT payments_reference_check CHECK (reference IS NULL OR length(reference) BETWEEN 1 AND 255) NOT VALID,
    ADD CONSTRAINT payments_action_check CHECK (
        (action IS NULL AND action_data IS NULL AND act_until IS NULL)
        OR (status = 'processing' AND action IS NOT NULL AND action IN ('script', 'redirect') AND action_data IS NOT NULL
            AND act_until IS NOT NULL)
    ) NOT VALID,
    ADD CONSTRAINT payments_capture_check CHECK (capture_due IS NULL OR (capture_due AND status = 'succeeded')) NOT VALID;
