-- Unique indexes are what makes the second of two racing transactions fail. One that was dropped, or
-- left invalid by a failed concurrent build, refuses nothing, and no other check would notice. A partial index with
-- another predicate refuses too little, or makes what it leaves out invisible: the free tickets, the holds that
-- are over, the payments that recovery looks for. Predicates are compared as PostgreSQL prints them.
WITH needed (table_name, index_name, columns, is_unique, predicate) AS (
    VALUES
        ('venues', 'venues_pkey', '{venue_id}'::text[], true, NULL::text),
        ('venues', 'venues_place_key', '{name,city,country}', true, NULL),
        ('events', 'events_pkey', '{event_id}', true, NULL),
        ('events', 'events_public_id_key', '{public_id}', true, NULL),
        ('events', 'events_by_series', '{series,starts_at,public_id}', false, '(series IS NOT NULL)'),
        ('events', 'events_featured', '{starts_at,public_id}', false, 'featured'),
        ('events', 'events_publishing', '{event_id}', false, '(status = ''publishing''::text)'),
        ('search_words', 'search_words_pkey', '{word}', true, NULL),
        ('tiers', 'tiers_code_key', '{event_id,code}', true, NULL),
        ('tiers', 'tiers_pkey', '{event_id,tier_no}', true, NULL),
        ('tickets', 'tickets_free', '{event_id,tier_no,seat_no}', false, '(booking_id IS NULL)'),
        ('tickets', 'tickets_pkey', '{event_id,tier_no,seat_no}', true, NULL),
        ('bookings', 'bookings_by_cancellation', '{event_id,ended_at,id}', false,
         '((status = ''cancelled''::text) AND (confirmed_at IS NOT NULL))'),
        ('bookings', 'bookings_by_code', '{event_id,code_no,buyer_id}', false,
         '((code_no IS NOT NULL) AND (status = ANY (ARRAY[''pending''::text, ''confirmed''::text])))'),
        ('bookings', 'bookings_by_confirmation', '{event_id,confirmed_at,id}', false, '(confirmed_at IS NOT NULL)'),
        ('bookings', 'bookings_by_buyer', '{buyer_id,id}', false, '(status <> ''pending''::text)'),
        ('bookings', 'bookings_pending', '{event_id,expires_at}', false, '(status = ''pending''::text)'),
        ('bookings', 'bookings_pkey', '{id,event_id}', true, NULL),
        ('bookings', 'bookings_reference_key', '{event_id,reference}', true, '(confirmed_at IS NOT NULL)'),
        ('bookings', 'bookings_turn_key', '{event_id,buyer_id,turn}', true, NULL),
        ('bookings', 'bookings_withheld', '{event_id,id}', false,
         '((kind = ''withheld''::text) AND (status = ''confirmed''::text))'),
        ('booking_items', 'booking_items_pkey', '{event_id,booking_id,tier_no}', true, NULL),
        ('booking_lines', 'booking_lines_pkey', '{event_id,booking_id,line_no}', true, NULL),
        ('promo_codes', 'promo_codes_pkey', '{event_id,code_no}', true, NULL),
        ('promo_codes', 'promo_codes_code_key', '{event_id,code}', true, NULL),
        ('contacts', 'contacts_pkey', '{booking_id,event_id}', true, NULL),
        ('questions', 'questions_pkey', '{event_id,question_no}', true, NULL),
        ('answers', 'answers_pkey', '{event_id,booking_id,question_no,tier_no,seat_no}', true, NULL),
        ('payments', 'payments_idempotency_key_key', '{event_id,booking_id,idempotency_key}', true, NULL),
        ('payments', 'payments_live_key', '{event_id,booking_id}', true,
         '((status = ''processing''::text) OR ((status = ''succeeded''::text) AND (refund_requested_at IS NULL)))'),
        ('payments', 'payments_pkey', '{id,event_id}', true, NULL),
        ('payments', 'payments_by_hand', '{event_id,refund_requested_at,id}', false,
         '((method <> ''card''::text) AND (status = ''succeeded''::text) AND (refund_requested_at IS NOT NULL))'),
        ('payments', 'payments_due', '{status,recover_at}', false, '(recover_at IS NOT NULL)'),
        ('refunds', 'refunds_pkey', '{event_id,id}', true, NULL),
        ('refunds', 'refunds_due', '{recover_at}', false, '(recover_at IS NOT NULL)'),
        ('booking_changes', 'booking_changes_pkey', '{event_id,booking_id,id}', true, NULL),
        ('booking_changes', 'booking_changes_idempotency_key_key', '{event_id,booking_id,idempotency_key}', true, NULL),
        ('booking_change_items', 'booking_change_items_pkey', '{event_id,booking_id,change_id,tier_no}', true, NULL),
        ('booking_change_items', 'booking_change_items_by_time', '{event_id,changed_at,change_id}', false, NULL),
        ('former_contacts', 'former_contacts_pkey', '{event_id,booking_id,change_id}', true, NULL),
        ('gateway_part_refunds', 'gateway_part_refunds_pkey', '{id}', true, NULL),
        ('call_offs', 'call_offs_pkey', '{event_id}', true, NULL),
        ('recovery_codes', 'recovery_codes_pkey', '{organiser_id,hash}', true, NULL),
        ('moves', 'moves_pkey', '{event_id,move_no}', true, NULL),
        ('move_answers', 'move_answers_pkey', '{event_id,booking_id,move_no}', true, NULL),
        ('sales_read', 'sales_read_pkey', '{event_id}', true, NULL),
        ('sales_quarters', 'sales_quarters_pkey', '{event_id,tier_no,at}', true, NULL),
        ('sales_ways', 'sales_ways_pkey', '{event_id,tier_no,at,way}', true, NULL),
        ('sales_seconds', 'sales_seconds_pkey', '{event_id,second}', true, NULL),
        ('booking_notes', 'booking_notes_pkey', '{event_id,booking_id,id}', true, NULL),
        ('gateway_charges', 'gateway_charges_pending', '{answers_at}', false, '(status = ''pending''::text)'),
        ('gateway_charges', 'gateway_charges_pkey', '{payment_id}', true, NULL),
        ('gateway_refunds', 'gateway_refunds_pkey', '{payment_id}', true, NULL),
        ('gateway_deliveries', 'gateway_deliveries_by_age', '{created_at}', false, '(next_attempt_at IS NULL)'),
        ('gateway_deliveries', 'gateway_deliveries_due', '{next_attempt_at}', false, '(next_attempt_at IS NOT NULL)'),
        ('gateway_deliveries', 'gateway_deliveries_pkey', '{id}', true, NULL),
        ('webhook_events', 'webhook_events_pkey', '{event_id,id}', true, NULL),
        ('secrets', 'secrets_pkey', '{name,version}', true, NULL),
        ('move_codes', 'move_codes_pkey', '{id}', true, NULL),
        ('api_tokens', 'api_tokens_hash_key', '{hash}', true, NULL),
        ('api_tokens', 'api_tokens_pkey', '{id}', true, NULL),
        ('check_in_lists', 'check_in_lists_pkey', '{event_id,id}', true, NULL),
        ('gates', 'gates_pkey', '{event_id,id}', true, NULL),
        ('gates', 'gates_name_key', '{event_id,name}', true, '(closed_at IS NULL)'),
        ('scans', 'scans_pkey', '{event_id,id}', true, NULL),
        ('scans', 'scans_by_ticket', '{event_id,tier_no,seat_no}', false, '(tier_no IS NOT NULL)'),
        ('scans', 'scans_conflicts', '{event_id,recorded_at}', false, '(result = ''conflict''::text)'),
        ('check_ins', 'check_ins_pkey', '{event_id,list_id,tier_no,seat_no,issue}', true, NULL),
        ('halls', 'halls_name_key', '{organisation_id,venue,name}', true, NULL),
        ('halls', 'halls_pkey', '{id}', true, NULL),
        ('organisations', 'organisations_pkey', '{id}', true, NULL),
        ('organisations', 'organisations_public_id_key', '{public_id}', true, NULL),
        ('organisers', 'organisers_email_key', '{email_key}', true, NULL),
        ('organisers', 'organisers_pkey', '{id}', true, NULL),
        ('members', 'members_pkey', '{organisation_id,organiser_id}', true, NULL),
        ('invitations', 'invitations_hash_key', '{hash}', true, NULL),
        ('invitations', 'invitations_pkey', '{id}', true, NULL),
        ('organiser_sessions', 'organiser_sessions_hash_key', '{hash}', true, NULL),
        ('organiser_sessions', 'organiser_sessions_pkey', '{id}', true, NULL),
        ('audit_entries', 'audit_entries_pkey', '{event_id,id}', true, NULL)
),
found AS (
    SELECT x.indrelid, c.relname AS index_name, x.indisunique AS is_unique,
           pg_get_expr(x.indpred, x.indrelid) AS predicate,
           x.indisvalid AND x.indisready AND x.indislive AS is_valid,
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
       n.is_unique AS unique_needed, f.is_unique AS unique_found,
       n.predicate AS predicate_needed, f.predicate AS predicate_found,
       coalesce(f.is_valid, false) AS is_valid
FROM needed AS n
LEFT JOIN found AS f ON f.indrelid = to_regclass(n.table_name) AND f.index_name = n.index_name
WHERE NOT coalesce(f.is_valid AND f.columns = n.columns AND f.is_unique = n.is_unique
                   AND f.predicate IS NOT DISTINCT FROM n.predicate, false)
