//! What has come of a comparison with a provider's books: what is different, and what became of it.

use super::difference::Kind;
use super::{PaymentRef, Status};
use crate::gateway::{GatewayError, Intent, Reference, State};
use crate::postgres::Error;
use crate::types::{BookingId, Money, PaymentId};

/// Intents that are compared at most: so many ids are kept.
pub(super) const LISTED_MAX: usize = 1_000_000;

/// What has come of a comparison.
#[derive(Debug, Default)]
pub struct Reconciled {
    /// Intents in the provider's list.
    pub listed: usize,
    /// Those of them that other programs have made.
    pub foreign: usize,
    /// Payments that were not judged, because they have just changed.
    pub under_way: usize,
    /// What is different.
    pub differences: Vec<Difference>,
    /// Whether there are more differences than are told.
    pub is_cut: bool,
}

impl Reconciled {
    /// Differences that are not mended.
    pub fn left(&self) -> usize {
        let mended = [Outcome::Settled, Outcome::Cancelled];
        let differences = self.differences.iter();
        differences
            .filter(|difference| !mended.contains(&difference.outcome))
            .count()
    }
}

/// What is different of one charge.
#[derive(Debug, Clone)]
pub struct Difference {
    /// What.
    pub kind: Kind,
    /// Our id: it need not be a payment's that is here.
    pub payment: PaymentId,
    /// Which booking it is of, if the payment is here.
    pub booking: Option<BookingId>,
    /// The provider's name.
    pub reference: Option<Reference>,
    /// How much, in our books if the payment is here.
    pub amount: Money,
    /// As it is here.
    pub ours: Option<Status>,
    /// As the provider has it; `None` if it does not know it.
    pub theirs: Option<State>,
    /// What became of it.
    pub outcome: Outcome,
    pub(super) of: Option<PaymentRef>,
}

impl Difference {
    pub(super) fn intent(&self) -> Intent {
        Intent {
            payment: self.payment,
            reference: self.reference.clone(),
            amount: self.amount,
        }
    }
}

/// What became of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is as it was.
    Left,
    /// It is recorded as the provider has decided it; what follows from that is made, or due.
    Settled,
    /// It is cancelled at the provider.
    Cancelled,
    /// It could not be mended, and why.
    Failed(String),
}

/// Why the books were not compared, or not mended to the end.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The provider stopped answering.
    #[error("{error}; {listed} of its intents were compared before, and nothing was changed")]
    Listing {
        /// How many intents it had told.
        listed: usize,
        /// What is known.
        error: GatewayError,
    },
    /// The provider stopped answering while differences were mended, each of them by itself.
    #[error("{error}; {mended} differences were mended before: run it again for the others")]
    Mending {
        /// How many were mended.
        mended: usize,
        /// What is known.
        error: GatewayError,
    },
    /// There are too many intents.
    #[error("the provider lists more than {LISTED_MAX} intents: choose a later time")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}
