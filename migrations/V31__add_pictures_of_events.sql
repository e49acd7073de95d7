-- The picture of an event, if an operator has given one; NULL: the pages draw one. Its files are in the directory of
-- the pictures, named by `picture`, a hash of their content. Width and height are those of the largest file, so that a
-- page keeps room for it before it has loaded.
ALTER TABLE events ADD COLUMN picture text;
ALTER TABLE events ADD COLUMN picture_width integer;
ALTER TABLE events ADD COLUMN picture_height integer;
-- Validated by V32.
ALTER TABLE events ADD CONSTRAINT events_picture_check CHECK (
    CASE WHEN picture IS NULL THEN picture_width IS NULL AND picture_height IS NULL
         ELSE picture ~ '^[0-9a-f]{24}$' AND (picture_width > 0) IS TRUE AND (picture_height > 0) IS TRUE
    END
) NOT VALID;
