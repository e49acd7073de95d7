-- Locks the first free tickets of each wanted tier, in the one order in which all lanes of all
-- processes lock: tier_no, then seat_no. Tickets that another transaction holds are passed over.
-- $1 event_id, $2 tier numbers in ascending order, $3 where to start in each, $4 how many of each.
SELECT t.tier_no, t.seat_no, t.place
FROM unnest($2::smallint[], $3::int[], $4::bigint[]) AS wanted (tier_no, first_seat, quantity)
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no, ctid AS place
    FROM tickets
    WHERE event_id = $1 AND tier_no = wanted.tier_no AND seat_no >= wanted.first_seat AND booking_id IS NULL
    ORDER BY event_id, tier_no, seat_no
    LIMIT wanted.quantity
    FOR UPDATE SKIP LOCKED
) AS t
