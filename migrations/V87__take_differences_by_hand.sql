-- What an organiser is paid by hand when tickets are exchanged for dearer ones, ticket by ticket: it goes back by hand once
-- the ticket has left the booking. What was charged through the provider stays what the booking's items say.
CREATE TABLE paid_differences (
    event_id           bigint NOT NULL,
    booking_id         uuid NOT NULL,
    -- The exchange for which it was paid.
    change_id          uuid NOT NULL,
    -- Of the tickets that came by it: from 1 on.
    ticket_no          smallint NOT NULL,
    -- The ticket, as it is now: it may have been moved within its tier since.
    tier_no            smallint NOT NULL,
    seat_no            integer NOT NULL,
    amount_minor       bigint NOT NULL,
    method             text NOT NULL,
    -- What the terminal printed.
    terminal_reference text,
    paid_at            timestamptz NOT NULL DEFAULT now(),
    -- When the ticket left the booking. Then it is due to go back; and without this once the booking has ended.
    left_at            timestamptz,
    given_back_at      timestamptz,
    CONSTRAINT paid_differences_pkey PRIMARY KEY (event_id, booking_id, change_id, ticket_no),
    CONSTRAINT paid_differences_change_fkey
        FOREIGN KEY (event_id, booking_id, change_id) REFERENCES booking_changes (event_id, booking_id, id),
    CONSTRAINT paid_differences_ticket_check CHECK (ticket_no > 0 AND seat_no > 0),
    CONSTRAINT paid_differences_amount_check CHECK (amount_minor > 0),
    CONSTRAINT paid_differences_method_check CHECK (method IN ('cash', 'terminal')),
    CONSTRAINT paid_differences_reference_check CHECK (
        terminal_reference IS NULL OR (method = 'terminal' AND length(terminal_reference) BETWEEN 1 AND 100))
);
