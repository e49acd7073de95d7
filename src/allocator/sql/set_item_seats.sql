-- Replaces the seats of one item of a booking for which tickets are reallocated.
UPDATE booking_items
SET seats = :seats
WHERE event_id = :event_id AND booking_id = :booking_id AND tier_no = :tier_no
