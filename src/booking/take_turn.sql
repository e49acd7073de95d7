-- Gives an expired booking the buyer's next turn, if the buyer may have so many tickets more. A hold that is
-- over does not count unless a payment of it is under way: it cannot be paid any more.
-- $1 event, $2 booking, $3 buyer, $4 tickets.
UPDATE bookings AS mine
SET turn = others.last_turn + 1
FROM (
    SELECT coalesce(max(b.turn), 0) AS last_turn,
           coalesce(sum((SELECT sum(i.quantity) FROM booking_items AS i
                         WHERE i.event_id = $1 AND i.booking_id = b.id))
               FILTER (WHERE b.status = 'confirmed' OR b.expires_at > now() OR b.paying_until IS NOT NULL), 0) AS held
    FROM bookings AS b
    WHERE b.event_id = $1 AND b.buyer_id = $3
) AS others
WHERE mine.event_id = $1 AND mine.id = $2
  AND others.held + $4::bigint <= (SELECT coalesce(max_tickets_per_buyer, 2 * max_tickets_per_booking)
                                   FROM events WHERE event_id = $1)
