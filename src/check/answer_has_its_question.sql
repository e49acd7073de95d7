-- An answer is of a question of its event and of a booking that there is; and an event says that it asks if it does.
SELECT a.event_id, a.booking_id, a.question_no, q.asked_of, a.tier_no, a.seat_no
FROM answers AS a
LEFT JOIN questions AS q ON q.event_id = a.event_id AND q.question_no = a.question_no
LEFT JOIN bookings AS b ON b.event_id = a.event_id AND b.id = a.booking_id
WHERE q.question_no IS NULL OR b.id IS NULL OR (q.asked_of = 'ticket') <> (a.tier_no > 0)
UNION ALL
SELECT e.event_id, NULL, NULL, NULL, NULL, NULL
FROM events AS e
LEFT JOIN (SELECT DISTINCT event_id FROM questions WHERE withdrawn_at IS NULL) AS q ON q.event_id = e.event_id
WHERE e.asks <> (q.event_id IS NOT NULL)
