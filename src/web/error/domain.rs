//! The errors of bookings, payments, webhooks and the database as problems.
//!
//! What must hold: a failure for which a retry helps is a 503 with Retry-After, a defect is a 500; both are
//! logged once, here or in [`Error::defect`], and neither contains the database's message.

use std::time::Duration;

use serde_json::{Value, json};

use super::Error;
use super::text::Text;
use crate::access::limits::{Bucket, Exceeded};
use crate::access::{AuthError, Denied};
use crate::allocator::{CodeRefusal, Outcome, Shortage};
use crate::booking::{self, BlockError, BookError, ContactRefused, FieldError, Refused, Rule};
use crate::catalog::Event;
use crate::catalog::organise::EditError;
use crate::gateway::NoticeError;
use crate::gateway::card::CardError;
use crate::payment::webhook::WebhookError;
use crate::payment::{PayError, SellError};
use crate::postgres;
use crate::report::export::ExportError;
use crate::types::contact::ContactInvalid;
use crate::types::json::JsonError;
use crate::types::{TierNo, Timestamp};

impl From<Exceeded> for Error {
    fn from(exceeded: Exceeded) -> Self {
        // Whole seconds, never too early.
        let seconds = |duration: Duration| duration.as_nanos().div_ceil(1_000_000_000);
        let name = exceeded.bucket.name();
        let (burst, window) = (exceeded.burst, seconds(exceeded.window));
        let retry_after = u32::try_from(seconds(exceeded.retry_after)).unwrap_or(u32::MAX);
        let detail = Text::from(match exceeded.bucket {
            Bucket::Bookings => "problem-many-bookings",
            Bucket::Payments => "problem-many-payments",
            Bucket::Reads => "problem-many-reads",
            Bucket::NewBuyers => "problem-many-new-buyers",
            Bucket::Retrievals => "problem-many-retrievals",
            Bucket::SignIns => "problem-many-sign-ins",
            Bucket::Webhooks => "problem-many-webhooks",
        });
        let detail = detail.with("window", window).with("seconds", retry_after);
        let title = "problem-too-many-requests";
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
            "insufficient_funds" => "problem-declined-funds",
            "processing_error" => "problem-declined-processing",
            "abandoned" => "problem-declined-abandoned",
            _ => "problem-declined-card",
        };
        Self::new(402, "payment-declined", "problem-declined", detail).with("decline_code", code)
    }

    /// The card number is not valid; it is not sent back.
    pub fn of_card(pointer: &str, error: CardError) -> Self {
        let kind = match error {
            CardError::NotDigits => "card-not-digits",
            CardError::WrongLength => "card-wrong-length",
            CardError::FailsCheck => "card-fails-check",
        };
        let errors = vec![(pointer.to_owned(), error.into())];
        Self::with_errors(kind, "problem-card", errors)
    }

    /// A contact's field is wrong.
    pub fn of_contact(invalid: ContactInvalid) -> Self {
        Self::invalid_field(&format!("/contact/{}", invalid.field()), invalid)
    }

    /// A webhook's body is not JSON.
    fn webhook_not_json(reason: String) -> Self {
        let detail = Text::from("problem-body-not-json").with("reason", reason);
        Self::new(400, "webhook-not-json", "problem-webhook-not-json", detail)
    }

    /// A refused booking as a problem that names the event's tiers by code and its seats by label; `now` by the
    /// database's clock.
    pub fn of_booking(error: BookError, event: &Event, now: Timestamp) -> Self {
        match error {
            BookError::Refused(Refused::Invalid(errors)) => match errors[..] {
                [
                    FieldError {
                        rule: Rule::FittingCode,
                        ..
                    },
                ] => Self::code_refused("not-for-these", Rule::FittingCode.into()),
                [
                    FieldError {
                        rule: Rule::KnownCode,
                        ..
                    },
                ] => Self::unknown_code(),
                _ => Self::invalid(&errors),
            },
            BookError::Refused(Refused::OverLimit { asked, limit }) => {
                let detail = Text::from("problem-over-limit-detail");
                let detail = detail.with("limit", limit).with("asked", asked);
                Self::new(422, "over-limit", "problem-over-limit", detail)
                    .with("asked", asked)
                    .with("limit", limit)
            }
            BookError::Contact(refused) => refused.into(),
            BookError::Answers(refused) => refused.into(),
            BookError::Paid(_, booking::Status::Confirmed) => {
                Self::not_pending(booking::Status::Confirmed)
            }
            BookError::Paid(..) => PayError::InProgress.into(),
            BookError::Outcome(outcome) => Self::of_outcome(outcome, event, now),
        }
    }

    /// A sale at the counter that was refused, as [`Error::of_booking`].
    pub fn of_sale(error: SellError, event: &Event, now: Timestamp) -> Self {
        match error {
            SellError::Book(error) => Self::of_booking(error, event, now),
            SellError::TooLittle { .. } => {
                Self::invalid_field("/payment/tendered", "field-too-little")
            }
            SellError::OtherTotal { total } => {
                let detail = "problem-other-total-detail";
                Self::new(409, "total-differs", "problem-other-total", detail).with("total", total)
            }
            SellError::Reference => {
                let text = Text::from("field-text").with("most", 100);
                Self::invalid_field("/payment/reference", text)
            }
        }
    }

    /// A reason is missing, too long, or holds what cannot be printed.
    pub fn of_reason(most: usize) -> Self {
        Self::invalid_field("/reason", Text::from("field-text").with("most", most))
    }

    pub(super) fn of_outcome(outcome: Outcome, event: &Event, now: Timestamp) -> Self {
        match outcome {
            Outcome::SoldOut(shortages) => Self::new(
                409,
                "sold-out",
                "problem-sold-out",
                describe(&shortages, event),
            )
            .with("tiers", tiers(&shortages, event)),
            Outcome::HeldByOthers {
                shortages,
                may_free_at: None,
            } => {
                let detail = "problem-held-being-taken";
                Self::new(409, "held-by-others", "problem-held", detail)
                    .with("tiers", tiers(&shortages, event))
                    .retry_after(1)
            }
            Outcome::HeldByOthers {
                shortages,
                may_free_at: Some(at),
            } => {
                let detail = "problem-held-unpaid";
                let seconds = (at - now).num_seconds().clamp(1, 3_600);
                Self::new(409, "held-by-others", "problem-held", detail)
                    .with("tiers", tiers(&shortages, event))
                    .with("may_free_at", at)
                    .retry_after(seconds as u32)
            }
            Outcome::SeatsTaken(seats) => {
                let seats: Vec<_> = seats
                    .iter()
                    .filter_map(|&(no, seat)| {
                        let tier = event.tier_no(no)?;
                        let rows = tier.rows.as_ref()?;
                        let position = rows.position(seat);
                        let row = rows.row_label(position.row);
                        Some(json!({"tier": tier.code, "row": row, "number": position.number}))
                    })
                    .collect();
                let detail = "problem-seats-taken-detail";
                Self::new(409, "seats-taken", "problem-seats-taken", detail).with("seats", seats)
            }
            Outcome::OverBuyerLimit { limit, left } => {
                let detail = Text::from("problem-over-buyer-limit-detail");
                let detail = detail.with("limit", limit).with("left", left);
                let title = "problem-over-buyer-limit";
                Self::new(422, "over-limit", title, detail)
                    .with("limit", limit)
                    .with("left", left)
            }
            Outcome::NotYetOnSale(on_sale_at) => {
                let detail = Text::from("problem-sale-opens").with("time", on_sale_at.to_rfc3339());
                Self::new(409, "not-on-sale", "problem-not-on-sale", detail)
                    .with("on_sale_at", on_sale_at)
            }
            Outcome::SaleOver => Self::not_on_sale("problem-sale-over"),
            Outcome::CalledOff => Self::called_off(),
            Outcome::TierClosed { tier, opens_at } => tier_closed(tier, opens_at, event),
            Outcome::CodeRefused(refusal) => Self::of_code(refusal),
            Outcome::KeyReused(_) => Self::key_reused(),
            Outcome::Overloaded => {
                let detail = "problem-many-orders-waiting";
                Self::new(503, "overloaded", "problem-busy", detail).retry_after(1)
            }
            Outcome::Failed(error) => error.into(),
            // Successes: booking::book has returned them before.
            Outcome::Booked(_) | Outcome::Committed(_) | Outcome::Replay(_) => {
                Self::defect(&"a booking that was made came back as an error")
            }
        }
    }

    /// The promo code cannot be used.
    fn of_code(refusal: CodeRefusal) -> Self {
        let (reason, detail) = match refusal {
            // It was priced anew as often as may be.
            CodeRefusal::Changed => {
                let detail = "problem-unavailable-detail";
                return Self::new(503, "unavailable", "problem-unavailable", detail).retry_after(1);
            }
            CodeRefusal::Withdrawn => ("withdrawn", Text::from("code-withdrawn")),
            CodeRefusal::NotYet(from) => {
                let detail = Text::from("code-not-yet").with("time", from.to_rfc3339());
                ("not-yet", detail)
            }
            CodeRefusal::Over => ("over", Text::from("code-over")),
            CodeRefusal::UsedUp => ("used-up", Text::from("code-used-up")),
            CodeRefusal::UsedUpByBuyer { limit } => {
                let detail = Text::from("code-used-up-by-buyer").with("limit", limit);
                ("used-up-by-buyer", detail)
            }
        };
        Self::code_refused(reason, detail)
    }

    /// The event has no such promo code.
    pub fn unknown_code() -> Self {
        Self::code_refused("unknown", "code-unknown".into())
    }

    fn code_refused(reason: &str, detail: Text) -> Self {
        let errors = vec![("/code".to_owned(), detail)];
        Self::with_errors("code-refused", "problem-code", errors).with("reason", reason)
    }

    fn not_on_sale(detail: impl Into<Text>) -> Self {
        Self::new(409, "not-on-sale", "problem-not-on-sale", detail)
    }

    pub(super) fn called_off() -> Self {
        let detail = "problem-called-off-detail";
        Self::new(409, "called-off", "problem-called-off", detail)
    }

    pub(super) fn key_reused() -> Self {
        let detail = "problem-key-reused-detail";
        Self::new(422, "idempotency-key-reused", "problem-key-reused", detail)
    }

    /// The booking is not pending: the problem follows from its status.
    pub(super) fn not_pending(status: booking::Status) -> Self {
        let (kind, detail) = match status {
            booking::Status::Expired => return Self::hold_expired(),
            booking::Status::Confirmed => ("already-paid", "problem-already-paid"),
            booking::Status::Cancelled => ("booking-cancelled", "problem-cancelled"),
            booking::Status::Failed | booking::Status::Pending => {
                ("booking-failed", "problem-failed")
            }
        };
        Self::new(409, kind, "problem-not-pending", detail).with("booking_status", status)
    }

    /// It failed for a cause that passes.
    fn unavailable(cause: &dyn std::error::Error) -> Self {
        log::warn!("answered 503: {cause}");
        let detail = "problem-unavailable-detail";
        Self::new(503, "unavailable", "problem-unavailable", detail).retry_after(2)
    }

    fn hold_expired() -> Self {
        let detail = "problem-hold-over-detail";
        Self::new(409, "hold-expired", "problem-hold-over", detail)
    }
}

