-- There is no foreign key: events are copied to every node of a distributed database, organisations are not.
SELECT e.event_id, e.organisation_id
FROM events AS e
LEFT JOIN organisations AS o ON o.id = e.organisation_id
WHERE o.id IS NULL
