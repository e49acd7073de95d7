//! Errors as HTTP responses: the only file that makes them.
//!
//! Every conversion, those of the domain's errors in `domain.rs`, ends in a [`Problem`]: RFC 9457's `type`,
//! `title`, `status`, `detail`, and the fields that a program needs. Handlers return [`Error`]; under /api `answer`
//! renders it as `application/problem+json`, elsewhere `failure` renders the same problem as a page. Title and
//! details are ids of `locales`: `answer` puts them into the reader's language.
//!
//! What must hold: a failure of the server is logged once, here; a response never contains a message of the
//! database; a defect is a 500 with a request id, never a 503 that invites a retry.
//!
//! | type                     | status | cause |
//! |--------------------------|--------|-------|
//! | `invalid-request`        | 400, 405, 406, 408, 413, 415, 422, 431 | unreadable, too large, of the wrong kind; or read, but wrong: `errors` by JSON pointer |
//! | `not-found`              | 404    | no such event, booking, payment or path; or none for whoever asks |
//! | `unauthenticated`        | 401    | it takes a token, or the one that was sent is not believed: WWW-Authenticate |
//! | `forbidden`              | 403    | the token lacks a scope (`scope`), or is not for this |
//! | `other-site`             | 403    | a form that another site made the browser send, or of which the browser does not say who did |
//! | `sold-out`               | 409    | fewer tickets are free than requested: `tiers` |
//! | `held-by-others`         | 409    | others hold enough and have not paid: `tiers`, Retry-After, `may_free_at` |
//! | `seats-taken`            | 409    | named seats are gone: `seats` |
//! | `over-limit`             | 422    | more tickets than one booking may hold (`asked`, `limit`), or one buyer (`limit`, `left`) |
//! | `code-refused`           | 422    | the promo code cannot be used: `reason` |
//! | `not-on-sale`            | 409    | too early (`on_sale_at`) or too late |
//! | `called-off`             | 409    | the event does not take place: nothing of it is sold, and what was paid goes back |
//! | `edited-meanwhile`       | 409    | somebody else has changed the event: `version` |
//! | `event-state`            | 409    | the event is no draft, or is being published |
//! | `tickets-not-free`       | 409    | too few tickets to take out of sale are free: `asked`, `free` |
//! | `hold-expired`           | 409    | the booking was not paid in time |
//! | `already-paid`           | 409    | the booking is confirmed: `booking_status` |
//! | `booking-cancelled`      | 409    | the booking is cancelled: `booking_status` |
//! | `booking-failed`         | 409    | the booking's payment was declined and no other card may be tried: `booking_status` |
//! | `payment-in-progress`    | 409    | another payment of the booking is processing, even if its hold is over: Retry-After |
//! | `payment-declined`       | 402    | the card was not charged: `decline_code` |
//! | `card-not-digits`        | 422    | a card number that holds anything but digits: `errors` |
//! | `card-wrong-length`      | 422    | a card number that is too short or too long: `errors` |
//! | `card-fails-check`       | 422    | a card number whose check digit is wrong: `errors` |
//! | `booking-not-paid`       | 409    | only a paid booking is changed: `booking_status` |
//! | `tickets-changed`        | 409    | the booking has no such tickets, or not any more |
//! | `already-let-in`         | 409    | somebody was let in with these tickets |
//! | `difference-owed`        | 409    | the new tickets cost more, and nobody has paid or waived that: `difference` |
//! | `difference-differs`     | 409    | the new tickets cost more or less than was paid by hand: `difference` |
//! | `refund-differs`         | 409    | something else would go back than was expected: `refund` |
//! | `total-differs`          | 409    | it costs something else than was expected: `total` |
//! | `nothing-to-refund`      | 409    | no charge is left from which so much could go back |
//! | `refund-refused`         | 409    | the payment provider cannot give back exactly this: `refund` |
//! | `only-cancelled`         | 409    | an organiser made the booking: it is cancelled, and not changed like this |
//! | `too-late-to-cancel`     | 409    | the event has begun, or is about to |
//! | `not-asked`              | 409    | the event was not moved since the booking was paid |
//! | `moved-again`            | 409    | the event was moved again: another date is asked about |
//! | `answer-closed`          | 409    | the time to return tickets of a moved event is over |
//! | `already-admitted`       | 409    | somebody came in with one of the tickets |
//! | `scan-not-undoable`      | 409    | the scan changed nothing, or the ticket was scanned again since |
//! | `webhook-signature`      | 403    | a webhook that the gateway has not signed |
//! | `webhook-timestamp`      | 403    | a webhook signed more than five minutes ago, or in the future |
//! | `webhook-not-json`       | 400    | a webhook whose body is not JSON |
//! | `amount-refused`         | 409    | an amount that the payment provider does not charge |
//! | `webhook-amount`         | 409    | a webhook whose amount or currency is not the payment's |
//! | `idempotency-key-reused` | 422    | the key was used for another request |
//! | `too-many-requests`      | 429    | the client asks too often: Retry-After, RateLimit |
//! | `overloaded`             | 503    | too many orders, payments, streams or pictures: Retry-After |
//! | `unavailable`            | 503    | the database is unavailable, or a webhook cannot be recorded yet: Retry-After |
//! | `internal-error`         | 500    | a defect of the server: nothing but a request id |