fn tier_closed(tier: TierNo, opens_at: Option<Timestamp>, event: &Event) -> Error {
    let tier = event.tier_no(tier);
    let name = tier.map_or("?", |tier| tier.name.as_str());
    let detail = Text::from(match opens_at {
        Some(_) => "problem-tier-opens",
        None => "problem-tier-over",
    });
    let detail = detail.with("tier", name);
    let code = tier.map(|tier| &tier.code);
    match opens_at {
        Some(at) => {
            let error = Error::not_on_sale(detail.with("time", at.to_rfc3339()));
            error.with("on_sale_at", at)
        }
        None => Error::not_on_sale(detail),
    }
    .with("tier", code)
}

fn tiers(shortages: &[Shortage], event: &Event) -> Vec<Value> {
    let tier = |shortage: &Shortage| {
        let tier = event.tier_no(shortage.tier)?;
        let mut found =
            json!({"tier": tier.code, "asked": shortage.asked, "available": shortage.available});
        if shortage.asked_of_stock > shortage.asked {
            found["asked_of_stock"] = shortage.asked_of_stock.into();
        }
        Some(found)
    };
    shortages.iter().filter_map(tier).collect()
}

fn describe(shortages: &[Shortage], event: &Event) -> Text {
    let one = |shortage: &Shortage| {
        let name = event
            .tier_no(shortage.tier)
            .map_or("?", |tier| tier.name.as_str());
        match shortage.available {
            0 => Text::from("problem-tier-sold-out").with("tier", name),
            left if shortage.asked_of_stock > shortage.asked => Text::from("problem-stock-short")
                .with("tier", name)
                .with("left", left)
                .with("asked", shortage.asked_of_stock),
            left => Text::from("problem-tier-short")
                .with("tier", name)
                .with("left", left)
                .with("asked", shortage.asked),
        }
    };
    Text::Several(shortages.iter().map(one).collect())
}

