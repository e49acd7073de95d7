-- The items of a batch of bookings, a row for each element of the arrays, in their order. An item's
-- seats are `quantity` entries of the list of all seats of the batch, from `first_seat` on, which
-- counts from 1. `named` is empty if no item's seats are named, and `stock_tier_no` if no tier shares a stock: an array
-- that is too short ends in NULLs.
-- From the event's first tier as in insert_bookings.sql.
INSERT INTO booking_items AS i (event_id, booking_id, tier_no, quantity, unit_price_minor, seats, named,
                                stock_tier_no)
SELECT t.event_id, new.booking_id, new.tier_no, new.quantity, new.unit_price_minor,
       (:all_seats::int[])[new.first_seat : new.first_seat + new.quantity - 1], new.named, new.stock_tier_no
FROM tiers AS t
CROSS JOIN (
    SELECT unnest((SELECT :booking_id::uuid[])) AS booking_id,
           unnest((SELECT :tier_no::smallint[])) AS tier_no,
           unnest((SELECT :quantity::int[])) AS quantity,
           unnest((SELECT :unit_price_minor::bigint[])) AS unit_price_minor,
           unnest((SELECT :first_seat::int[])) AS first_seat,
           unnest((SELECT :named::boolean[])) AS named,
           unnest((SELECT :stock_tier_no::smallint[])) AS stock_tier_no
) AS new
WHERE t.event_id = :event_id AND t.tier_no = :first_tier
