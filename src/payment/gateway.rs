//! The gateway: who really moves the money. Behind a trait, with a simulated one that knows the
//! test cards which integrators know.

use futures::future::BoxFuture;

use super::card::Card;
use crate::types::{Money, PaymentId};

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

/// The gateway could not be asked: what became of the request is unknown.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the payment gateway did not answer: {0}")]
pub struct GatewayError(pub String);

/// Moves money. Every method may be called again with the same payment and then does nothing more.
pub trait Gateway: Send + Sync + 'static {
    /// Charges a card.
    fn charge<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<Answer, GatewayError>>;
    /// Gives the whole amount back.
    fn refund(&self, payment: PaymentId) -> BoxFuture<'_, Result<(), GatewayError>>;
}

/// Answers by the card's number and moves nothing.
#[derive(Debug, Default)]
pub struct SimulatedGateway {}

impl Gateway for SimulatedGateway {
    fn charge<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        let declined = |code: &str| Answer::Declined {
            code: code.to_owned(),
        };
        let answer = match charge.card.number() {
            "4000000000000002" => declined("card_declined"),
            "4000000000009995" => declined("insufficient_funds"),
            "4000000000000119" => declined("processing_error"),
            _ => Answer::Succeeded,
        };
        Box::pin(async { Ok(answer) })
    }

    fn refund(&self, _payment: PaymentId) -> BoxFuture<'_, Result<(), GatewayError>> {
        Box::pin(async { Ok(()) })
    }
}