impl From<EditError> for Error {
    fn from(error: EditError) -> Self {
        match error {
            EditError::NoEvent => Self::not_found("event"),
            EditError::NoTier => Self::not_found("tier"),
            EditError::NoHall => Self::not_found("hall"),
            EditError::NoCode => Self::not_found("promo code"),
            EditError::Invalid(wrong) => {
                let errors = wrong.into_iter().map(|it| (it.pointer, it.must.into()));
                Self::with_errors("invalid-request", "problem-invalid", errors.collect())
            }
            EditError::Stale { version } => {
                let detail = Text::from("problem-edited-detail").with("version", version);
                Self::new(409, "edited-meanwhile", "problem-edited", detail)
                    .with("version", version)
            }
            EditError::NoDraft => Self::new(
                409,
                "event-state",
                "problem-event-state",
                "problem-no-draft",
            ),
            EditError::Shared => {
                let detail = "problem-stock-shared";
                Self::new(409, "event-state", "problem-event-state", detail)
            }
            EditError::NotPublished => {
                let detail = "problem-not-published";
                Self::new(409, "event-state", "problem-event-state", detail)
            }
            EditError::Publishing => {
                let detail = "problem-being-published";
                Self::new(409, "event-state", "problem-event-state", detail)
            }
            EditError::NotFree { asked, free } => {
                let detail = Text::from("problem-not-free-detail");
                let detail = detail.with("asked", asked).with("free", free);
                Self::new(409, "tickets-not-free", "problem-not-free", detail)
                    .with("asked", asked)
                    .with("free", free)
            }
            EditError::Db(error) => error.into(),
        }
    }
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
            AuthError::NotOurs => Self::unauthenticated("problem-token-unknown"),
            AuthError::Expired(at) => {
                let detail = Text::from("problem-token-expired");
                Self::unauthenticated(detail.with("time", at.to_rfc3339()))
            }
            AuthError::Revoked => Self::unauthenticated("problem-token-revoked"),
            AuthError::Db(error) => error.into(),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unauthenticated => Self::unauthenticated("problem-token-missing"),
            Denied::NotFound => Self::not_found("booking"),
            Denied::Scope(scope) => {
                let scope = scope.as_str();
                let detail = Text::from("problem-scope-missing").with("scope", scope);
                Self::forbidden(detail).with("scope", scope)
            }
            Denied::BuyersActForThemselves => Self::forbidden("problem-for-themselves"),
            Denied::NobodyNamed => Self::invalid_field("/on_behalf_of", "field-on-behalf-of"),
            Denied::LinkCannotCancel => Self::forbidden("problem-link-cannot-cancel"),
            Denied::LinkCannotAnswer => Self::forbidden("problem-link-cannot-answer"),
        }
    }
}

