-- A booking has nothing of this tier any more.
DELETE FROM booking_items
WHERE event_id = :event_id AND booking_id = :booking_id AND tier_no = :tier_no
RETURNING tier_no
