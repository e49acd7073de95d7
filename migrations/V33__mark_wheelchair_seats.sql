-- Which seats of a numbered tier are places for wheelchairs, and which are for who comes with such a buyer: seat
-- numbers, shown on seat maps. NULL where nobody has said, and in tiers from before. Both are sold like any other
-- seat; the allocator knows nothing of them.
ALTER TABLE tiers
    ADD COLUMN wheelchair_seats integer[],
    ADD COLUMN companion_seats integer[];

-- Validated by the next migration.
ALTER TABLE tiers
    ADD CONSTRAINT tiers_wheelchair_seats_check CHECK (
        wheelchair_seats IS NULL
        OR seating = 'numbered' AND 1 <= ALL (wheelchair_seats) AND capacity >= ALL (wheelchair_seats)
    ) NOT VALID,
    ADD CONSTRAINT tiers_companion_seats_check CHECK (
        companion_seats IS NULL
        OR seating = 'numbered' AND 1 <= ALL (companion_seats) AND capacity >= ALL (companion_seats)
            AND NOT companion_seats && coalesce(wheelchair_seats, '{}')
    ) NOT VALID;
