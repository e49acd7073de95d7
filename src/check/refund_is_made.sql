-- Recovery makes refunds that are due. A buyer who waits for one for an hour needs a person; for two weeks, if the provider has
-- said that it is pending there: banks may take days. What goes back by hand waits for its buyer to come.
SELECT event_id, id AS payment_id, booking_id, amount_minor, currency, refund_requested_at, recover_at,
       recover_attempts, refund_pending
FROM payments
WHERE method = 'card' AND status = 'succeeded'
  AND refund_requested_at < now() - CASE WHEN refund_pending THEN interval '14 days' ELSE interval '1 hour' END
UNION ALL
SELECT event_id, payment_id, booking_id, amount_minor, currency, requested_at, recover_at, recover_attempts,
       refund_pending
FROM refunds
WHERE status = 'due'
  AND requested_at < now() - CASE WHEN refund_pending THEN interval '14 days' ELSE interval '1 hour' END
