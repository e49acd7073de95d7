-- The free tickets of each tier: how many, and numbers that differ if they are others. No rule: `free_index` runs it
-- twice, past the index tickets_free and through it.
SELECT row_to_json(f)::text AS free
FROM (
    SELECT event_id, tier_no, count(*) AS tickets, sum(seat_no) AS sum, sum(seat_no::bigint * seat_no) AS squares
    FROM tickets
    WHERE booking_id IS NULL
    GROUP BY event_id, tier_no
) AS f
