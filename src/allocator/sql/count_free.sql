-- Decides between "sold out" and "held by others", in one snapshot, for each tier with a stock: free tickets, locked or
-- not, counted up to a bound; what pending bookings hold, and when the first of them ends. Only the event's
-- first so many pending bookings are looked at, in the order in which they end, so that the work is
-- bounded; are_more says that there may be others. And whether the event has an overdue hold that is not
-- expired yet.
WITH pending AS (
    -- The bound on expires_at excludes none, but by no other index than bookings_pending is it as cheap.
    SELECT id, greatest(expires_at, paying_until) AS ends_at
    FROM bookings
    WHERE event_id = :event_id AND status = 'pending' AND expires_at > '-infinity'
    ORDER BY event_id, expires_at
    LIMIT :holds_max
)
SELECT w.tier_no,
       (SELECT count(*)
        FROM (SELECT FROM tickets
              WHERE event_id = :event_id AND tier_no = w.tier_no AND booking_id IS NULL
              ORDER BY event_id, tier_no, seat_no
              LIMIT w.at_most) AS f) AS free,
       held.quantity AS held, held.ends_at, all_pending.are_more, all_pending.overdue
FROM unnest((SELECT :tiers::smallint[]), (SELECT :bounds::bigint[])) AS w (tier_no, at_most)
CROSS JOIN (SELECT count(*) >= :holds_max AS are_more, coalesce(bool_or(ends_at <= now()), false) AS overdue
            FROM pending) AS all_pending
CROSS JOIN LATERAL (
    SELECT coalesce(sum(i.quantity), 0) AS quantity, min(p.ends_at) AS ends_at
    FROM pending AS p
    CROSS JOIN LATERAL (
        SELECT quantity FROM booking_items
        WHERE event_id = :event_id AND booking_id = p.id AND coalesce(stock_tier_no, tier_no) = w.tier_no
        LIMIT 100
    ) AS i
) AS held
