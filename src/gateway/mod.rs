//! The payment gateway: the service outside boxoffice that moves the money, behind a trait.
//!
//! One folder per provider. A provider parses its own webhooks, keeps its own keys and tables, and does its own
//! background work; no code outside its folder depends on how. `simulated` is the only one: it has test cards
//! and moves no money. `app` chooses the provider; a process has one. What must hold: charge and abandon are idempotent by the
//! payment's id, refund by the refund's. Bookings,
//! payments beyond their ids, and HTTP handlers are not known here.

pub mod card;
pub mod intent;
pub mod provider;
pub mod simulated;
pub mod stripe;

use std::time::Duration;

use futures::future::BoxFuture;
use uuid::Uuid;

use self::card::Card;
use crate::types::json::JsonError;
use crate::types::{Money, PaymentId, RefundId};

/// The decline code of a payment that never reached the gateway.
pub const ABANDONED: &str = "abandoned";

/// A request to charge a card.
#[derive(Debug, Clone)]
pub struct Charge {
    /// The gateway's idempotency key: sent twice, it charges once.
    pub payment: PaymentId,
    /// How much.
    pub amount: Money,
    /// Which card.
    pub card: Card,
}

/// A request to give money of a charge back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refund {
    /// The gateway's idempotency key: sent twice, it refunds once.
    pub id: RefundId,
    /// Of which charge.
    pub payment: PaymentId,
    /// How much.
    pub amount: Money,
}

/// The state of a refund, as the gateway reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refunded {
    /// The money is on its way to the card.
    Succeeded,
    /// Not decided yet: the gateway says more when it is asked again.
    Pending,
    /// The gateway cannot give it back by this card.
    Failed {
        /// The gateway's reason.
        code: String,
    },
}

/// The state of a charge, as the gateway reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The card was charged.
    Succeeded,
    /// The card was not charged, and will not be.
    Declined {
        /// The gateway's reason: `card_declined`, `insufficient_funds`, `processing_error`.
        code: String,
    },
    /// Not decided yet; the gateway reports the outcome by webhook.
    Later,
}

impl Answer {
    /// A decline with this code.
    pub fn declined(code: &str) -> Self {
        Self::Declined {
            code: code.to_owned(),
        }
    }

    /// The kind of webhook that reports it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Succeeded => "payment.succeeded",
            Self::Declined { .. } => "payment.declined",
            Self::Later => "payment.processing",
        }
    }
}

/// The verified content of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The gateway's id for this delivery; a redelivery has the same id.
    pub id: Uuid,
    /// Which payment.
    pub payment: PaymentId,
    /// How much, in the gateway's books.
    pub amount: Money,
    /// The state of the charge.
    pub answer: Answer,
}

/// Why a webhook was refused before its content was processed.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// It is not signed with the gateway's key.
    #[error("the signature is missing or wrong")]
    BadSignature,
    /// It was signed too long ago, or in the future.
    #[error("the signature's time is more than {tolerance_seconds} seconds from now")]
    Stale {
        /// How far the time may be from now.
        tolerance_seconds: i64,
    },
    /// Signed, but not a webhook that this gateway sends.
    #[error(transparent)]
    Invalid(#[from] JsonError),
    /// The signature could not be checked now.
    #[error(transparent)]
    Unavailable(#[from] GatewayError),
}

/// The gateway could not be reached: whether the request had an effect is unknown.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the payment gateway did not answer: {0}")]
pub struct GatewayError(pub String);

/// Moves money. `charge` and `abandon` have an effect once for a payment, `refund` once for a refund.
pub trait Gateway: Send + Sync + 'static {
    /// Charges a card.
    fn charge<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<Answer, GatewayError>>;

    /// The state of a charge; `None` if the gateway has never received it.
    fn status(&self, payment: PaymentId) -> BoxFuture<'_, Result<Option<Answer>, GatewayError>>;

    /// Makes sure that a payment which the gateway has never received will never be charged, not even by a
    /// request that is still in transit. Returns the state that holds from now on: declined with
    /// [`ABANDONED`], unless the gateway has received the charge after all.
    fn abandon(
        &self,
        payment: PaymentId,
        amount: Money,
    ) -> BoxFuture<'_, Result<Answer, GatewayError>>;

    /// Gives money of a charge back. Several refunds of one charge are refunds of their own; together they are never more
    /// than the charge. Asked again with the same id, it refunds nothing more and says how the refund is now, however
    /// long ago the first request was.
    fn refund<'a>(&'a self, refund: &'a Refund) -> BoxFuture<'a, Result<Refunded, GatewayError>>;

    /// Whether it moves no money: then pages say that it is a test, and offer test cards.
    fn is_test(&self) -> bool;

    /// The name of the HTTP header with the signature of the gateway's webhooks.
    fn signature_header(&self) -> &'static str;

    /// Verifies a webhook and reads it. `signature` is the value of [`Gateway::signature_header`].
    fn read_webhook<'a>(
        &'a self,
        signature: Option<&'a str>,
        body: &'a [u8],
    ) -> BoxFuture<'a, Result<Notice, NoticeError>>;

    /// Starts the gateway's own background work that is due now; called at intervals by every process.
    /// `webhook_url` is where this server receives webhooks. Returns how many pieces of work were started.
    fn run_due_work<'a>(
        &'a self,
        webhook_url: &'a str,
    ) -> BoxFuture<'a, Result<usize, GatewayError>>;

    /// Deletes what the gateway keeps here of work that it finished longer ago than this, and does not need.
    /// Its books stay. How many rows.
    fn forget(&self, older_than: Duration) -> BoxFuture<'_, Result<usize, GatewayError>>;
}
