-- What goes back for a change of a booking is what the removed tickets were worth less what the added ones cost, by a
-- refund of that amount.
WITH items AS (
    SELECT event_id, booking_id, change_id, sum(removed_minor - added_minor) AS minor,
           sum(cardinality(removed)) AS removed, sum(cardinality(added)) AS added
    FROM booking_change_items
    GROUP BY event_id, booking_id, change_id
)
SELECT coalesce(h.event_id, i.event_id) AS event_id, coalesce(h.booking_id, i.booking_id) AS booking_id,
       coalesce(h.id, i.change_id) AS change_id, h.kind, h.refund_minor, i.minor AS items_minor, h.refund_id,
       r.amount_minor AS refunded_minor
FROM booking_changes AS h
FULL JOIN items AS i ON i.event_id = h.event_id AND i.booking_id = h.booking_id AND i.change_id = h.id
LEFT JOIN refunds AS r ON r.event_id = h.event_id AND r.id = h.refund_id
WHERE h.id IS NULL
   OR h.refund_minor <> coalesce(i.minor, 0)
   OR (h.refund_id IS NOT NULL AND (r.amount_minor IS DISTINCT FROM h.refund_minor OR r.booking_id <> h.booking_id))
   OR (h.kind = 'exchanged' AND i.removed IS DISTINCT FROM i.added)
   OR (h.kind = 'returned' AND (i.removed > 0 AND i.added = 0) IS NOT TRUE)
