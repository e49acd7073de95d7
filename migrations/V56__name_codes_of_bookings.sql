-- The promo code with which it was booked. NULL: none.
ALTER TABLE bookings ADD COLUMN code_no integer;
