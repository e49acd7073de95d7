//! The buyer's bank, as the simulated gateway has it: it asks its customer whether the charge is theirs (3-D Secure), on a page
//! of this server.
//!
//! What must hold: only who has the secret, which is in the page's address, can answer; the first answer stays.

use uuid::Uuid;

use crate::gateway::State;
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
