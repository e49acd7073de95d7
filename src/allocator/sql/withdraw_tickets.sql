-- Deletes the last free tickets of a tier, from this seat on; those that another transaction has locked are skipped. The
-- array is made once, so what is deleted is what was locked. How many, and the most often that one of them was issued.
WITH withdrawn AS (
    DELETE FROM tickets AS t
    WHERE t.event_id = :event_id AND t.booking_id IS NULL AND t.ctid = ANY (ARRAY(
        SELECT ctid
        FROM tickets
        WHERE event_id = :event_id AND tier_no = :tier_no AND seat_no >= :first_seat AND booking_id IS NULL
        ORDER BY event_id DESC, tier_no DESC, seat_no DESC
        LIMIT :count
        FOR UPDATE SKIP LOCKED
    ))
    RETURNING t.issue
)
SELECT count(*) AS count, max(issue) AS issue FROM withdrawn
