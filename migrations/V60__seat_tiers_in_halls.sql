-- The part of a hall that a tier has: `layout`, and in `order` for each seat number the seat's place among all seats of
-- the part, row by row, left to right, from 0 on. So seat numbers are the hall's own order of best seats, in which the
-- allocator locks them anyway; places for wheelchairs and the seats beside them come last. `row_blocks` has the widest
-- row then: a server of the version before takes the seats for rows of that width, and sells the right ones by wrong
-- labels. Publish none before all are new.
ALTER TABLE tiers ADD COLUMN plan jsonb;
-- Validated by the next migration.
ALTER TABLE tiers
    ADD CONSTRAINT tiers_plan_check CHECK (
        plan IS NULL
        OR CASE WHEN seating = 'numbered' AND jsonb_typeof(plan -> 'order') = 'array'
                THEN jsonb_array_length(plan -> 'order') = capacity AND jsonb_typeof(plan -> 'layout') = 'object'
                ELSE false
           END
    ) NOT VALID;
