-- Sets what a booking has of a tier.
UPDATE booking_items
SET quantity = :quantity, seats = :seats
WHERE event_id = :event_id AND booking_id = :booking_id AND tier_no = :tier_no
RETURNING tier_no
