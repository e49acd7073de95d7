-- What was paid by hand for dearer tickets is of each ticket that came by an exchange to a tier, the same for each, and of an
-- exchange for which nothing was waived and nothing went back. The booking has the ticket until it is said to have left; and the
-- money is given back only then, or once the booking has ended.
WITH paid AS (
    SELECT event_id, booking_id, change_id, tier_no, count(*) AS tickets, max(ticket_no) AS last_no,
           min(amount_minor) AS least_minor, max(amount_minor) AS most_minor, count(DISTINCT method) AS methods
    FROM paid_differences
    GROUP BY event_id, booking_id, change_id, tier_no
)
SELECT p.event_id, p.booking_id, p.change_id, p.tier_no, NULL::integer AS seat_no, h.kind, h.waived_minor, h.refund_minor,
       p.tickets, cardinality(i.added) AS added
FROM paid AS p
LEFT JOIN booking_changes AS h ON h.event_id = p.event_id AND h.booking_id = p.booking_id AND h.id = p.change_id
LEFT JOIN booking_change_items AS i
    ON i.event_id = p.event_id AND i.booking_id = p.booking_id AND i.change_id = p.change_id AND i.tier_no = p.tier_no
WHERE h.kind IS DISTINCT FROM 'exchanged'
   OR h.waived_minor <> 0
   OR h.refund_minor <> 0
   OR cardinality(i.added) IS DISTINCT FROM p.tickets::integer
   OR cardinality(i.removed) <> 0
   OR p.last_no <> p.tickets
   OR p.least_minor <> p.most_minor
   OR p.methods <> 1
UNION ALL
SELECT d.event_id, d.booking_id, d.change_id, d.tier_no, d.seat_no, b.status, NULL, NULL, NULL, NULL
FROM paid_differences AS d
LEFT JOIN bookings AS b ON b.event_id = d.event_id AND b.id = d.booking_id
LEFT JOIN booking_items AS i ON i.event_id = d.event_id AND i.booking_id = d.booking_id AND i.tier_no = d.tier_no
WHERE b.kind IS DISTINCT FROM 'sale'
   OR (d.left_at IS NULL AND b.status = 'confirmed' AND (d.seat_no = ANY (i.seats)) IS NOT TRUE)
   OR (d.left_at IS NULL AND b.status = 'confirmed' AND d.given_back_at IS NOT NULL)
