-- How many live bookings use the promo codes that lock_codes.sql has locked, in a snapshot that was taken after that. The
-- arrays are parallel: a code and a buyer whose uses are counted, or a code and NULL for the uses of all. What is not
-- limited is not counted; no code may be used more often than 100000 times. And whether one of the uses may be a hold that
-- is overdue and not ended yet: of the event's first so many.
WITH overdue AS MATERIALIZED (
    SELECT code_no, buyer_id
    FROM bookings
    WHERE event_id = :event_id AND status = 'pending' AND expires_at <= now()
      AND (paying_until IS NULL OR paying_until <= now())
    ORDER BY event_id, expires_at
    LIMIT 500
)
SELECT k.code_no, k.buyer_id,
       CASE
           WHEN k.buyer_id IS NULL AND p.max_uses IS NOT NULL THEN (
               SELECT count(*) FROM (
                   SELECT FROM bookings
                   WHERE event_id = :event_id AND code_no = k.code_no AND status IN ('pending', 'confirmed')
                   LIMIT 100000) AS b)
           WHEN k.buyer_id IS NOT NULL AND p.max_uses_per_buyer IS NOT NULL THEN (
               SELECT count(*) FROM (
                   SELECT FROM bookings
                   WHERE event_id = :event_id AND code_no = k.code_no AND buyer_id = k.buyer_id
                     AND status IN ('pending', 'confirmed')
                   LIMIT 100000) AS b)
           ELSE 0
       END AS used,
       EXISTS (SELECT FROM overdue AS o
               WHERE o.code_no = k.code_no AND (k.buyer_id IS NULL OR o.buyer_id = k.buyer_id)) AS overdue
FROM unnest((SELECT :codes::int[]), (SELECT :buyer_ids::uuid[])) AS k (code_no, buyer_id)
CROSS JOIN LATERAL (
    SELECT max_uses, max_uses_per_buyer
    FROM promo_codes
    WHERE event_id = :event_id AND code_no = k.code_no
    LIMIT 1
) AS p
