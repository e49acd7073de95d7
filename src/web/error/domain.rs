//! The errors of bookings, payments, webhooks and the database as problems.
//!
//! What must hold: a failure for which a retry helps is a 503 with Retry-After, a defect is a 500; both are
//! logged once, here or in [`Error::internal`], and neither contains the database's message.

use std::time::Duration;

use serde_json::{Value, json};

use super::Error;
use crate::access::limits::Exceeded;
use crate::access::{AuthError, Denied};
use crate::allocator::{Outcome, Shortage};
use crate::booking::{self, BookError, ContactRefused, FieldError, Refused};
use crate::catalog::Event;
use crate::gateway::NoticeError;
use crate::gateway::card::CardError;
use crate::payment::PayError;
use crate::payment::webhook::WebhookError;
use crate::postgres;
use crate::types::Timestamp;
use crate::types::json::JsonError;

impl From<Exceeded> for Error {
    fn from(exceeded: Exceeded) -> Self {
        // Whole seconds, never too early.
        let seconds = |duration: Duration| duration.as_nanos().div_ceil(1_000_000_000);
        let name = exceeded.bucket.name();
        let (burst, window) = (exceeded.burst, seconds(exceeded.window));
        let retry_after = u32::try_from(seconds(exceeded.retry_after)).unwrap_or(u32::MAX);
        let detail = format!(
            "Too many {} within {window} seconds. Nothing was done; try again in {retry_after} seconds",
            name.replace('-', " ")
        );
        let title = "Too many requests";
        // draft-ietf-httpapi-ratelimit-headers-10.
        Self::new(429, "too-many-requests", title, detail)
            .retry_after(retry_after)
            .with_header(
                "RateLimit-Policy",
                format!("\"{name}\";q={burst};w={window}"),
            )
            .with_header("RateLimit", format!("\"{name}\";r=0;t={retry_after}"))
    }
}

impl Error {
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

    /// The card number is not valid; it is not sent back.
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

    /// A refused booking as a problem that names the event's tiers by code and its seats by label; `now` by the
    /// database's clock.
    pub fn of_booking(error: BookError, event: &Event, now: Timestamp) -> Self {
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
            BookError::Contact(refused) => refused.into(),
            BookError::Paid(_, booking::Status::Confirmed) => {
                Self::not_pending(booking::Status::Confirmed)
            }
            BookError::Paid(..) => PayError::InProgress.into(),
            BookError::Outcome(outcome) => Self::of_outcome(outcome, event, now),
        }
    }

    fn of_outcome(outcome: Outcome, event: &Event, now: Timestamp) -> Self {
        match outcome {
            Outcome::SoldOut(shortages) => {
                Self::new(409, "sold-out", "Sold out", describe(&shortages, event))
                    .with("tiers", tiers(&shortages, event))
            }
            Outcome::HeldByOthers {
                shortages,
                may_free_at: None,
            } => {
                let detail = "Other orders are just taking these tickets and may give them back. Try again in a moment";
                Self::new(409, "held-by-others", "Held by others", detail)
                    .with("tiers", tiers(&shortages, event))
                    .retry_after(1)
            }
            Outcome::HeldByOthers {
                shortages,
                may_free_at: Some(at),
            } => {
                let detail = "Others hold these tickets and have not paid yet. What is not paid in time comes back";
                let seconds = (at - now).num_seconds().clamp(1, 3_600);
                Self::new(409, "held-by-others", "Held by others", detail)
                    .with("tiers", tiers(&shortages, event))
                    .with("may_free_at", at)
                    .retry_after(seconds as u32)
            }
            Outcome::SeatsTaken(seats) => {
                let seats: Vec<_> = seats
                    .iter()
                    .filter_map(|&(no, seat)| {
                        let tier = event.tier_no(no)?;
                        let position = tier.rows.as_ref()?.position(seat);
                        let row = crate::seating::row_label(position.row);
                        Some(json!({"tier": tier.code, "row": row, "number": position.number}))
                    })
                    .collect();
                let detail = "Somebody else has taken some of these seats";
                Self::new(409, "seats-taken", "Seats are taken", detail).with("seats", seats)
            }
            Outcome::OverBuyerLimit { limit, left } => {
                let detail = format!(
                    "One buyer may have {limit} tickets of this event at most; {left} more may be booked"
                );
                let title = "Too many tickets for one buyer";
                Self::new(422, "over-limit", title, detail)
                    .with("limit", limit)
                    .with("left", left)
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
            Outcome::KeyReused(_) => Self::key_reused(),
            Outcome::Overloaded => {
                let detail =
                    "Too many orders are waiting. Nothing was booked; send the same key again";
                Self::new(503, "overloaded", "Too busy just now", detail).retry_after(1)
            }
            Outcome::Failed(error) => error.into(),
            // Successes: booking::book has returned them before.
            Outcome::Booked(_) | Outcome::Committed(_) | Outcome::Replay(_) => {
                Self::defect(&"a booking that was made came back as an error")
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

    /// The booking is not pending: the problem follows from its status.
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

    /// It failed for a cause that passes.
    fn unavailable(cause: &dyn std::error::Error) -> Self {
        log::warn!("answered 503: {cause}");
        let detail =
            "The service is not available just now. Try again with the same Idempotency-Key";
        Self::new(503, "unavailable", "Not available just now", detail).retry_after(2)
    }

    fn hold_expired() -> Self {
        let detail = "The booking was not paid in time and its tickets were given back. This request has charged nothing";
        Self::new(409, "hold-expired", "The hold is over", detail)
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
                Self::unavailable(&error)
            }
            // The statement, the schema or the data is wrong; the same request would fail again.
            error @ (postgres::Error::Address(_)
            | postgres::Error::ForgetfulPooler
            | postgres::Error::Constraint { .. }
            | postgres::Error::Statement(_)
            | postgres::Error::Inconsistent(_)
            | postgres::Error::Schema(_)
            | postgres::Error::Distribution(_)
            | postgres::Error::Shared(_)
            | postgres::Error::Migration(_)) => Self::defect(&error),
        }
    }
}

impl From<AuthError> for Error {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::NotOurs => Self::unauthenticated("The token is not one of ours"),
            AuthError::Expired(at) => {
                Self::unauthenticated(format!("The token expired at {}", at.to_rfc3339()))
            }
            AuthError::Revoked => Self::unauthenticated("The token was revoked"),
            AuthError::Db(error) => error.into(),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unauthenticated => Self::unauthenticated(
                "Send a token as Authorization: Bearer; POST /api/buyers makes one",
            ),
            Denied::NotFound => Self::not_found("booking"),
            Denied::Scope(scope) => {
                let scope = scope.as_str();
                Self::forbidden(format!("The token lacks the scope {scope}")).with("scope", scope)
            }
            Denied::BuyersActForThemselves => {
                Self::forbidden("on_behalf_of is for API tokens; a buyer acts for themselves")
            }
            Denied::NobodyNamed => {
                let detail = "must name the buyer on whose behalf the token acts";
                Self::invalid_field("/on_behalf_of", detail)
            }
            Denied::LinkCannotCancel => {
                Self::forbidden("A booking link is for reading and paying, not for cancelling")
            }
        }
    }
}

