-- Records a scan; no row if there is one with this nonce.
-- $1 event, $2 nonce, $3 fingerprint, $4 gate, $5 list, $6 kind, $7 when by the scanner's clock or NULL, $8 result,
-- $9 conflict, $10 tier, $11 seat, $12 issue, $13 since, $14 since at which gate, $15 other event, $16 the scan that it
-- undoes, $17 to $19 by whom.
INSERT INTO scans AS s (event_id, id, fingerprint, gate_id, list_id, kind, scanned_at, recorded_at, result, conflict,
                        tier_no, seat_no, issue, since, since_gate, other_event, undoes, by_kind, by_id, by_name)
SELECT g.event_id, $2, $3, g.id, $5, $6, coalesce($7::timestamptz, now()), now(), $8, $9, $10, $11, $12, $13, $14, $15,
       $16, $17, $18, $19
FROM gates AS g
WHERE g.event_id = $1 AND g.id = $4
ON CONFLICT ON CONSTRAINT scans_pkey DO NOTHING
RETURNING *
