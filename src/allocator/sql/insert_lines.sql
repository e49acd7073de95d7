-- What the bookings of a batch cost, line by line, of those that cost anything beside the prices of their items. From the
-- event's first tier as in insert_bookings.sql.
INSERT INTO booking_lines AS l (event_id, booking_id, line_no, kind, name, tier_no, quantity, percent_bp, amount_minor, is_added)
SELECT t.event_id, new.*
FROM tiers AS t
CROSS JOIN (
    SELECT unnest((SELECT :booking_id::uuid[])),
           unnest((SELECT :line_no::smallint[])),
           unnest((SELECT :kind::text[])),
           unnest((SELECT :name::text[])),
           unnest((SELECT :tier_no::smallint[])),
           unnest((SELECT :quantity::int[])),
           unnest((SELECT :percent_bp::int[])),
           unnest((SELECT :amount_minor::bigint[])),
           unnest((SELECT :is_added::boolean[]))
) AS new
WHERE t.event_id = :event_id AND t.tier_no = :first_tier
