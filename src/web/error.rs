//! What can go wrong, as HTTP. The one place where failures become responses.
//!
//! Every conversion ends in a [`Problem`]: RFC 9457's `type`, `title`, `status`, `detail`, and the
//! fields that a program needs. Handlers return [`Error`]; under /api it is rendered as
//! `application/problem+json`, and `pages::render_errors` turns the same problem into a page.
//!
//! | type                     | status | cause |
//! |--------------------------|--------|-------|
//! | `invalid-request`        | 400, 405, 413, 415, 422 | unreadable, too large, of the wrong kind; or read, but wrong: `errors` by JSON pointer |
//! | `not-found`              | 404    | no such event, booking, payment or path |
//! | `not-yours`              | 403    | the booking is another buyer's |
//! | `other-site`             | 403    | a form of ours that another site made the browser send |
//! | `sold-out`               | 409    | fewer tickets are free than asked: `tiers` |
//! | `held-by-others`         | 409    | enough are free but others in flight hold them: `tiers`, Retry-After |
//! | `seats-taken`            | 409    | named seats are gone: `seats` |
//! | `over-limit`             | 422    | more tickets than one booking may hold: `asked`, `limit` |
//! | `not-on-sale`            | 409    | too early (`on_sale_at`) or too late |
//! | `hold-expired`           | 409    | the booking was not paid in time |
//! | `already-paid`           | 409    | the booking is confirmed: `booking_status` |
//! | `booking-cancelled`      | 409    | the booking is cancelled: `booking_status` |
//! | `booking-failed`         | 409    | the booking's payment was declined for good: `booking_status` |
//! | `payment-in-progress`    | 409    | another payment of the booking is under way |
//! | `payment-declined`       | 402    | the card was not charged: `decline_code` |
//! | `card-not-digits`        | 422    | a card number that holds anything but digits: `errors` |
//! | `card-wrong-length`      | 422    | a card number that is too short or too long: `errors` |
//! | `card-fails-check`       | 422    | a card number whose check digit is wrong: `errors` |
//! | `too-late-to-cancel`     | 409    | the event has begun, or is about to |
//! | `webhook-signature`      | 403    | a webhook that the gateway has not signed |
//! | `webhook-timestamp`      | 403    | a webhook signed more than five minutes ago, or ahead |
//! | `webhook-not-json`       | 400    | a webhook whose body is not JSON |
//! | `webhook-amount`         | 409    | a webhook whose amount or currency is not the payment's |
//! | `idempotency-key-reused` | 422    | the key was used for another request |
//! | `overloaded`             | 503    | too many orders, payments or streams: Retry-After |
//! | `unavailable`            | 503    | the database is away: Retry-After |
//! | `internal-error`         | 500    | a defect: nothing but a request id |
//!
//! A failure of ours is logged once, here.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::allocator::{Outcome, Shortage};
use crate::booking::{self, BookError, FieldError, Refused};
use crate::catalog::Event;
use crate::gateway::NoticeError;
use crate::gateway::card::CardError;
use crate::payment::PayError;
use crate::payment::webhook::WebhookError;
use crate::postgres;
use crate::types::json::JsonError;

/// A problem that a client is told of.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    /// Stable per cause; relative to the API's root.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The same for every occurrence of the type.
    pub title: &'static str,
    /// The HTTP status again.
    pub status: u16,
    /// This occurrence, in a sentence for people.
    pub detail: String,
    /// What a program needs.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
    /// Seconds after which to try again.
    #[serde(skip)]
    pub retry_after: Option<u32>,
}

/// What a handler returns when it cannot answer.
#[derive(Debug, Clone)]
pub struct Error(pub Box<Problem>);

impl Error {
    fn new(
        status: u16,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self(Box::new(Problem {
            kind,
            title,
            status,
            detail: detail.into(),
            fields: Map::new(),
            retry_after: None,
        }))
    }

    fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.0.fields.insert(
            name.to_owned(),
            serde_json::to_value(value).unwrap_or(Value::Null),
        );
        self
    }

    fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The request cannot be read.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(400, "invalid-request", "The request cannot be read", detail)
    }

    /// These fields are wrong.
    pub fn invalid(errors: &[FieldError]) -> Self {
        let first = errors
            .first()
            .map(|error| format!("{} {}", error.pointer, error.detail))
            .unwrap_or_default();
        Self::new(422, "invalid-request", "The request is not valid", first).with("errors", errors)
    }

    /// One field is wrong.
    pub fn invalid_field(pointer: &str, detail: impl Into<String>) -> Self {
        Self::invalid(&[FieldError::new(pointer, detail)])
    }

    /// The body is of a kind that is not understood here.
    pub fn unsupported_media_type(expected: &str) -> Self {
        Self::new(
            415,
            "invalid-request",
            "The content type is not supported",
            format!("Send the body as {expected}"),
        )
    }

    /// The body is too large.
    pub fn too_large() -> Self {
        let detail = format!("A body may have {} bytes at most", super::BODY_MAX);
        Self::new(413, "invalid-request", "The request is too large", detail)
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            404,
            "not-found",
            "Not found",
            format!("There is no such {what}"),
        )
    }

    /// Another site made the browser send a form of ours.
    pub fn other_site() -> Self {
        let detail = "The form was sent from another site, so it was not carried out";
        Self::new(403, "other-site", "Sent from another site", detail)
    }

    /// The card was not charged.
    pub fn declined(code: &str) -> Self {
        let detail = match code {
            "insufficient_funds" => "The card has insufficient funds. Nothing was charged",
            "processing_error" => {
                "The card could not be processed just now. Nothing was charged; try again"
            }
            "abandoned" => "The payment was interrupted. Nothing was charged; try again",
            _ => "The card was declined. Nothing was charged",
        };
        Self::new(402, "payment-declined", "The payment was declined", detail)
            .with("decline_code", code)
    }

    /// Too many streams are open.
    pub fn too_many_viewers() -> Self {
        let detail =
            "Too many viewers are watching. Read the availability from time to time instead";
        Self::new(503, "overloaded", "Too busy just now", detail).retry_after(5)
    }

    /// What was sent as a card number is none; it is not sent back.
    pub fn of_card(pointer: &str, error: CardError) -> Self {
        let kind = match error {
            CardError::NotDigits => "card-not-digits",
            CardError::WrongLength => "card-wrong-length",
            CardError::FailsCheck => "card-fails-check",
        };
        let wrong = FieldError::new(pointer, error.to_string());
        let detail = format!("{} {}", wrong.pointer, wrong.detail);
        Self::new(422, kind, "The card number is not valid", detail).with("errors", [wrong])
    }

    /// A webhook's body is not JSON.
    fn webhook_not_json(reason: &str) -> Self {
        let detail = format!("The body is not JSON: {reason}");
        Self::new(400, "webhook-not-json", "The webhook is not JSON", detail)
    }

    /// The booking is not pending, and by what it is instead.
    fn not_pending(status: booking::Status) -> Self {
        let (kind, detail) = match status {
            booking::Status::Expired => return Self::hold_expired(),
            booking::Status::Confirmed => ("already-paid", "The booking is paid already"),
            booking::Status::Cancelled => ("booking-cancelled", "The booking was cancelled"),
            booking::Status::Failed | booking::Status::Pending => (
                "booking-failed",
                "The booking's payment was declined for good, and its tickets were given back",
            ),
        };
        Self::new(409, kind, "The booking is not pending", detail).with("booking_status", status)
    }

    fn hold_expired() -> Self {
        let detail =
            "The booking was not paid in time and its tickets were given back. Nothing was charged";
        Self::new(409, "hold-expired", "The hold is over", detail)
    }

    /// Adds a field to a problem, for a caller that knows more.
    pub fn and(self, name: &str, value: impl Serialize) -> Self {
        self.with(name, value)
    }

    /// A booking's problem in the words of its event: tiers by code, seats by name.
    pub fn of_booking(error: BookError, event: &Event) -> Self {
        match error {
            BookError::Refused(Refused::Invalid(errors)) => Self::invalid(&errors),
            BookError::Refused(Refused::OverLimit { asked, limit }) => {
                let detail = format!(
                    "One booking may hold {limit} tickets of this event at most; {asked} were asked for"
                );
                Self::new(
                    422,
                    "over-limit",
                    "Too many tickets for one booking",
                    detail,
                )
                .with("asked", asked)
                .with("limit", limit)
            }
            BookError::Outcome(outcome) => Self::of_outcome(outcome, event),
        }
    }

    fn of_outcome(outcome: Outcome, event: &Event) -> Self {
        match outcome {
            Outcome::SoldOut(shortages) => {
                Self::new(409, "sold-out", "Sold out", describe(&shortages, event))
                    .with("tiers", tiers(&shortages, event))
            }
            Outcome::HeldByOthers(shortages) => {
                let detail = "Other orders are just taking these tickets and may give them back. Try again in a moment";
                Self::new(409, "held-by-others", "Held by others", detail)
                    .with("tiers", tiers(&shortages, event))
                    .retry_after(1)
            }
            Outcome::SeatsTaken(seats) => {
                let seats: Vec<_> = seats
                    .iter()
                    .filter_map(|&(no, seat)| {
                        let tier = event.tier_no(no)?;
                        let place = tier.rows.as_ref()?.place(seat);
                        let row = crate::seating::row_label(place.row);
                        Some(json!({"tier": tier.code, "row": row, "number": place.number}))
                    })
                    .collect();
                let detail = "Somebody else has taken some of these seats";
                Self::new(409, "seats-taken", "Seats are taken", detail).with("seats", seats)
            }
            Outcome::NotYetOnSale(on_sale_at) => {
                let detail = format!("The sale opens at {}", on_sale_at.to_rfc3339());
                Self::new(409, "not-on-sale", "Not on sale", detail).with("on_sale_at", on_sale_at)
            }
            Outcome::SaleOver => Self::new(
                409,
                "not-on-sale",
                "Not on sale",
                "The event has begun; its sale is over",
            ),
            Outcome::KeyReused => Self::key_reused(),
            Outcome::Overloaded => {
                let detail =
                    "Too many orders are waiting. Nothing was booked; send the same key again";
                Self::new(503, "overloaded", "Too busy just now", detail).retry_after(1)
            }
            Outcome::Failed(error) => error.into(),
            // These are answers, not problems; booking::book has taken them out.
            Outcome::Booked(_) | Outcome::Committed(_) | Outcome::Replay(_) => {
                Self::internal(&"an answer was taken for a problem")
            }
        }
    }

    fn key_reused() -> Self {
        let detail =
            "This Idempotency-Key was used for another request. Use a new key for a new request";
        Self::new(
            422,
            "idempotency-key-reused",
            "The idempotency key was used before",
            detail,
        )
    }

    fn internal(error: &dyn std::fmt::Display) -> Self {
        let request_id = Uuid::new_v4();
        log::error!("request {request_id} failed: {error}");
        Self::new(
            500,
            "internal-error",
            "Something went wrong on our side",
            "It was logged under the request id",
        )
        .with("request_id", request_id)
    }
}

