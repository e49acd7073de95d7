-- Whether the buyer named these very seats: a payment that succeeds after the hold has ended gets these or is
-- refunded. NULL where they were chosen for the buyer, and in bookings from before.
ALTER TABLE booking_items ADD COLUMN named boolean;
