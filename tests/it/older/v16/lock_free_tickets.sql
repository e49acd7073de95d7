-- Locks the first free tickets of each wanted tier, in the one order in which all lanes of all
-- processes lock: tier_no, then seat_no. Tickets that another transaction has locked are skipped.
-- The arrays are parallel, tiers ascending: tier, first seat of the search, number of tickets.
SELECT t.tier_no, t.seat_no, t.ctid
FROM unnest((SELECT :tiers::smallint[]), (SELECT :first_seats::int[]), (SELECT :quantities::bigint[]))
    AS wanted (tier_no, first_seat, quantity)
CROSS JOIN LATERAL (
    SELECT tier_no, seat_no, ctid
    FROM tickets
    WHERE event_id = :event_id AND tier_no = wanted.tier_no AND seat_no >= wanted.first_seat AND booking_id IS NULL
    ORDER BY event_id, tier_no, seat_no
    LIMIT wanted.quantity
    FOR UPDATE SKIP LOCKED
) AS t