fn tiers(shortages: &[Shortage], event: &Event) -> Vec<Value> {
    let tier = |shortage: &Shortage| {
        let tier = event.tier_no(shortage.tier)?;
        Some(json!({"tier": tier.code, "asked": shortage.asked, "available": shortage.available}))
    };
    shortages.iter().filter_map(tier).collect()
}

fn describe(shortages: &[Shortage], event: &Event) -> String {
    let one = |shortage: &Shortage| {
        let name = event
            .tier_no(shortage.tier)
            .map_or("?", |tier| tier.name.as_str());
        match shortage.available {
            0 => format!("{name} is sold out"),
            left => format!("{name} has {left} left, {} were asked for", shortage.asked),
        }
    };
    shortages.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl From<postgres::Error> for Error {
    fn from(error: postgres::Error) -> Self {
        match error {
            postgres::Error::Unavailable(_) | postgres::Error::Conflict(_) => {
                log::warn!("answered 503: {error}");
                let detail = "The service is not available just now. Try again with the same Idempotency-Key";
                Self::new(503, "unavailable", "Not available just now", detail).retry_after(2)
            }
            error => Self::internal(&error),
        }
    }
}

impl From<PayError> for Error {
    fn from(error: PayError) -> Self {
        match error {
            PayError::NotFound => Self::not_found("booking"),
            PayError::NotYours => Self::new(
                403,
                "not-yours",
                "Not your booking",
                "The booking is another buyer's",
            ),
            PayError::HoldExpired => Self::hold_expired(),
            PayError::NotPending(status) => Self::not_pending(status),
            PayError::InProgress => {
                let detail = "Another payment of this booking is under way. Wait for its outcome";
                Self::new(409, "payment-in-progress", "A payment is under way", detail)
                    .retry_after(2)
            }
            PayError::KeyReused => Self::key_reused(),
            PayError::EventBegun => Self::new(
                409,
                "too-late-to-cancel",
                "Too late to cancel",
                "The event has begun, or is about to; bookings cannot be cancelled any more",
            ),
            PayError::Overloaded => {
                let detail =
                    "Too many payments are under way. Nothing was charged; send the same key again";
                Self::new(503, "overloaded", "Too busy just now", detail).retry_after(2)
            }
            PayError::Db(error) => error.into(),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::internal(&error)
    }
}

impl From<WebhookError> for Error {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Notice(error) => error.into(),
            WebhookError::NotFound => Self::not_found("payment"),
            WebhookError::AmountDiffers => Self::new(
                409,
                "webhook-amount",
                "The amount differs",
                "The payment is of another amount or currency. Nothing was recorded",
            ),
            WebhookError::Db(error) => error.into(),
        }
    }
}

