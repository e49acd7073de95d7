-- Makes free tickets of a tier: `first` to `last`. For general admission there are no rows: NULL seats in a row make row
-- and number NULL. From the tier, so that a distributed database runs it whole on the event's shard.
INSERT INTO tickets AS k (event_id, tier_no, seat_no, row_no, row_seat, issue)
SELECT t.event_id, t.tier_no, s.seat_no, (s.seat_no - 1) / :seats_per_row::int + 1,
       (s.seat_no - 1) % :seats_per_row::int + 1, t.issue_from
FROM tiers AS t
CROSS JOIN generate_series(:first::int, :last::int) AS s (seat_no)
WHERE t.event_id = :event_id AND t.tier_no = :tier_no
