-- Invariant 7: a hold that is over, and that no payment keeps, is ended within seconds. After a minute nobody
-- does: its tickets are lost for the sale.
SELECT event_id, id AS booking_id, expires_at, paying_until
FROM bookings
WHERE status = 'pending' AND greatest(expires_at, paying_until) < now() - interval '1 minute'
