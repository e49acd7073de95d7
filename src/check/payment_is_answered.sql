-- Recovery asks the provider what became of a payment, and captures what is reserved. One that has no answer, or is not
-- captured, after an hour needs a person.
SELECT event_id, id AS payment_id, booking_id, created_at, recover_at, recover_attempts
FROM payments
WHERE (status = 'processing' AND created_at < now() - interval '1 hour')
   OR (capture_due AND answered_at < now() - interval '1 hour')