impl From<NoticeError> for Error {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::BadSignature => Self::new(
                403,
                "webhook-signature",
                "The webhook is not signed by the gateway",
                "The Boxoffice-Signature header is missing, or does not fit the body",
            ),
            NoticeError::Stale { tolerance_seconds } => {
                let detail = format!(
                    "The signature's time may be {tolerance_seconds} seconds from now at most"
                );
                let title = "The webhook was signed too long ago";
                Self::new(403, "webhook-timestamp", title, detail)
            }
            NoticeError::Invalid(JsonError::NotJson(reason)) => Self::webhook_not_json(&reason),
            NoticeError::Invalid(JsonError::Misfit { pointer, detail }) => {
                Self::invalid_field(&pointer, detail)
            }
            NoticeError::Unavailable(error) => {
                postgres::Error::Unavailable(error.to_string()).into()
            }
        }
    }
}

impl From<actix_web::error::UrlencodedError> for Error {
    fn from(error: actix_web::error::UrlencodedError) -> Self {
        use actix_web::error::UrlencodedError as E;
        match error {
            E::Overflow { .. } => Self::too_large(),
            E::ContentType => Self::unsupported_media_type("application/x-www-form-urlencoded"),
            _ => Self::unreadable("The form cannot be read"),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.kind, self.0.detail)
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.status_code());
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        if let Some(seconds) = self.0.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        let mut response = response.json(&self.0);
        // For `pages::render_errors`.
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// Any path that is not in the route table.
pub async fn not_found() -> Result<HttpResponse, Error> {
    Err(Error::not_found("page or endpoint"))
}

/// A path of the route table with a method that it does not have.
pub async fn method_not_allowed(request: HttpRequest) -> Result<HttpResponse, Error> {
    let detail = format!("{} is not possible here", request.method());
    Err(Error::new(
        405,
        "invalid-request",
        "The method is not allowed",
        detail,
    ))
}
