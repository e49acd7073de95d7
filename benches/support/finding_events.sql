-- $1 events of the genres $2.
INSERT INTO events (public_id, venue_id, name, description, starts_at, on_sale_at, currency, search_text, genre, lineup)
SELECT gen_random_uuid(), 1 + (i::bigint * 7919 % 2000),
       initcap(a.word) || ' ' || initcap(b.word)
       || CASE WHEN i % 3 = 0 THEN ' Live' ELSE '' END || CASE WHEN i % 7 = 0 THEN ' Night' ELSE '' END,
       repeat('An evening that nobody will forget. ', 6),
       now() + interval '1 hour' + make_interval(mins => (i::bigint * 104729 % 1051200)::int),
       now() - interval '1 day',
       (ARRAY['EUR','USD','GBP','JPY','SEK','CAD','AUD','BRL'])[1 + i % 8],
       '', ($2::text[])[1 + i * 31 % cardinality($2::text[])], ARRAY[initcap(c.word) || ' ' || initcap(d.word), initcap(d.word)]
FROM generate_series(1, $1::int) AS g (i)
-- Some words are used far more often than others.
JOIN bench_words AS a ON a.n = (power(i::bigint * 16807 % 20011 / 20011.0, 3) * 19999)::int
JOIN bench_words AS b ON b.n = (i::bigint * 48271 % 20000)
JOIN bench_words AS c ON c.n = (i::bigint * 69621 % 20000)
JOIN bench_words AS d ON d.n = (i::bigint * 40692 % 20000)
