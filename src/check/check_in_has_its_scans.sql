-- A ticket is let in at a list as often as its scans say, and is out as often but for once at most: what is recorded of
-- who is in, and what was answered to scanners, are written together. Of an event that was moved only what came after
-- counts: who came in before has gone home, and comes in once more.
WITH moved AS (SELECT event_id, coalesce(moved_at, '-infinity') AS since FROM events),
scanned AS (
    SELECT s.event_id, s.list_id, s.tier_no, s.seat_no, s.issue, m.since,
           count(*) FILTER (WHERE s.result = 'admitted') AS entries,
           count(*) FILTER (WHERE s.result = 'exited') AS exits
    FROM scans AS s
    JOIN moved AS m ON m.event_id = s.event_id AND s.scanned_at > m.since
    WHERE s.result IN ('admitted', 'exited') AND s.undone_at IS NULL
    GROUP BY s.event_id, s.list_id, s.tier_no, s.seat_no, s.issue, m.since
    -- Whoever left in the moment in which it was moved had come in before.
    HAVING m.since = '-infinity' OR count(*) FILTER (WHERE s.result = 'admitted') > 0
),
entered AS (
    SELECT c.* FROM check_ins AS c
    JOIN moved AS m ON m.event_id = c.event_id AND c.entered_at > m.since
)
SELECT coalesce(c.event_id, s.event_id) AS event_id, coalesce(c.list_id, s.list_id) AS list_id,
       coalesce(c.tier_no, s.tier_no) AS tier_no, coalesce(c.seat_no, s.seat_no) AS seat_no,
       coalesce(c.issue, s.issue) AS issue, c.entries AS entries_counted, s.entries, s.exits, c.left_at
FROM entered AS c
FULL JOIN scanned AS s
    ON s.event_id = c.event_id AND s.list_id = c.list_id AND s.tier_no = c.tier_no AND s.seat_no = c.seat_no
   AND s.issue = c.issue
WHERE c.entries IS DISTINCT FROM s.entries
   OR s.entries - s.exits IS DISTINCT FROM CASE WHEN c.left_at IS NULL THEN 1 ELSE 0 END
