-- The live bookings of a promo code are no more than it allows of all buyers; a booking names a code that there is, and has
-- a line of it. How often one buyer may use it is decided when they do: bookings that were moved from another browser, which
-- was another buyer, are theirs as well.
WITH live AS (
    SELECT b.event_id, b.code_no, b.id, b.buyer_id, p.code, p.max_uses, p.code_no IS NULL AS unknown,
           count(*) OVER (PARTITION BY b.event_id, b.code_no) AS uses,
           EXISTS (SELECT FROM booking_lines AS l
                   WHERE l.event_id = b.event_id AND l.booking_id = b.id AND l.kind = 'discount' AND l.name = p.code) AS has_line
    FROM bookings AS b
    LEFT JOIN promo_codes AS p ON p.event_id = b.event_id AND p.code_no = b.code_no
    WHERE b.code_no IS NOT NULL AND b.status IN ('pending', 'confirmed')
)
SELECT event_id, code_no, id AS booking_id, code, max_uses, uses, has_line
FROM live
WHERE unknown
   OR NOT has_line
   OR uses > max_uses