pub(super) mod answer;
mod change;
mod checkin;
mod domain;
mod questions;
mod text;

use std::sync::Arc;

use actix_web::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::booking::FieldError;
use crate::catalog::{Must, Wrong};
use crate::web::about;
use crate::web::view::words::Words;
pub use text::Text;

/// A problem before it is put into words.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Stable per cause; relative to the API's root.
    pub kind: &'static str,
    /// The id of a text, the same for every occurrence of the type.
    pub title: &'static str,
    /// The HTTP status of the response.
    pub status: u16,
    /// This occurrence, in a sentence for people. If fields are wrong, the first of them takes its place.
    pub detail: Text,
    /// What is wrong with which field, by JSON pointer.
    pub errors: Vec<(String, Text)>,
    /// What a program needs.
    pub fields: Map<String, Value>,
    /// Seconds after which a retry makes sense.
    pub retry_after: Option<u32>,
    /// Other headers of the response.
    pub headers: Vec<(&'static str, String)>,
}

/// The title of an `other-site` problem where the browser does not say which site.
pub const UNKNOWN_SITE: &str = "problem-unknown-site";

/// What a handler returns when it cannot answer. Cloning it copies nothing.
#[derive(Debug, Clone)]
pub struct Error(pub Arc<Problem>);

impl Error {
    /// Title and detail are ids of texts.
    fn new(status: u16, kind: &'static str, title: &'static str, detail: impl Into<Text>) -> Self {
        Self(Arc::new(Problem {
            kind,
            title,
            status,
            detail: detail.into(),
            errors: Vec::new(),
            fields: Map::new(),
            retry_after: None,
            headers: Vec::new(),
        }))
    }

    /// To add to it, before anybody else has it.
    fn problem(&mut self) -> &mut Problem {
        Arc::make_mut(&mut self.0)
    }

