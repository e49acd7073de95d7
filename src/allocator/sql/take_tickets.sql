-- Gives the locked tickets of a batch to their bookings. COMMIT is on its way already and only an error
-- stops it, so a count that is not what it must be makes this statement fail, in words.
-- Each ticket is updated by its row identifier (ctid), which holds for as long as the row is locked.
-- A LIMIT that the planner cannot see makes it expect one row, and one row is cheapest by ctid; it
-- would plan a walk over all tickets of the event otherwise.
WITH taken AS (
    UPDATE tickets AS t
    SET booking_id = given.booking_id
    FROM (
        SELECT *
        FROM unnest((SELECT :tiers::smallint[]), (SELECT :seats::int[]), (SELECT :ctids::tid[]), (SELECT :booking_ids::uuid[]))
            AS u (tier_no, seat_no, ctid, booking_id)
        LIMIT (SELECT :count::bigint)
    ) AS given
    WHERE t.event_id = :event_id AND t.ctid = given.ctid AND t.tier_no = given.tier_no AND t.seat_no = given.seat_no
      AND t.booking_id IS NULL
    RETURNING 1
)
-- Both counts are in the text: one of constants alone would be cast, and fail, when it is planned.
SELECT CASE
    WHEN t.taken <> :count OR t.tiers <> 1
        THEN ('tickets taken: ' || t.taken || ', wanted ' || :count::bigint || '; tiers found: ' || t.tiers || ', wanted 1')::int
END
FROM (
    SELECT count(*) AS taken, (SELECT count(*) FROM tiers WHERE event_id = :event_id AND tier_no = :first_tier) AS tiers
    FROM taken
) AS t
