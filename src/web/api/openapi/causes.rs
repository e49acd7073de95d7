//! The causes of refusals: each `type` of problem+json with its statuses and the fields that a program needs.
//!
//! What must hold: `web::error` lists the same types; a test compares them.

use serde_json::{Map, Value, json};

/// One cause.
pub(super) struct Cause {
    /// The problem's `type`.
    pub(super) kind: &'static str,
    /// The statuses that it comes with.
    pub(super) statuses: &'static [u16],
    /// When it comes.
    pub(super) when: &'static str,
    /// Whether Retry-After says when to ask again.
    pub(super) retries: bool,
    /// Its own fields.
    fields: &'static [Field],
}

/// A field of a problem: its name, what it holds, what it says, whether it is always there.
type Field = (&'static str, Kind, &'static str, bool);

/// What a field holds.
#[derive(Clone, Copy)]
enum Kind {
    Errors,
    ShortTiers,
    Seats,
    Money,
    Time,
    Number,
    Word,
    Id,
    BookingStatus,
}

const ERRORS: Field = (
    "errors",
    Kind::Errors,
    "What is wrong with which field.",
    true,
);
const SHORT: Field = ("tiers", Kind::ShortTiers, "The tiers that are short.", true);
const STATUS: Field = (
    "booking_status",
    Kind::BookingStatus,
    "What the booking is.",
    true,
);

