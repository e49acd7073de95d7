-- What people call a booking says nothing of its id any more: 40 random bits, made by the server with the
-- booking. Bookings from before, and those that a server of the version before still makes, have none:
-- their reference is what was printed for them, the last 40 bits of the id. Such a server shows those bits
-- for every booking, so while one runs a new booking can be seen under two references.
ALTER TABLE bookings ADD COLUMN reference bigint;
-- Validated by V19, which does not keep sales waiting.
ALTER TABLE bookings ADD CONSTRAINT bookings_reference_check
    CHECK (reference BETWEEN 0 AND 1099511627775) NOT VALID;
