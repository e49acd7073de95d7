-- How often a ticket was taken. The code on a ticket names the issue, so a code of someone who gave the
-- ticket back is told from the code of whoever has it now. An integer, because a ticket may be held and
-- given back as often as somebody likes.
-- A server of the version before takes tickets without counting. So as long as one runs, the code of a
-- buyer who cancels is also the code of the next one if such a server sells the ticket again.
-- By itself, because a transaction that waits for two tables in turn could deadlock with a reader of both.
ALTER TABLE tickets ADD COLUMN issue integer NOT NULL DEFAULT 0;
