-- How many tickets of a tier are free, locked or not, counted up to a bound.
SELECT count(*)
FROM (
    SELECT FROM tickets
    WHERE event_id = :event_id AND tier_no = :tier_no AND booking_id IS NULL
    ORDER BY event_id, tier_no, seat_no
    LIMIT :at_most
) AS f