impl From<BlockError> for Error {
    fn from(error: BlockError) -> Self {
        match error {
            BlockError::NotFound => Self::not_found("block"),
            BlockError::Refused(Refused::Invalid(errors)) => Self::invalid(&errors),
            BlockError::Refused(Refused::OverLimit { .. }) => {
                Self::defect(&"a block that gives tickets back was over a limit")
            }
            BlockError::Db(error) => error.into(),
        }
    }
}

impl From<ContactRefused> for Error {
    fn from(refused: ContactRefused) -> Self {
        Self::invalid_field(
            "/contact",
            match refused {
                ContactRefused::NotAsked => "field-contact-not-asked",
                ContactRefused::Missing => "field-contact-missing",
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
                let detail = "problem-paying-detail";
                Self::new(409, "payment-in-progress", "problem-paying", detail).retry_after(2)
            }
            PayError::KeyReused => Self::key_reused(),
            PayError::Contact(refused) => refused.into(),
            PayError::Answers(refused) => refused.into(),
            PayError::Free => Self::invalid_field("/card_number", "field-costs-nothing"),
            PayError::EventBegun => {
                let detail = "problem-too-late-detail";
                Self::new(409, "too-late-to-cancel", "problem-too-late", detail)
            }
            PayError::NotAsked => Self::new(
                409,
                "not-asked",
                "problem-not-asked",
                "problem-not-asked-detail",
            ),
            PayError::MovedAgain => {
                let detail = "problem-moved-again-detail";
                Self::new(409, "moved-again", "problem-moved-again", detail)
            }
            PayError::AnswerClosed => {
                let detail = "problem-answer-closed-detail";
                Self::new(409, "answer-closed", "problem-answer-closed", detail)
            }
            PayError::Admitted => {
                let detail = "problem-admitted-detail";
                Self::new(409, "already-admitted", "problem-admitted", detail)
            }
            PayError::Overloaded => {
                let detail = "problem-many-payments-waiting";
                Self::new(503, "overloaded", "problem-busy", detail).retry_after(2)
            }
            PayError::Db(error) => error.into(),
        }
    }
}

