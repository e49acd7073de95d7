-- What an event says of its last move is what is recorded of it, and it starts when it was moved to.
SELECT e.event_id, e.moves, m.move_no, e.starts_at, m.starts_at AS moved_to
FROM events AS e
LEFT JOIN (SELECT event_id, max(move_no) AS move_no, count(*) AS moves FROM moves GROUP BY event_id) AS last
    ON last.event_id = e.event_id
LEFT JOIN moves AS m ON m.event_id = e.event_id AND m.move_no = last.move_no
WHERE e.moves <> coalesce(last.moves, 0)
   OR e.moves <> coalesce(last.move_no, 0)
   OR e.starts_at <> m.starts_at
   OR e.moved_from <> m.from_starts_at
   OR e.answer_until <> m.answer_until
