-- Recovery asks the gateway what became of a payment. One that has no answer after an hour needs a person.
SELECT event_id, id AS payment_id, booking_id, created_at, recover_at, recover_attempts
FROM payments
WHERE status = 'processing' AND created_at < now() - interval '1 hour'