/// All of them.
#[rustfmt::skip]
pub(super) const CAUSES: &[Cause] = &[
    Cause { kind: "invalid-request", statuses: &[400, 405, 406, 408, 413, 415, 422, 431], retries: false,
        when: "The request is unreadable, too large, of the wrong kind; or it is read, and wrong.",
        fields: &[("errors", Kind::Errors, "What is wrong with which field; with 422.", false)] },
    Cause { kind: "not-found", statuses: &[404], retries: false,
        when: "There is none, or none for whoever asks.", fields: &[] },
    Cause { kind: "unauthenticated", statuses: &[401], retries: false,
        when: "It takes a token, or the one that was sent is not believed.", fields: &[] },
    Cause { kind: "forbidden", statuses: &[403], retries: false,
        when: "The sender is known, and may not do this.",
        fields: &[("scope", Kind::Word, "The scope that the token lacks.", false)] },
    Cause { kind: "sold-out", statuses: &[409], retries: false,
        when: "Fewer tickets are free than asked for.", fields: &[SHORT] },
    Cause { kind: "held-by-others", statuses: &[409], retries: true,
        when: "Others hold enough tickets and have not paid.",
        fields: &[SHORT, ("may_free_at", Kind::Time, "When the first of their holds ends.", false)] },
    Cause { kind: "seats-taken", statuses: &[409], retries: false,
        when: "Seats that were named are gone.", fields: &[("seats", Kind::Seats, "Those seats.", true)] },
    Cause { kind: "over-limit", statuses: &[422], retries: false,
        when: "More tickets than one booking may hold, or one buyer.",
        fields: &[("limit", Kind::Number, "Tickets that it may be.", true),
                  ("asked", Kind::Number, "Tickets that were asked for in one booking.", false),
                  ("left", Kind::Number, "Tickets that the buyer may still book.", false)] },
    Cause { kind: "code-refused", statuses: &[422], retries: false,
        when: "The promo code cannot be used.",
        fields: &[ERRORS, ("reason", Kind::Word,
            "`unknown`, `withdrawn`, `not-yet`, `over`, `used-up`, `used-up-by-buyer`, `not-for-these`.", true)] },
    Cause { kind: "not-on-sale", statuses: &[409], retries: false,
        when: "Too early or too late.",
        fields: &[("on_sale_at", Kind::Time, "When the sale opens, if it will.", false),
                  ("tier", Kind::Word, "The tier that is not sold now.", false)] },
    Cause { kind: "called-off", statuses: &[409], retries: false,
        when: "The event does not take place: nothing of it is sold, and what was paid goes back.", fields: &[] },
    Cause { kind: "edited-meanwhile", statuses: &[409], retries: false,
        when: "Somebody else has changed the event.",
        fields: &[("version", Kind::Number, "What the event is at now.", true)] },
    Cause { kind: "event-state", statuses: &[409], retries: false,
        when: "The event is no draft, or is being published.", fields: &[] },
    Cause { kind: "tickets-not-free", statuses: &[409], retries: false,
        when: "Too few tickets to take out of sale are free.",
        fields: &[("asked", Kind::Number, "Tickets to take out of sale.", true),
                  ("free", Kind::Number, "How many of them are free.", true)] },
    Cause { kind: "hold-expired", statuses: &[409], retries: false,
        when: "The booking was not paid in time.", fields: &[] },
    Cause { kind: "already-paid", statuses: &[409], retries: false,
        when: "The booking is confirmed.", fields: &[STATUS] },
    Cause { kind: "booking-cancelled", statuses: &[409], retries: false,
        when: "The booking is cancelled.", fields: &[STATUS] },
    Cause { kind: "booking-failed", statuses: &[409], retries: false,
        when: "The booking's card was declined, and no other may be tried.", fields: &[STATUS] },
    Cause { kind: "payment-in-progress", statuses: &[409], retries: true,
        when: "Another payment of the booking is processing.", fields: &[] },
    Cause { kind: "payment-declined", statuses: &[402], retries: false,
        when: "The card was not charged.",
        fields: &[("decline_code", Kind::Word, "Why: `card_declined`, `insufficient_funds`, ...", true),
                  ("payment_id", Kind::Id, "The payment; of `POST /api/payments`.", false),
                  ("booking_id", Kind::Id, "The booking; of `POST /api/bookings`.", false),
                  ("booking_status", Kind::BookingStatus, "What the booking is now.", false)] },
    Cause { kind: "card-not-digits", statuses: &[422], retries: false,
        when: "The card number holds anything but digits.", fields: &[ERRORS] },
    Cause { kind: "card-wrong-length", statuses: &[422], retries: false,
        when: "The card number is too short or too long.", fields: &[ERRORS] },
    Cause { kind: "card-fails-check", statuses: &[422], retries: false,
        when: "The card number's check digit is wrong.", fields: &[ERRORS] },
    Cause { kind: "too-late-to-cancel", statuses: &[409], retries: false,
        when: "The event has begun, or is about to.", fields: &[] },
    Cause { kind: "not-asked", statuses: &[409], retries: false,
        when: "The event was not moved since the booking was made, or the booking is not paid.", fields: &[] },
    Cause { kind: "moved-again", statuses: &[409], retries: false,
        when: "The event was moved again: read the booking, and answer to its new date.", fields: &[] },
    Cause { kind: "answer-closed", statuses: &[409], retries: false,
        when: "The time to return tickets of a moved event is over.", fields: &[] },
    Cause { kind: "already-admitted", statuses: &[409], retries: false,
        when: "Somebody came in with one of the tickets since the event was moved.", fields: &[] },
    Cause { kind: "scan-not-undoable", statuses: &[409], retries: false,
        when: "The scan changed nothing, or the ticket was scanned again since.", fields: &[] },
    Cause { kind: "booking-not-paid", statuses: &[409], retries: false,
        when: "Only a paid booking is changed.", fields: &[STATUS] },
    Cause { kind: "tickets-changed", statuses: &[409], retries: false,
        when: "The booking has no such tickets, or not any more.", fields: &[] },
    Cause { kind: "already-let-in", statuses: &[409], retries: false,
        when: "Somebody was let in with these tickets.", fields: &[] },
    Cause { kind: "difference-owed", statuses: &[409], retries: false,
        when: "The new tickets cost more, and nobody has paid or waived that.",
        fields: &[("difference", Kind::Money, "What they cost more.", true)] },
    Cause { kind: "difference-differs", statuses: &[409], retries: false,
        when: "What the new tickets cost more is not what was paid by hand.",
        fields: &[("difference", Kind::Money, "What they cost more.", true)] },
    Cause { kind: "refund-differs", statuses: &[409], retries: false,
        when: "Something else would go back than was expected.",
        fields: &[("refund", Kind::Money, "What would go back.", true)] },
    Cause { kind: "total-differs", statuses: &[409], retries: false,
        when: "It costs something else than was expected.",
        fields: &[("total", Kind::Money, "What it costs.", true)] },
    Cause { kind: "nothing-to-refund", statuses: &[409], retries: false,
        when: "No charge is left from which so much could go back.", fields: &[] },
    Cause { kind: "refund-refused", statuses: &[409], retries: false,
        when: "The payment provider cannot give back exactly this.",
        fields: &[("refund", Kind::Money, "What would go back.", true)] },
    Cause { kind: "only-cancelled", statuses: &[409], retries: false,
        when: "An organiser made the booking: it is cancelled as a whole, and not changed like this.", fields: &[] },
    Cause { kind: "webhook-signature", statuses: &[403], retries: false,
        when: "The gateway has not signed it.", fields: &[] },
    Cause { kind: "webhook-timestamp", statuses: &[403], retries: false,
        when: "It was signed more than five minutes ago, or in the future.", fields: &[] },
    Cause { kind: "webhook-not-json", statuses: &[400], retries: false,
        when: "It is signed, and not JSON.", fields: &[] },
    Cause { kind: "amount-refused", statuses: &[409], retries: false,
        when: "The payment provider does not charge such an amount.", fields: &[] },
    Cause { kind: "webhook-amount", statuses: &[409], retries: false,
        when: "Its amount or currency is not the payment's.", fields: &[] },
    Cause { kind: "idempotency-key-reused", statuses: &[422], retries: false,
        when: "The key was used for another request.", fields: &[] },
    Cause { kind: "too-many-requests", statuses: &[429], retries: true,
        when: "The client asks too often.", fields: &[] },
    Cause { kind: "overloaded", statuses: &[503], retries: true,
        when: "Too many orders, payments or streams.", fields: &[] },
    Cause { kind: "unavailable", statuses: &[503], retries: true,
        when: "The database is unavailable. Send the same request again, with the same key.", fields: &[] },
    Cause { kind: "internal-error", statuses: &[500], retries: false,
        when: "A defect of the server.",
        fields: &[("request_id", Kind::Word, "By which it is found in the log.", true)] },
];

