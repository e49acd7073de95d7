-- Counts another issue of locked tickets, so that their codes of before are replaced; frees them if `is_freed`. By row
-- identifier, as in take_tickets.sql.
UPDATE tickets AS t
SET issue = t.issue + 1, booking_id = CASE WHEN :is_freed::boolean THEN NULL ELSE t.booking_id END
FROM (
    SELECT *
    FROM unnest((SELECT :tiers::smallint[]), (SELECT :seats::int[]), (SELECT :ctids::tid[])) AS u (tier_no, seat_no, ctid)
    LIMIT (SELECT :count::bigint)
) AS held
WHERE t.event_id = :event_id AND t.ctid = held.ctid AND t.tier_no = held.tier_no AND t.seat_no = held.seat_no
RETURNING t.seat_no
