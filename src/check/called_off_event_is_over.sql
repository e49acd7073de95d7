-- An event that was called off for good has no booking that holds tickets, and no charge of it is kept.
SELECT c.event_id, b.id AS booking_id, b.status
FROM call_offs AS c
JOIN bookings AS b ON b.event_id = c.event_id AND b.status IN ('pending', 'confirmed')
WHERE c.cancelled_at IS NOT NULL
UNION ALL
SELECT c.event_id, p.booking_id, p.status
FROM call_offs AS c
JOIN payments AS p ON p.event_id = c.event_id
  AND (p.status = 'processing' OR (p.status = 'succeeded' AND p.refund_requested_at IS NULL))
WHERE c.finished_at IS NOT NULL
UNION ALL
SELECT c.event_id, NULL, 'on sale'
FROM call_offs AS c
JOIN events AS e ON e.event_id = c.event_id AND e.called_off_at IS NULL
