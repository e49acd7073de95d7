-- How many tickets of an event one buyer may hold or own; without one twice as many as one booking.
ALTER TABLE events ADD COLUMN max_tickets_per_buyer integer
    CONSTRAINT events_max_tickets_per_buyer_check CHECK (max_tickets_per_buyer >= max_tickets_per_booking);

-- A buyer's bookings of an event are numbered: whoever takes tickets for a buyer has seen all bookings that
-- the buyer has there, and takes the number after the highest. Bookings from before have none.
ALTER TABLE bookings ADD COLUMN turn integer;
