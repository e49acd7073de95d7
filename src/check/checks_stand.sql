-- CHECK constraints tie a state to its columns. One that was dropped, or never validated, refuses nothing, and no
-- other check would notice. Each is called <table>_<name>_check.
WITH needed (table_name, names) AS (
    VALUES
        ('venues', '{accessibility,address,country}'::text[]),
        ('events', '{accessibility,age,called_off,contact,currency,doors,ends,fees,genre,hold,lineup,max_tickets,max_tickets_per_buyer,moves,on_sale_before_start,organiser,picture,refund_policy,series,status,taxes,terms,translations,version}'),
        ('search_words', '{word}'),
        ('tiers', '{capacity,code,companion_seats,issue_from,order,plan,position,price,row_blocks,row_blocks_positive,seating,stock,tier_no,wheelchair_seats,window}'),
        ('tickets', '{row,seat_no}'),
        ('bookings', '{confirmed,ended,kind,link_no,paying,pending,reason,reference,status,total}'),
        ('booking_items', '{quantity,seats}'),
        ('booking_lines', '{added,amount,kind,tier}'),
        ('promo_codes', '{code,discount,tiers,uses,version,window}'),
        ('contacts', '{length}'),
        ('payments', '{action,amount,answered,capture,card_last4,declined,method,provider,recover,reference,refund_requested,refunded,returned,status}'),
        ('refunds', '{amount,recover,refunded,status}'),
        ('payment_incidents', '{amount,kind,reference}'),
        ('booking_changes', '{kind,refund,waived}'),
        ('booking_change_items', '{minor,seats}'),
        ('paid_differences', '{amount,method,reference,ticket}'),
        ('former_contacts', '{length}'),
        ('gateway_part_refunds', '{amount}'),
        ('call_offs', '{counts,finished,last}'),
        ('moves', '{answer,number}'),
        ('move_answers', '{answer}'),
        ('sales_read', '{counts}'),
        ('sales_ways', '{way}'),
        ('booking_notes', '{text}'),
        ('questions', '{asked_of,kind,label,no,options}'),
        ('answers', '{answer,ticket}'),
        ('gateway_charges', '{amount,declined,pending,status}'),
        ('gateway_deliveries', '{delivered}'),
        ('secrets', '{value,version}'),
        ('api_tokens', '{hash,name,scopes}'),
        ('check_in_lists', '{name,tiers}'),
        ('gates', '{name}'),
        ('scans', '{conflict,kind,result,ticket,undo,undone}'),
        ('check_ins', '{entries}'),
        ('halls', '{layout,name,seats,venue,version}'),
        ('organisations', '{name}'),
        ('organisers', '{email,name,totp}'),
        ('members', '{role}'),
        ('invitations', '{email,hash,purpose,role}'),
        ('organiser_sessions', '{agent,hash}'),
        ('recovery_codes', '{hash}'),
        ('audit_entries', '{actor,length}')
),
single AS (
    SELECT table_name, table_name || '_' || unnest(names) || '_check' AS constraint_name
    FROM needed
)
SELECT n.table_name, n.constraint_name, c.convalidated AS is_validated
FROM single AS n
LEFT JOIN pg_constraint AS c
    ON c.conrelid = to_regclass(n.table_name) AND c.conname = n.constraint_name AND c.contype = 'c'
WHERE c.convalidated IS NOT TRUE
