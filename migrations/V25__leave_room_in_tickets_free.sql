-- A ticket that is given back gets an entry of its own beside the dead one of its sale, so the pages of tickets that
-- are sold and given back again and again split. With room in them from the beginning the index stays within half
-- as much again as fresh. Pages that are there keep as many entries as they have.
ALTER INDEX tickets_free SET (fillfactor = 60);
