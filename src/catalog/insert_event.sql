INSERT INTO events (public_id, venue_id, name, description, starts_at, on_sale_at, currency,
                    max_tickets_per_booking, max_tickets_per_buyer,
                    genre, doors_at, ends_at, age_min, lineup, accessibility, organiser, terms, refund_policy,
                    series, featured, search_text, city_key, country, price_from_minor, search_version,
                    contact, picture, picture_width, picture_height, translations, organisation_id, status,
                    hold_seconds, taxes, fees)
VALUES ($1, $2, $3, $4, $5, coalesce($6, now()), $7, $8, $9,
        $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32,
        $33, $34, $35)
RETURNING event_id
