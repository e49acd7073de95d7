-- The organiser's texts by language: {"de": {"name": ..., "description": ..., "terms": ..., "refund_policy": ...,
-- "tiers": {code: name}}}, each of which may be missing. Read with the event and never searched, so that one column does.
ALTER TABLE events ADD COLUMN translations jsonb NOT NULL DEFAULT '{}';
ALTER TABLE events ADD CONSTRAINT events_translations_check
    CHECK (jsonb_typeof(translations) = 'object') NOT VALID;
