-- A numbered ticket has the row and number that follow from its seat_no: rows from the front, left to
-- right, each as wide as the tier's blocks together. A general one has no width, so both expected values
-- are NULL.
WITH blocks AS (
    SELECT event_id, tier_no, unnest(row_blocks) AS width
    FROM tiers
),
widths AS (
    SELECT event_id, tier_no, sum(width)::int AS seats_per_row
    FROM blocks
    GROUP BY event_id, tier_no
)
SELECT t.event_id, t.tier_no, t.seat_no, t.row_no, t.row_seat, w.seats_per_row
FROM tickets AS t
LEFT JOIN widths AS w ON w.event_id = t.event_id AND w.tier_no = t.tier_no
WHERE t.row_no IS DISTINCT FROM (t.seat_no - 1) / w.seats_per_row + 1
   OR t.row_seat IS DISTINCT FROM (t.seat_no - 1) % w.seats_per_row + 1
