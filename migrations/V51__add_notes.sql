-- What organisers write down about a booking, for each other.
CREATE TABLE booking_notes (
    event_id     bigint NOT NULL,
    booking_id   uuid NOT NULL,
    -- A version 7 UUID made by the server.
    id           uuid NOT NULL,
    text         text NOT NULL,
    -- Whoever wrote it, as they were called then.
    written_by   text NOT NULL,
    written_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT booking_notes_pkey PRIMARY KEY (event_id, booking_id, id),
    CONSTRAINT booking_notes_text_check CHECK (length(text) BETWEEN 1 AND 2000)
);
