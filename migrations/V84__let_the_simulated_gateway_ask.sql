-- The simulated gateway asks the buyer (3-D Secure), reserves money and captures it later, and cancels. Validated by V86.
ALTER TABLE gateway_charges
    -- Of the page on which the buyer's bank asks; and where that leads.
    ADD COLUMN secret uuid,
    ADD COLUMN return_url text;
ALTER TABLE gateway_charges
    DROP CONSTRAINT gateway_charges_status_check,
    ADD CONSTRAINT gateway_charges_status_check CHECK (
        status IN ('pending', 'succeeded', 'declined', 'requires-action', 'authorised', 'cancelled')
    ) NOT VALID;
