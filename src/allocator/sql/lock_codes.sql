-- Locks promo codes, in the order of their numbers, until the batch has committed: whoever books with one of them waits
-- here, before any ticket is locked, and then counts what was committed.
SELECT code_no, version, withdrawn_at IS NOT NULL AS withdrawn, valid_from, valid_until, max_uses, max_uses_per_buyer
FROM promo_codes
WHERE event_id = :event_id AND code_no = ANY ((SELECT :codes::int[])::int[])
ORDER BY event_id, code_no
FOR UPDATE
