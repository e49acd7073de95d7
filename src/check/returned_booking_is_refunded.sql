-- Who has returned the tickets of a moved event holds none, and no charge of them is kept; who keeps them has a booking.
SELECT a.event_id, a.booking_id, a.move_no, a.answer, b.status
FROM move_answers AS a
LEFT JOIN bookings AS b ON b.event_id = a.event_id AND b.id = a.booking_id
WHERE b.id IS NULL OR b.confirmed_at IS NULL OR (a.answer = 'return' AND b.status <> 'cancelled')
UNION ALL
SELECT a.event_id, a.booking_id, a.move_no, a.answer, p.status
FROM move_answers AS a
JOIN payments AS p ON p.event_id = a.event_id AND p.booking_id = a.booking_id
    AND p.status = 'succeeded' AND p.refund_requested_at IS NULL
WHERE a.answer = 'return'
