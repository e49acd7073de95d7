-- What an organiser asks of buyers. A question that was answered is withdrawn and not deleted: its answers are read with it.
CREATE TABLE questions (
    event_id     bigint NOT NULL,
    -- 1, 2, 3, ... in the order in which they were first asked.
    question_no  smallint NOT NULL,
    -- Whether it is asked once, or of each ticket.
    asked_of     text NOT NULL,
    kind         text NOT NULL,
    label        text NOT NULL,
    -- Of a choice: one of these is its answer.
    options      text[],
    is_required  boolean NOT NULL,
    -- Whether door staff see the answers.
    at_door      boolean NOT NULL,
    -- In which order they are asked.
    position     smallint NOT NULL,
    withdrawn_at timestamptz,
    CONSTRAINT questions_pkey PRIMARY KEY (event_id, question_no),
    CONSTRAINT questions_no_check CHECK (question_no BETWEEN 1 AND 1000),
    CONSTRAINT questions_asked_of_check CHECK (asked_of IN ('order', 'ticket')),
    CONSTRAINT questions_kind_check CHECK (kind IN ('text', 'choice', 'yes_no')),
    CONSTRAINT questions_label_check CHECK (length(label) BETWEEN 1 AND 200),
    CONSTRAINT questions_options_check CHECK (
        (kind = 'choice') = (options IS NOT NULL) AND (options IS NULL OR cardinality(options) BETWEEN 2 AND 50)
    )
);

-- What buyers have answered. Apart from bookings, so that it can be forgotten without them.
CREATE TABLE answers (
    event_id    bigint NOT NULL,
    booking_id  uuid NOT NULL,
    question_no smallint NOT NULL,
    -- The ticket that it is of, as it was bought; 0 and 0 of the order.
    tier_no     smallint NOT NULL,
    seat_no     integer NOT NULL,
    answer      text NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT answers_pkey PRIMARY KEY (event_id, booking_id, question_no, tier_no, seat_no),
    CONSTRAINT answers_answer_check CHECK (length(answer) BETWEEN 1 AND 500),
    CONSTRAINT answers_ticket_check CHECK ((tier_no = 0) = (seat_no = 0))
);
