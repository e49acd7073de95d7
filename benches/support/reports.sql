-- One event with so many tickets and paid bookings of two tickets each, sold over sixty days, a tenth of them in the
-- first minute; every fiftieth booking was cancelled and refunded. :tickets and :bookings are replaced.
INSERT INTO venues (name, city, country, time_zone) VALUES ('Hall', 'Porto', 'PT', 'Europe/Lisbon');
INSERT INTO events (public_id, venue_id, name, starts_at, on_sale_at, currency, search_text)
SELECT gen_random_uuid(), venue_id, 'Live', now() + interval '1 day', now() - interval '60 days', 'EUR', 'live' FROM venues;
INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating)
SELECT 1, t, 't' || t, 'T' || t, 1000 * t, :tickets / 5, 'general' FROM generate_series(1, 5) AS t;
CREATE TEMP TABLE made AS
SELECT n, 1 + n % 5 AS tier, n / 5 * 2 AS seat, n % 50 = 0 AS is_cancelled,
       gen_random_uuid() AS booking, gen_random_uuid() AS payment,
       now() - interval '60 days' + CASE WHEN n % 10 = 0 THEN random() * interval '1 minute'
                                         ELSE random() * interval '59 days 23 hours' END AS at
FROM generate_series(0, :bookings - 1) AS n;
INSERT INTO tickets (event_id, tier_no, seat_no)
SELECT 1, t, n FROM generate_series(1, 5) AS t, generate_series(1, :tickets / 5) AS n;
INSERT INTO bookings (event_id, id, reference, buyer_id, idempotency_key, request_fingerprint, status, total_minor,
                      currency, created_at, confirmed_at, ended_at, turn)
SELECT 1, booking, n, gen_random_uuid(), 'k', '', CASE WHEN is_cancelled THEN 'cancelled' ELSE 'confirmed' END,
       2000 * tier, 'EUR', at, at + interval '20 seconds', CASE WHEN is_cancelled THEN at + interval '30 minutes' END, 1
FROM made;
INSERT INTO booking_items SELECT 1, booking, tier, 2, 1000 * tier, ARRAY[seat + 1, seat + 2] FROM made;
INSERT INTO contacts
SELECT 1, booking, substr(md5(n::text), 1, 6) || ' ' || substr(md5(n::text), 7, 8), md5(n::text) || '@example.org',
       md5(n::text) || '@example.org' FROM made;
INSERT INTO payments (event_id, id, booking_id, idempotency_key, request_fingerprint, status, amount_minor, currency,
                      card_brand, card_last4, created_at, answered_at, one_shot, recover_attempts, refund_requested_at,
                      refunded_at)
SELECT 1, payment, booking, 'k', '', CASE WHEN is_cancelled THEN 'refunded' ELSE 'succeeded' END, 2000 * tier, 'EUR',
       'visa', '4242', at, at + interval '20 seconds', false, 0,
       CASE WHEN is_cancelled THEN at + interval '30 minutes' END, CASE WHEN is_cancelled THEN at + interval '31 minutes' END
FROM made;
INSERT INTO gateway_charges (payment_id, status, amount_minor, currency, created_at)
SELECT payment, 'succeeded', 2000 * tier, 'EUR', at FROM made;
INSERT INTO gateway_refunds SELECT payment, 2000 * tier, 'EUR', at FROM made WHERE is_cancelled;
UPDATE tickets AS t SET booking_id = m.booking
FROM (SELECT booking, tier, seat + s AS seat FROM made, generate_series(1, 2) AS s WHERE NOT is_cancelled) AS m
WHERE t.event_id = 1 AND t.tier_no = m.tier AND t.seat_no = m.seat;
DROP TABLE made;
VACUUM (ANALYZE);
