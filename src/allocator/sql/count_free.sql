-- Free tickets of each tier, locked or not, counted up to a bound; and whether the event has an
-- overdue hold that is not expired yet. Decides between "sold out" and "held by others".
SELECT w.tier_no,
       (SELECT count(*)
        FROM (SELECT FROM tickets
              WHERE event_id = :event_id AND tier_no = w.tier_no AND booking_id IS NULL
              ORDER BY event_id, tier_no, seat_no
              LIMIT w.at_most) AS f) AS free,
       -- In the order of bookings_pending: by no other index is that as cheap.
       (SELECT true FROM bookings
        WHERE event_id = :event_id AND status = 'pending' AND expires_at <= now()
          AND (paying_until IS NULL OR paying_until <= now())
        ORDER BY event_id, expires_at
        LIMIT 1) IS NOT NULL AS overdue
FROM unnest((SELECT :tiers::smallint[]), (SELECT :bounds::bigint[])) AS w (tier_no, at_most)
