//! The gateway: who really moves the money. Behind a trait, with a simulated one that knows the
//! test cards which integrators know.

pub mod card;
pub mod simulated;

use futures::future::BoxFuture;

use crate::types::{Money, PaymentId};
use card::Card;

/// The decline code of a payment that the gateway was never asked for.
pub const ABANDONED: &str = "abandoned";

/// What the gateway is asked to do.
#[derive(Debug, Clone)]
pub struct Charge {
    /// Asking again with the same id charges once.
    pub payment: PaymentId,
    /// How much.
    pub amount: Money,
    /// Whose money.
    pub card: Card,
}

/// What the gateway says of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The money is ours.
    Succeeded,
    /// It will not be; why, in the gateway's words.
    Declined {
        /// `card_declined`, `insufficient_funds`, `processing_error`.
        code: String,
    },
    /// It will say later, by webhook.
    Later,
}

impl Answer {
    /// A decline with this code.
    pub fn declined(code: &str) -> Self {
        Self::Declined {
            code: code.to_owned(),
        }
    }

    /// The type of the webhook that tells it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Succeeded => "payment.succeeded",
            Self::Declined { .. } => "payment.declined",
            Self::Later => "payment.processing",
        }
    }
}

/// The gateway could not be asked: what became of the request is unknown.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the payment gateway did not answer: {0}")]
pub struct GatewayError(pub String);

/// Moves money. Every method may be called again with the same payment and then does nothing more.
pub trait Gateway: Send + Sync + 'static {
    /// Charges a card.
    fn charge<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<Answer, GatewayError>>;

    /// What became of a charge; `None` if the gateway was never asked for it.
    fn status(&self, payment: PaymentId) -> BoxFuture<'_, Result<Option<Answer>, GatewayError>>;

    /// Makes sure that a payment which the gateway was never asked for is never charged, not even by a
    /// request that is still on its way. What holds from now on: declined, unless the gateway knew the
    /// payment after all.
    fn abandon(
        &self,
        payment: PaymentId,
        amount: Money,
    ) -> BoxFuture<'_, Result<Answer, GatewayError>>;

    /// Gives the whole amount back.
    fn refund(&self, payment: PaymentId) -> BoxFuture<'_, Result<(), GatewayError>>;
}
