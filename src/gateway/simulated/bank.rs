//! The buyer's bank, as the simulated gateway has it: it asks its customer whether the charge is theirs (3-D Secure), on a page
//! of this server.
//!
//! What must hold: only who has the secret, which is in the page's address, can answer; the first answer stays.

use uuid::Uuid;

use super::{SimulatedGateway, charges};
use crate::gateway::State;
use crate::postgres::Error;
use crate::types::{Money, PaymentId};

/// What the bank needs to ask.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) secret: Option<Uuid>,
    pub(super) return_url: Option<String>,
}

impl Asked {
    /// A secret, if there is something to ask.
    pub(super) fn of(state: &State, return_url: Option<&str>) -> Self {
        match state {
            State::RequiresAction(_) => Self {
                secret: Some(Uuid::new_v4()),
                return_url: return_url.map(str::to_owned),
            },
            _ => Self::default(),
        }
    }
}

/// What the bank asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is to be charged.
    pub amount: Money,
    /// Whether it was not answered yet, nor cancelled.
    pub is_open: bool,
    /// Where its customer goes then.
    pub return_url: Option<String>,
}

/// The path of the bank's page on this server.
pub(super) fn path_with(payment: PaymentId, secret: Uuid) -> String {
    format!("/test-bank/{payment}?secret={secret}")
}

impl SimulatedGateway {
    /// What the bank asks about a payment; `None` without its secret.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn question(
        &self,
        payment: PaymentId,
        secret: Uuid,
    ) -> Result<Option<Question>, Error> {
        charges::find_asked(&self.db, payment, secret).await
    }

    /// The bank's customer answers; a second answer changes nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn answer(
        &self,
        payment: PaymentId,
        secret: Uuid,
        agrees: bool,
    ) -> Result<(), Error> {
        charges::answer(&self.db, payment, secret, agrees).await
    }
}
