UPDATE events
SET venue_id = $2, name = $3, description = $4, starts_at = $5, on_sale_at = coalesce($6, on_sale_at), currency = $7,
    max_tickets_per_booking = $8, max_tickets_per_buyer = $9, genre = $10, doors_at = $11, ends_at = $12, age_min = $13,
    lineup = $14, accessibility = $15, organiser = $16, terms = $17, refund_policy = $18, series = $19, featured = $20,
    search_text = $21, city_key = $22, country = $23, search_version = $24, contact = $25, translations = $26, hold_seconds = $27,
    taxes = $28, fees = $29, version = version + 1
WHERE event_id = $1
