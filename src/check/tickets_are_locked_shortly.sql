-- A transaction that has locked tickets, or their table, ends within a minute. Every sale passes over the tickets
-- that it has locked, so they are lost for it. Row locks are in the rows; what can be seen is the lock on the table
-- that goes with them. A transaction that was prepared has no process.
SELECT l.pid, a.application_name, a.state, coalesce(a.xact_start, p.prepared) AS began, p.gid,
       array_agg(DISTINCT l.mode) AS modes
FROM pg_locks AS l
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
LEFT JOIN pg_prepared_xacts AS p ON l.pid IS NULL AND l.virtualtransaction = '-1/' || p.transaction
WHERE l.locktype = 'relation' AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.relation = 'tickets'::regclass
  AND l.mode NOT IN ('AccessShareLock', 'ShareUpdateExclusiveLock')
  AND coalesce(a.xact_start, p.prepared) < now() - interval '1 minute'
GROUP BY l.pid, a.application_name, a.state, coalesce(a.xact_start, p.prepared), p.gid
