-- Recovery makes refunds that are due. A buyer who waits for one for an hour needs a person.
SELECT event_id, id AS payment_id, booking_id, amount_minor, currency, refund_requested_at, recover_at,
       recover_attempts
FROM payments
WHERE status = 'succeeded' AND refund_requested_at < now() - interval '1 hour'
UNION ALL
SELECT event_id, payment_id, booking_id, amount_minor, currency, requested_at, recover_at, recover_attempts
FROM refunds
WHERE status = 'due' AND requested_at < now() - interval '1 hour'
