-- Whether buyers of an event leave their name and e-mail address: 'none' is not asked, 'optional' may, 'required'
-- must before they pay.
ALTER TABLE events ADD COLUMN contact text NOT NULL DEFAULT 'optional';
-- Validated by V27, which keeps nobody waiting.
ALTER TABLE events ADD CONSTRAINT events_contact_check CHECK (contact IN ('none', 'optional', 'required')) NOT VALID;

-- Who a booking's buyer says they are. Apart from the booking, so that a person can be forgotten while the books
-- stay. The e-mail address and the booking's reference together open the booking.
CREATE TABLE contacts (
    event_id     bigint NOT NULL,
    booking_id   uuid NOT NULL,
    -- As it was typed; may be empty.
    name         text NOT NULL,
    email        text NOT NULL,
    -- The address in lower case, as the server folds it: what a look-up compares.
    email_folded text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT contacts_pkey PRIMARY KEY (booking_id, event_id),
    CONSTRAINT contacts_booking_fkey FOREIGN KEY (booking_id, event_id) REFERENCES bookings (id, event_id),
    CONSTRAINT contacts_length_check CHECK (length(name) <= 200 AND length(email) BETWEEN 3 AND 254)
);
CREATE INDEX contacts_by_email ON contacts (email_folded, booking_id);
