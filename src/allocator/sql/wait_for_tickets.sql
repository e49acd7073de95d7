-- Locks the first free tickets of one tier within a range of seats, or those of them that are named, in
-- ascending order. A ticket that another transaction has locked is waited for; one that was taken meanwhile
-- is passed over.
SELECT tier_no, seat_no
FROM tickets
WHERE event_id = :event_id AND tier_no = :tier_no AND booking_id IS NULL
  AND seat_no BETWEEN :first_seat AND :last_seat
  AND (:seats::int[] IS NULL OR seat_no = ANY (:seats::int[]))
ORDER BY event_id, tier_no, seat_no
LIMIT :quantity
FOR UPDATE
