-- Which of a booking's links is believed: the number is signed with the booking's id, so handing a booking over ends the
-- links of before. NULL is the first one, which names the id alone.
ALTER TABLE bookings ADD COLUMN link_no integer;
-- Validated by V70.
ALTER TABLE bookings ADD CONSTRAINT bookings_link_no_check CHECK (link_no >= 1) NOT VALID;