    /// The same problem with one more field for programs.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.problem().fields.insert(
            name.to_owned(),
            serde_json::to_value(value).unwrap_or(Value::Null),
        );
        self
    }

    fn retry_after(mut self, seconds: u32) -> Self {
        self.problem().retry_after = Some(seconds);
        self
    }

    /// The request cannot be read.
    pub fn unreadable(detail: impl Into<Text>) -> Self {
        Self::new(400, "invalid-request", "problem-unreadable", detail)
    }

    /// These fields are wrong.
    pub fn invalid(errors: &[FieldError]) -> Self {
        let errors = errors
            .iter()
            .map(|error| (error.pointer.clone(), error.rule.into()));
        Self::with_errors("invalid-request", "problem-invalid", errors.collect())
    }

    /// One field is wrong.
    pub fn invalid_field(pointer: &str, detail: impl Into<Text>) -> Self {
        let errors = vec![(pointer.to_owned(), detail.into())];
        Self::with_errors("invalid-request", "problem-invalid", errors)
    }

    fn with_errors(kind: &'static str, title: &'static str, errors: Vec<(String, Text)>) -> Self {
        let mut error = Self::new(422, kind, title, title);
        error.problem().errors = errors;
        error
    }

    /// The body is not JSON.
    pub fn not_json(reason: String) -> Self {
        Self::unreadable(Text::from("problem-body-not-json").with("reason", reason))
    }

    /// A value does not fit, as a value type or a parser says.
    pub fn misfit(pointer: &str, said: String) -> Self {
        Self::invalid_field(pointer, Text::said(said))
    }

    /// Values do not fit, by JSON pointer.
    pub fn misfits(said: Vec<(String, String)>) -> Self {
        let errors = said.into_iter();
        let errors = errors.map(|(pointer, said)| (pointer, Text::said(said)));
        Self::with_errors("invalid-request", "problem-invalid", errors.collect())
    }

    /// A number is not between these.
    pub fn out_of_range(pointer: &str, least: usize, most: usize) -> Self {
        let text = Text::from("field-range").with("least", least);
        Self::invalid_field(pointer, text.with("most", most))
    }

    /// The body is of a kind that is not understood here.
    pub fn unsupported_media_type(expected: &str) -> Self {
        let detail = Text::from("problem-media-type-detail").with("expected", expected);
        Self::new(415, "invalid-request", "problem-media-type", detail)
    }

    /// The client accepts nothing that is sent here.
    pub fn not_acceptable(sent: &str) -> Self {
        let detail = Text::from("problem-accept-detail").with("sent", sent);
        Self::new(406, "invalid-request", "problem-accept", detail)
    }

    /// The request is no HTTP.
    pub fn malformed() -> Self {
        Self::new(
            400,
            "invalid-request",
            "problem-unreadable",
            "problem-malformed-detail",
        )
    }

    /// The request's head is too long.
    pub fn head_too_large() -> Self {
        let title = "problem-too-large";
        Self::new(
            431,
            "invalid-request",
            title,
            "problem-head-too-large-detail",
        )
    }

    /// The body is packed, by whatever coding.
    pub fn packed_body() -> Self {
        let detail = "problem-coding-detail";
        Self::new(415, "invalid-request", "problem-coding", detail)
            // RFC 7694, section 3: which codings there are.
            .with_header("Accept-Encoding", "identity".to_owned())
    }

    /// The body has not arrived in time.
    pub fn body_too_slow(deadline: std::time::Duration) -> Self {
        let seconds = deadline.as_secs_f64();
        let detail = Text::from("problem-too-slow-detail").with("seconds", seconds);
        Self::new(408, "invalid-request", "problem-too-slow", detail)
    }

    /// The body has more bytes than this.
    pub fn too_large(bytes_max: usize) -> Self {
        let detail = Text::from("problem-too-large-detail").with("bytes", bytes_max);
        Self::new(413, "invalid-request", "problem-too-large", detail)
    }

    /// `what` does not exist.
    pub fn not_found(what: &str) -> Self {
        let detail = match what {
            "event" => "problem-no-event",
            "booking" => "problem-no-booking",
            "payment" => "problem-no-payment",
            "gate" => "problem-no-gate",
            "list" => "problem-no-list",
            "scan" => "problem-no-scan",
            "tier" => "problem-no-tier",
            "hall" => "problem-no-hall",
            "file" => "problem-no-file",
            "picture" => "problem-no-picture",
            "call-off" => "problem-no-call-off",
            "block" => "problem-no-block",
            "move" => "problem-no-move",
            "calendar file" => "problem-no-calendar-file",
            _ => "problem-no-page",
        };
        Self::new(404, "not-found", "problem-not-found", detail)
    }

    /// It takes a token, or the one that was sent is not believed.
    pub fn unauthenticated(detail: impl Into<Text>) -> Self {
        Self::new(401, "unauthenticated", "problem-who-are-you", detail)
    }

    /// The sender is known, and may not do this.
    pub fn forbidden(detail: impl Into<Text>) -> Self {
        Self::new(403, "forbidden", "problem-not-allowed", detail)
    }

    /// Another site made the browser send a form to this one.
    pub fn other_site() -> Self {
        let detail = "problem-other-site-detail";
        Self::new(403, "other-site", "problem-other-site", detail)
    }

    /// The browser does not say which site made it send a form.
    pub fn unknown_site() -> Self {
        let detail = "problem-unknown-site-detail";
        Self::new(403, "other-site", UNKNOWN_SITE, detail)
    }

    /// Too many streams are open.
    pub fn too_many_viewers() -> Self {
        let detail = "problem-many-viewers";
        Self::new(503, "overloaded", "problem-busy", detail).retry_after(5)
    }

    /// Too many pictures are to be drawn.
    pub fn too_many_pictures() -> Self {
        let detail = "problem-many-pictures";
        Self::new(503, "overloaded", "problem-busy", detail).retry_after(5)
    }

    /// The answer to a request that was answered before.
    #[must_use]
    pub fn replayed(self) -> Self {
        self.with_header("Idempotent-Replayed", "true".to_owned())
    }

    fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.problem().headers.push((name, value));
        self
    }

    /// A defect of the server, which is logged.
    pub fn defect(error: &dyn std::fmt::Display) -> Self {
        let request_id = about::id().to_string();
        log::error!(request = request_id.as_str(); "failed: {error}");
        let detail = "problem-internal-detail";
        Self::new(500, "internal-error", "problem-internal", detail).with("request_id", request_id)
    }
}

impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::defect(&error)
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::defect(&error)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.0.status, self.0.kind)
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
        if self.0.status == 401 {
            response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"boxoffice\""));
        }
        for (name, value) in &self.0.headers {
            response.insert_header((*name, value.as_str()));
        }
        let mut response = response.finish();
        // Its body is made where the request is known: by `answer::render`, or by `failure::render_errors`.
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// What a field must be, in a language.
pub(super) fn must_text(must: Must, words: &Words) -> String {
    Text::from(must).in_words(words).into_owned()
}

/// What is wrong with a field, in a language, where there is no place beside it.
pub(super) fn edit_text(wrong: Wrong, words: &Words) -> String {
    let name = wrong.pointer.trim_start_matches('/').to_owned();
    format!("{name} {}.", must_text(wrong.must, words))
}

/// Any path that is not in the route table.
pub async fn not_found() -> Result<HttpResponse, Error> {
    Err(Error::not_found("page or endpoint"))
}

/// A path of the route table with a method that it does not have: which it has, or 405.
pub(super) fn other_method(request: &HttpRequest, allow: &str) -> Result<HttpResponse, Error> {
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent()
            .insert_header((ALLOW, allow))
            .finish());
    }
    let detail = Text::from("problem-method-detail").with("method", request.method());
    let error = Error::new(405, "invalid-request", "problem-method", detail);
    Err(error.with_header("Allow", allow.to_owned()))
}