impl Cause {
    /// The cause of this type.
    pub(super) fn of(kind: &str) -> &'static Self {
        let found = CAUSES.iter().find(|cause| cause.kind == kind);
        found.unwrap_or_else(|| panic!("{kind} is no cause"))
    }

    /// The name of its schema: `ProblemSoldOut`.
    pub(super) fn schema_name(&self) -> String {
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        let words: String = self.kind.split('-').map(capital).collect();
        format!("Problem{words}")
    }

    fn schema(&self) -> Value {
        let mut properties = json!({
            "type": {"const": self.kind},
            "title": {"type": "string", "description": "The cause, in the reader's language."},
            "status": {"type": "integer", "enum": self.statuses},
            "detail": {"type": "string", "description": "This occurrence, in a sentence for people."},
            "instance": {
                "type": "string",
                "description": "The request's id: `urn:uuid:` and `X-Request-Id`, or what a trusted proxy calls it.",
            },
        });
        let mut required = vec!["type", "title", "status", "detail", "instance"];
        for (name, kind, says, is_always_there) in self.fields {
            properties[*name] = kind.schema(says);
            if *is_always_there {
                required.push(name);
            }
        }
        json!({
            "type": "object",
            "description": self.when,
            "required": required,
            "properties": properties,
        })
    }
}

impl Kind {
    fn schema(self, says: &str) -> Value {
        let list = |name: &str| json!({"type": "array", "items": {"$ref": reference(name)}});
        let mut schema = match self {
            Self::Errors => list("FieldError"),
            Self::ShortTiers => list("ShortTier"),
            Self::Seats => list("RequestedSeat"),
            Self::Money => json!({"$ref": reference("Money")}),
            Self::Time => json!({"type": "string", "format": "date-time"}),
            Self::Number => json!({"type": "integer"}),
            Self::Word => json!({"type": "string"}),
            Self::Id => json!({"type": "string", "format": "uuid"}),
            Self::BookingStatus => json!({"$ref": reference("BookingStatus")}),
        };
        schema["description"] = says.into();
        schema
    }
}

fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// Adds the schemas of all causes, and of what their fields hold.
pub(super) fn add_schemas(schemas: &mut Value) {
    let mut all: Map<String, Value> = CAUSES
        .iter()
        .map(|cause| (cause.schema_name(), cause.schema()))
        .collect();
    all.insert("FieldError".into(), field_error());
    all.insert("ShortTier".into(), short_tier());
    if let Some(schemas) = schemas.as_object_mut() {
        schemas.extend(all);
    }
}

fn field_error() -> Value {
    json!({
        "type": "object",
        "description": "What is wrong with one field.",
        "required": ["pointer", "detail"],
        "properties": {
            "pointer": {
                "type": "string",
                "description": "Where it is in the body, RFC 6901, or `/` and the name of a parameter.",
                "examples": ["/items/0/quantity"],
            },
            "detail": {"type": "string", "description": "What it must be, in the reader's language."},
        },
    })
}

fn short_tier() -> Value {
    json!({
        "type": "object",
        "description": "A tier with too few free tickets.",
        "required": ["tier", "asked", "available"],
        "properties": {
            "tier": {"type": "string", "description": "Its code."},
            "asked": {"type": "integer", "description": "Tickets that were asked for."},
            "available": {"type": "integer", "description": "Tickets that are free."},
            "asked_of_stock": {"type": "integer",
                "description": "Tickets that were asked for of this tier and of those that share its stock, if there are such."},
        },
    })
}
