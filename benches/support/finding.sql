-- Words that could be names, and the venues of the bench.
CREATE TABLE bench_words AS
SELECT n, (ARRAY['vel','nor','ber','lis','tok','mar','san','ham','kar','zor','pel','dun','fal','gri','hol','jas','kel','lum','mon','nep'])[1 + n % 20]
       || (ARRAY['v','t','l','b','m','n','r','st','nd','lk'])[1 + n / 20 % 10]
       || (ARRAY['et','in','on','yo','al','er','is','um','ia','ow'])[1 + n / 200 % 10]
       || (ARRAY['','ton','berg','ville','dorf','ish','ka','wood','a','o'])[1 + n / 2000 % 10] AS word
FROM generate_series(0, 19999) AS n;
CREATE UNIQUE INDEX ON bench_words (n) INCLUDE (word);

INSERT INTO venues (name, city, country, time_zone)
SELECT initcap(w.word) || ' Hall ' || i, initcap(c.word),
       (ARRAY['PT','DE','FR','ES','GB','IE','NL','BE','AT','CH','IT','PL','CZ','SE','NO','DK','FI','IS','GR','TR',
              'US','CA','MX','BR','AR','CL','CO','PE','ZA','NG','KE','EG','TN','IN','SG','JP','KR','AU','NZ','AE'])[1 + i % 200 % 40],
       'Europe/Lisbon'
FROM generate_series(1, 2000) AS g (i)
JOIN bench_words AS w ON w.n = i * 7 % 20000
JOIN bench_words AS c ON c.n = i % 200 * 97;
