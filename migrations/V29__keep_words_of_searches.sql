-- V28 added these without reading the rows.
ALTER TABLE venues VALIDATE CONSTRAINT venues_address_check;
ALTER TABLE venues VALIDATE CONSTRAINT venues_accessibility_check;
ALTER TABLE events VALIDATE CONSTRAINT events_genre_check;
ALTER TABLE events VALIDATE CONSTRAINT events_doors_check;
ALTER TABLE events VALIDATE CONSTRAINT events_ends_check;
ALTER TABLE events VALIDATE CONSTRAINT events_age_check;
ALTER TABLE events VALIDATE CONSTRAINT events_lineup_check;
ALTER TABLE events VALIDATE CONSTRAINT events_accessibility_check;
ALTER TABLE events VALIDATE CONSTRAINT events_organiser_check;
ALTER TABLE events VALIDATE CONSTRAINT events_terms_check;
ALTER TABLE events VALIDATE CONSTRAINT events_refund_policy_check;
ALTER TABLE events VALIDATE CONSTRAINT events_series_check;

-- Every word that events can be found by, once: what a mistyped word is compared with. Words are many times fewer than
-- events, so the nearest ones are found in milliseconds. Words of events that are over stay; they cost nothing.
CREATE TABLE search_words (
    -- In lower case without accents, as in events.search_text.
    word text NOT NULL,
    CONSTRAINT search_words_pkey PRIMARY KEY (word),
    CONSTRAINT search_words_word_check CHECK (length(word) BETWEEN 1 AND 40)
);
CREATE INDEX search_words_by_trigram ON search_words USING gin (word gin_trgm_ops);
