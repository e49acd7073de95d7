-- Assigns the locked tickets of a batch to their bookings. COMMIT is already sent and only an error can
-- stop it, so a wrong row count makes this statement fail with a message.
-- Each ticket is updated by its row identifier (ctid), which is valid for as long as the row is locked.
-- A LIMIT whose value the planner does not know makes it estimate one row, for which a TID scan is
-- cheapest; otherwise it would plan a scan of all tickets of the event.
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
-- Both counts are in the text: an expression of constants alone would be evaluated, and fail, at planning.
SELECT CASE
    WHEN t.taken <> :count OR t.tiers <> 1
        THEN ('tickets taken: ' || t.taken || ', wanted ' || :count::bigint || '; tiers found: ' || t.tiers || ', wanted 1')::int
END
FROM (
    SELECT count(*) AS taken, (SELECT count(*) FROM tiers WHERE event_id = :event_id AND tier_no = :first_tier) AS tiers
    FROM taken
) AS t
