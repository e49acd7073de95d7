-- What each booking ordered and got. An item's seats are `quantity` entries of the one list of
-- all seats of the batch, from `first` on. The count is guarded as in insert_bookings.sql.
-- $1 event_id, $2 how many items, $3 all seats, then a column each.
WITH inserted AS (
    INSERT INTO booking_items AS b (event_id, booking_id, tier_no, quantity, unit_price_minor, seats)
    SELECT t.event_id, o.booking_id, o.tier_no, o.quantity, o.unit_price_minor,
           ($3::int[])[o.first : o.first + o.quantity - 1]
    FROM unnest($4::uuid[], $5::smallint[], $6::int[], $7::bigint[], $8::int[])
        AS o (booking_id, tier_no, quantity, unit_price_minor, first)
    JOIN tiers AS t ON t.event_id = $1 AND t.tier_no = o.tier_no
    RETURNING 1
)
SELECT 1 / (count(*) = $2)::int FROM inserted
