-- A numbered ticket has the row and the index in it that follow from its seat_no. Of blocks: rows from the front, left to
-- right, each as wide as the blocks together. Of a part of a hall: the seats of its rows, left to right, in the order that
-- is kept with it, each once; a tier that shares a stock has the stock's. A general ticket has no width, so both expected values are NULL.
WITH blocks AS (
    SELECT event_id, tier_no, unnest(row_blocks) AS width
    FROM tiers
),
widths AS (
    SELECT event_id, tier_no, sum(width)::int AS seats_per_row
    FROM blocks
    GROUP BY event_id, tier_no
),
hall_rows AS (
    SELECT t.event_id, t.tier_no, r.value ->> 'seats' AS cells,
           row_number() OVER (PARTITION BY t.event_id, t.tier_no ORDER BY s.n, r.n) AS row_no
    FROM tiers AS t
    CROSS JOIN LATERAL jsonb_array_elements(t.plan #> '{layout,sections}') WITH ORDINALITY AS s (value, n)
    CROSS JOIN LATERAL jsonb_array_elements(s.value -> 'rows') WITH ORDINALITY AS r (value, n)
),
hall_seats AS (
    SELECT r.event_id, r.tier_no, r.row_no,
           row_number() OVER (PARTITION BY r.event_id, r.tier_no, r.row_no ORDER BY c.n) AS row_seat,
           row_number() OVER (PARTITION BY r.event_id, r.tier_no ORDER BY r.row_no, c.n) - 1 AS place
    FROM hall_rows AS r
    CROSS JOIN LATERAL regexp_split_to_table(r.cells, '') WITH ORDINALITY AS c (cell, n)
    WHERE c.cell <> '_'
),
hall_orders AS (
    SELECT t.event_id, t.tier_no, o.n AS seat_no, o.place::bigint AS place
    FROM tiers AS t
    CROSS JOIN LATERAL jsonb_array_elements_text(t.plan -> 'order') WITH ORDINALITY AS o (place, n)
),
-- Materialized, so that a distributed database joins it with the tickets where they are.
planned AS MATERIALIZED (
    SELECT event_id, tier_no, o.seat_no, s.row_no, s.row_seat
    FROM hall_orders AS o
    FULL JOIN hall_seats AS s USING (event_id, tier_no, place)
),
expected AS (
    SELECT t.event_id, t.tier_no, t.seat_no, t.row_no, t.row_seat, w.seats_per_row,
           (t.seat_no - 1) / w.seats_per_row + 1 AS expected_row, (t.seat_no - 1) % w.seats_per_row + 1 AS expected_seat
    FROM tickets AS t
    LEFT JOIN tiers AS of_tier ON of_tier.event_id = t.event_id AND of_tier.tier_no = t.tier_no
    LEFT JOIN widths AS w ON w.event_id = t.event_id AND w.tier_no = t.tier_no
    WHERE of_tier.plan IS NULL
    UNION ALL
    SELECT p.event_id, p.tier_no, coalesce(p.seat_no, t.seat_no), t.row_no, t.row_seat, NULL, p.row_no, p.row_seat
    FROM planned AS p
    JOIN events AS e ON e.event_id = p.event_id
    JOIN tiers AS of_tier ON of_tier.event_id = p.event_id AND of_tier.tier_no = p.tier_no
    LEFT JOIN tickets AS t
        ON t.event_id = of_tier.event_id AND t.tier_no = coalesce(of_tier.stock_tier_no, of_tier.tier_no)
        AND t.seat_no = p.seat_no
    WHERE t.seat_no IS NOT NULL OR e.status NOT IN ('draft', 'publishing') OR p.seat_no IS NULL OR p.row_no IS NULL
)
SELECT event_id, tier_no, seat_no, row_no, row_seat, seats_per_row, expected_row, expected_seat
FROM expected
WHERE row_no IS DISTINCT FROM expected_row OR row_seat IS DISTINCT FROM expected_seat
   OR (seat_no IS NULL AND expected_row IS NOT NULL)
