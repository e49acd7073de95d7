-- What was charged by a provider that gives names to charges has one here: without it, it could not be given back. The
-- simulated gateway knows ours.
SELECT event_id, id AS payment_id, booking_id, status, provider
FROM payments
WHERE method = 'card' AND provider <> 'simulated' AND status IN ('succeeded', 'refunded') AND reference IS NULL