impl From<ExportError> for Error {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::TooMany => {
                let detail = "problem-many-exports";
                Self::new(503, "overloaded", "problem-busy", detail).retry_after(5)
            }
            ExportError::TooLong => Self::invalid_field("/file", "field-export-too-long"),
            ExportError::File(_) => Self::defect(&error),
            ExportError::Db(error) => error.into(),
        }
    }
}

impl From<WebhookError> for Error {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Notice(error) => error.into(),
            WebhookError::NotFound => Self::not_found("payment"),
            WebhookError::AmountDiffers => {
                let detail = "problem-amount-detail";
                Self::new(409, "webhook-amount", "problem-amount", detail)
            }
            WebhookError::Locked => Self::unavailable(&error),
            WebhookError::Db(error) => error.into(),
        }
    }
}

impl From<NoticeError> for Error {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::BadSignature => {
                let detail = "problem-unsigned-detail";
                Self::new(403, "webhook-signature", "problem-unsigned", detail)
            }
            NoticeError::Stale { tolerance_seconds } => {
                let detail = Text::from("problem-stale-detail").with("seconds", tolerance_seconds);
                Self::new(403, "webhook-timestamp", "problem-stale", detail)
            }
            NoticeError::Invalid(JsonError::NotJson(reason)) => Self::webhook_not_json(reason),
            NoticeError::Invalid(JsonError::Misfit { pointer, detail }) => {
                Self::misfit(&pointer, detail)
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
            assert!(!format!("{:?}", error.0).contains("bookings_total_check"));
        }
        let away = Error::from(postgres::Error::Unavailable("no route".into()));
        assert_eq!((away.0.status, away.0.kind), (503, "unavailable"));
        assert!(away.0.retry_after.is_some() && !format!("{:?}", away.0).contains("no route"));
    }
}
