-- By itself, because a transaction that waits for two tables in turn could deadlock with a reader of both.
ALTER TABLE tiers
    -- Where it stands among the tiers of its event; those that stand equal are in the order of their numbers.
    ADD COLUMN position smallint NOT NULL DEFAULT 0,
    -- When it is sold, within the sale of its event: an early bird's ends early. NULL: as long as the event.
    ADD COLUMN on_sale_at timestamptz,
    ADD COLUMN off_sale_at timestamptz,
    -- Tickets of one order, if it has any of the tier. NULL: 1, and what an order of the event may have.
    ADD COLUMN min_tickets smallint,
    ADD COLUMN max_tickets smallint,
    -- What `issue` of a ticket begins with. A seat that was taken out of sale and is made again goes on counting: its
    -- old codes stay void.
    ADD COLUMN issue_from integer NOT NULL DEFAULT 0;
-- Validated by V46.
ALTER TABLE tiers
    ADD CONSTRAINT tiers_window_check CHECK (on_sale_at < off_sale_at) NOT VALID,
    ADD CONSTRAINT tiers_order_check CHECK (
        min_tickets BETWEEN 1 AND 100 AND max_tickets BETWEEN 1 AND 100 AND min_tickets <= max_tickets
    ) NOT VALID,
    ADD CONSTRAINT tiers_position_check CHECK (position BETWEEN -1000 AND 1000) NOT VALID,
    ADD CONSTRAINT tiers_issue_from_check CHECK (issue_from >= 0) NOT VALID;
