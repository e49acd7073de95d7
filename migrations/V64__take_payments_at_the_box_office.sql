-- How a payment is made: by card through the gateway, or to an organiser's hand at the box office: in cash, or by a
-- card terminal that this server knows nothing of. What was paid by hand is given back by hand: no gateway is asked.
-- A server of the version before would ask the gateway for it, and is refused: sell nothing by hand before all are new.
-- By itself, because a transaction that waits for two tables in turn could deadlock with a reader of both.
ALTER TABLE payments
    ADD COLUMN method text NOT NULL DEFAULT 'card',
    -- What the buyer gave in cash; the change is the rest. NULL: just what it cost.
    ADD COLUMN tendered_minor bigint,
    -- What the terminal printed.
    ADD COLUMN terminal_reference text;
-- The two that go are made again, wider: what they refuse of a payment by card they refuse still. Validated by V66.
ALTER TABLE payments
    DROP CONSTRAINT payments_card_last4_check,
    ADD CONSTRAINT payments_card_last4_check CHECK (
        CASE method WHEN 'card' THEN card_last4 ~ '^[0-9]{4}$' ELSE card_last4 = '' AND card_brand = '' END
    ) NOT VALID,
    DROP CONSTRAINT payments_recover_check,
    -- Recovery has nothing to ask of a hand.
    ADD CONSTRAINT payments_recover_check CHECK (
        (recover_at IS NOT NULL)
        = (method = 'card' AND (status = 'processing' OR (status = 'succeeded' AND refund_requested_at IS NOT NULL)))
    ) NOT VALID,
    ADD CONSTRAINT payments_method_check CHECK (
        CASE method WHEN 'card' THEN tendered_minor IS NULL AND terminal_reference IS NULL
                    WHEN 'cash' THEN status IN ('succeeded', 'refunded') AND terminal_reference IS NULL
                                     AND (tendered_minor IS NULL OR tendered_minor >= amount_minor)
                    WHEN 'terminal' THEN status IN ('succeeded', 'refunded') AND tendered_minor IS NULL
                                         AND (terminal_reference IS NULL OR length(terminal_reference) BETWEEN 1 AND 100)
                    ELSE false END
    ) NOT VALID;
