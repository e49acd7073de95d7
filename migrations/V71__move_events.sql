-- An event that takes place at another time or place than was said when it was sold: the same event with the same
-- tickets. What stands in `events` is of the last move, because every page of the event says it; `moves` has them all.
ALTER TABLE events
    -- How often it was moved: the number of the last move.
    ADD COLUMN moves integer NOT NULL DEFAULT 0,
    ADD COLUMN moved_at timestamptz,
    -- When it would have started before the last move.
    ADD COLUMN moved_from timestamptz,
    -- Where it would have taken place, in words; NULL if it stays where it was.
    ADD COLUMN moved_from_place text,
    -- Until when buyers may return their tickets because of it.
    ADD COLUMN answer_until timestamptz;
-- Validated by V72.
ALTER TABLE events ADD CONSTRAINT events_moves_check
    CHECK (CASE WHEN moves = 0 THEN coalesce(moved_at, moved_from, answer_until) IS NULL AND moved_from_place IS NULL
                ELSE moves > 0 AND moved_at IS NOT NULL AND moved_from IS NOT NULL AND answer_until IS NOT NULL END)
    NOT VALID;

-- Each move of an event: when it was said, and what it was before.
CREATE TABLE moves (
    event_id      bigint NOT NULL,
    -- 1, 2, 3, ...
    move_no       integer NOT NULL,
    moved_at      timestamptz NOT NULL DEFAULT now(),
    from_starts_at timestamptz NOT NULL,
    from_doors_at timestamptz,
    from_ends_at  timestamptz,
    from_venue_id bigint NOT NULL,
    starts_at     timestamptz NOT NULL,
    answer_until  timestamptz NOT NULL,
    CONSTRAINT moves_pkey PRIMARY KEY (event_id, move_no),
    CONSTRAINT moves_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (event_id),
    CONSTRAINT moves_from_venue_id_fkey FOREIGN KEY (from_venue_id) REFERENCES venues (venue_id),
    CONSTRAINT moves_number_check CHECK (move_no > 0),
    CONSTRAINT moves_answer_check CHECK (answer_until > moved_at AND answer_until <= starts_at)
);

-- What buyers have answered to a move. None is: they keep their tickets. Who returns them is cancelled and refunded in
-- the transaction of the answer.
CREATE TABLE move_answers (
    event_id      bigint NOT NULL,
    booking_id    uuid NOT NULL,
    -- To which move: whoever has kept the tickets is asked again when the event is moved again.
    move_no       integer NOT NULL,
    answer        text NOT NULL,
    answered_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT move_answers_pkey PRIMARY KEY (event_id, booking_id, move_no),
    CONSTRAINT move_answers_move_fkey FOREIGN KEY (event_id, move_no) REFERENCES moves (event_id, move_no),
    CONSTRAINT move_answers_answer_check CHECK (answer IN ('keep', 'return'))
);
