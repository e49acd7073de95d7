-- Frees tickets that lock_tickets_of_bookings.sql has locked; by row identifier, as in take_tickets.sql.
UPDATE tickets AS t
SET booking_id = NULL
FROM (
    SELECT *
    FROM unnest((SELECT :tiers::smallint[]), (SELECT :seats::int[]), (SELECT :ctids::tid[])) AS u (tier_no, seat_no, ctid)
    LIMIT (SELECT :count::bigint)
) AS held
WHERE t.event_id = :event_id AND t.ctid = held.ctid AND t.tier_no = held.tier_no AND t.seat_no = held.seat_no