impl From<ContactRefused> for Error {
    fn from(refused: ContactRefused) -> Self {
        Self::invalid_field(
            "/contact",
            match refused {
                ContactRefused::NotAsked => "must not be there: the event asks for no contact",
                ContactRefused::Missing => "must have a name and an e-mail address",
            },
        )
    }
}

impl From<PayError> for Error {
    fn from(error: PayError) -> Self {
        match error {
            PayError::NotFound | PayError::NotYours => Self::not_found("booking"),
            PayError::HoldExpired => Self::hold_expired(),
            PayError::NotPending(status) => Self::not_pending(status),
            PayError::InProgress => {
                let detail = "Another payment of this booking is under way. Wait for its outcome; this request has charged nothing";
                Self::new(409, "payment-in-progress", "A payment is under way", detail)
                    .retry_after(2)
            }
            PayError::KeyReused => Self::key_reused(),
            PayError::Contact(refused) => refused.into(),
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
            WebhookError::Locked => Self::unavailable(&error),
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_postgres::error::SqlState;

    #[test]
    fn a_defect_is_a_500_with_a_request_id_and_not_an_invitation_to_retry() {
        let defect = || postgres::Error::Constraint {
            name: "bookings_total_check".into(),
            state: SqlState::CHECK_VIOLATION,
        };
        for error in [
            Error::from(defect()),
            PayError::Db(defect()).into(),
            WebhookError::Db(defect()).into(),
        ] {
            assert_eq!((error.0.status, error.0.kind), (500, "internal-error"));
            assert_eq!(error.0.retry_after, None);
            assert!(error.0.fields["request_id"].is_string());
            assert!(!error.0.detail.contains("bookings_total_check"));
        }
        let away = Error::from(postgres::Error::Unavailable("no route".into()));
        assert_eq!((away.0.status, away.0.kind), (503, "unavailable"));
        assert!(away.0.retry_after.is_some() && !away.0.detail.contains("no route"));
    }
}
