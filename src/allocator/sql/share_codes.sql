-- As lock_codes.sql, for a batch whose codes may be used without a limit: nobody changes them until it has committed, and
-- other such batches do not wait for it.
SELECT code_no, version, withdrawn_at IS NOT NULL AS withdrawn, valid_from, valid_until, max_uses, max_uses_per_buyer
FROM promo_codes
WHERE event_id = :event_id AND code_no = ANY ((SELECT :codes::int[])::int[])
ORDER BY event_id, code_no
FOR SHARE
