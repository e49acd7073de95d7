-- Unique indexes are what makes the second of two racing transactions fail. One that was dropped, or
-- left invalid by a failed concurrent build, refuses nothing, and no other check would notice.
WITH needed (table_name, index_name, columns, is_partial) AS (
    VALUES
        ('tickets', 'tickets_pkey', '{event_id,tier_no,seat_no}'::text[], false),
        ('bookings', 'bookings_pkey', '{id,event_id}', false),
        ('bookings', 'bookings_turn_key', '{event_id,buyer_id,turn}', false),
        ('bookings', 'bookings_reference_key', '{event_id,reference}', true),
        ('booking_items', 'booking_items_pkey', '{event_id,booking_id,tier_no}', false),
        ('payments', 'payments_pkey', '{id,event_id}', false),
        ('payments', 'payments_idempotency_key_key', '{event_id,booking_id,idempotency_key}', false),
        ('payments', 'payments_live_key', '{event_id,booking_id}', true),
        ('webhook_events', 'webhook_events_pkey', '{event_id,id}', false),
        ('gateway_charges', 'gateway_charges_pkey', '{payment_id}', false),
        ('gateway_refunds', 'gateway_refunds_pkey', '{payment_id}', false)
),
found AS (
    SELECT x.indrelid, c.relname AS index_name, x.indpred IS NOT NULL AS is_partial,
           x.indisunique AND x.indisvalid AND x.indisready AND x.indislive AS enforces,
           -- The key columns in the index's order; an expression has no name, so it never matches.
           ARRAY(SELECT a.attname::text
                 FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
                 LEFT JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
                 WHERE k.position <= x.indnkeyatts
                 ORDER BY k.position) AS columns
    FROM pg_index AS x
    JOIN pg_class AS c ON c.oid = x.indexrelid
)
SELECT n.table_name, n.index_name, n.columns AS columns_needed, f.columns AS columns_found,
       n.is_partial AS partial_needed, f.is_partial AS partial_found,
       coalesce(f.enforces, false) AS enforces
FROM needed AS n
LEFT JOIN found AS f ON f.indrelid = to_regclass(n.table_name) AND f.index_name = n.index_name
WHERE NOT coalesce(f.enforces AND f.columns = n.columns AND f.is_partial = n.is_partial, false)
