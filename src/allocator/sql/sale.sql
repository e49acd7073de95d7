-- Whether the sale is open, by the database's clock.
SELECT now() AS now, on_sale_at, now() >= on_sale_at AS opened, now() >= starts_at AS over
FROM events
WHERE event_id = $1
