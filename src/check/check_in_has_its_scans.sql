-- A ticket is let in at a list as often as its scans say, and is out as often but for once at most: what is recorded of
-- who is in, and what was answered to scanners, are written together.
WITH scanned AS (
    SELECT event_id, list_id, tier_no, seat_no, issue,
           count(*) FILTER (WHERE result = 'admitted') AS entries,
           count(*) FILTER (WHERE result = 'exited') AS exits
    FROM scans
    WHERE result IN ('admitted', 'exited') AND undone_at IS NULL
    GROUP BY event_id, list_id, tier_no, seat_no, issue
)
SELECT coalesce(c.event_id, s.event_id) AS event_id, coalesce(c.list_id, s.list_id) AS list_id,
       coalesce(c.tier_no, s.tier_no) AS tier_no, coalesce(c.seat_no, s.seat_no) AS seat_no,
       coalesce(c.issue, s.issue) AS issue, c.entries AS entries_counted, s.entries, s.exits, c.left_at
FROM check_ins AS c
FULL JOIN scanned AS s
    ON s.event_id = c.event_id AND s.list_id = c.list_id AND s.tier_no = c.tier_no AND s.seat_no = c.seat_no
   AND s.issue = c.issue
WHERE c.entries IS DISTINCT FROM s.entries
   OR s.entries - s.exits IS DISTINCT FROM CASE WHEN c.left_at IS NULL THEN 1 ELSE 0 END
