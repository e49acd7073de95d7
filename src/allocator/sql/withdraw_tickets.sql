-- Deletes the last free tickets of a tier, from this seat on; those that another transaction has locked are skipped. The
-- list is made once, so what is deleted is what was locked, by its row identifier as in take_tickets.sql. How many, and
-- the most often that one of them was issued.
WITH locked AS MATERIALIZED (
    SELECT seat_no, ctid
    FROM tickets
    WHERE event_id = :event_id AND tier_no = :tier_no AND seat_no >= :first_seat AND booking_id IS NULL
    ORDER BY event_id DESC, tier_no DESC, seat_no DESC
    LIMIT :count
    FOR UPDATE SKIP LOCKED
),
withdrawn AS (
    DELETE FROM tickets AS t
    USING (SELECT * FROM locked LIMIT (SELECT :count::bigint)) AS l
    WHERE t.event_id = :event_id AND t.ctid = l.ctid AND t.tier_no = :tier_no AND t.seat_no = l.seat_no
    RETURNING t.issue
)
SELECT count(*) AS count, max(issue) AS issue FROM withdrawn
