-- Lets a ticket in at a list: once, or again after it has left. No row if it is in already, or if it is not the ticket
-- of a confirmed booking any more; what is withheld lets nobody in. The booking's row is locked against those that end it: who is let in cannot return the
-- ticket at the same moment. Who came in before the event was moved has gone home: that evening broke off, and the entry of
-- the new date is the first one.
-- $1 event, $2 list, $3 tier, $4 seat, $5 issue, $6 gate, $7 when by the scanner's clock or NULL, $8 scan,
-- $9 whether who has left may come in again, $10 when the event was moved or NULL.
INSERT INTO check_ins AS c (event_id, list_id, tier_no, seat_no, issue, gate_id, entered_at, entries, last_scan,
                            recorded_at)
SELECT t.event_id, $2, t.tier_no, t.seat_no, t.issue, $6, coalesce($7::timestamptz, now()), 1, $8, now()
FROM tickets AS t
JOIN bookings AS b ON b.event_id = $1 AND b.id = t.booking_id
WHERE t.event_id = $1 AND t.tier_no = $3 AND t.seat_no = $4 AND t.issue = $5 AND b.status = 'confirmed' AND b.kind <> 'withheld'
FOR KEY SHARE OF b
ON CONFLICT ON CONSTRAINT check_ins_pkey DO UPDATE
SET gate_id = excluded.gate_id, entered_at = excluded.entered_at, left_at = NULL,
    entries = CASE WHEN c.entered_at <= $10::timestamptz AND excluded.entered_at > $10::timestamptz THEN 1 ELSE c.entries + 1 END,
    last_scan = excluded.last_scan, recorded_at = excluded.recorded_at
WHERE (c.left_at IS NOT NULL AND $9) OR (c.entered_at <= $10::timestamptz AND excluded.entered_at > $10::timestamptz)
