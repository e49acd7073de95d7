-- Several tiers may share one stock: adult and reduced in the same room. The ticket is the seat, the tier its price.
ALTER TABLE tiers
    -- The tier whose tickets are sold as this tier's too; NULL: it has tickets of its own. Both have the same capacity and
    -- the same seats. Set while the event is a draft, or when the tier is added, and never changed after.
    ADD COLUMN stock_tier_no smallint;
-- Validated by V78.
ALTER TABLE tiers
    ADD CONSTRAINT tiers_stock_check CHECK (stock_tier_no BETWEEN 1 AND 100 AND stock_tier_no <> tier_no) NOT VALID;
