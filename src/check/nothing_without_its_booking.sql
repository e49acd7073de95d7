-- Items and lines have no foreign key to their booking, and that of payments may be given up where the
-- tables are distributed.
SELECT 'booking_items' AS found_in, i.event_id, i.booking_id, i.tier_no, NULL::uuid AS payment_id
FROM booking_items AS i
LEFT JOIN bookings AS b ON b.event_id = i.event_id AND b.id = i.booking_id
WHERE b.id IS NULL
UNION ALL
SELECT 'booking_lines', l.event_id, l.booking_id, l.tier_no, NULL
FROM booking_lines AS l
LEFT JOIN bookings AS b ON b.event_id = l.event_id AND b.id = l.booking_id
WHERE b.id IS NULL
UNION ALL
SELECT 'payments', p.event_id, p.booking_id, NULL, p.id
FROM payments AS p
LEFT JOIN bookings AS b ON b.event_id = p.event_id AND b.id = p.booking_id
WHERE b.id IS NULL
UNION ALL
SELECT 'booking_changes', h.event_id, h.booking_id, NULL, NULL
FROM booking_changes AS h
LEFT JOIN bookings AS b ON b.event_id = h.event_id AND b.id = h.booking_id
WHERE b.id IS NULL
