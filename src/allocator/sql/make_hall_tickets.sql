-- Makes free tickets of a tier that has a part of a hall: from `first` on, one for each row and index in the row. From the
-- tier, so that a distributed database runs it whole on the event's shard.
INSERT INTO tickets AS k (event_id, tier_no, seat_no, row_no, row_seat, issue)
SELECT t.event_id, t.tier_no, :first::int + s.n::int - 1, s.row_no, s.row_seat, t.issue_from
FROM tiers AS t
CROSS JOIN unnest(:rows::smallint[], :row_seats::smallint[]) WITH ORDINALITY AS s (row_no, row_seat, n)
WHERE t.event_id = :event_id AND t.tier_no = :tier_no
