//! Mends what is different between a provider's books and ours, as far as that is safe.
//!
//! What must hold: what is recorded goes the way that any answer goes (`record`); nothing is cancelled by what was read before:
//! a buyer may have paid since.

use super::books::Books;
use super::difference::{Kind, Theirs, judge};
use super::figures::Call;
use super::ledger::Entry;
use super::reconciled::{Difference, Outcome, ReconcileError};
use super::record::{NotRecorded, Source};
use super::{GATEWAY_LIMIT, wait_for_gateway};
use crate::gateway::{Answer, GatewayError, State};
use crate::postgres::Error;

/// Why a difference was not mended.
enum NotMended {
    Gateway(GatewayError),
    Db(Error),
}

impl From<GatewayError> for NotMended {
    fn from(error: GatewayError) -> Self {
        Self::Gateway(error)
    }
}

impl From<Error> for NotMended {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

impl Books<'_> {
    /// Mends what can be, one by one.
    pub(super) async fn mend(&self, differences: &mut [Difference]) -> Result<(), ReconcileError> {
        let mut mended = 0;
        for difference in differences {
            let outcome = match difference.kind {
                Kind::Unrecorded => self.settle(difference).await,
                Kind::Open => self.close(difference).await,
                _ => continue,
            };
            let outcome = match outcome {
                Ok(outcome) => outcome,
                Err(NotMended::Db(error)) => return Err(error.into()),
                Err(NotMended::Gateway(GatewayError::Refused(why))) => Outcome::Failed(why),
                Err(NotMended::Gateway(error)) => {
                    return Err(ReconcileError::Mending { mended, error });
                }
            };
            mended += usize::from(!matches!(outcome, Outcome::Failed(_)));
            difference.outcome = outcome;
        }
        Ok(())
    }

    async fn settle(&self, difference: &Difference) -> Result<Outcome, NotMended> {
        match self.theirs(&difference.intent()).await? {
            Some(answer) => self.record(difference, answer).await,
            None => Ok(not_known()),
        }
    }

    async fn record(&self, difference: &Difference, answer: Answer) -> Result<Outcome, NotMended> {
        let Some(of) = difference.of else {
            let what = answer.state.as_str();
            return Ok(Outcome::Failed(format!("it is {what} at the provider")));
        };
        let (booking, id) = (of.booking, of.payment);
        log::warn!(booking:% = booking, payment:% = id; "reconciliation: the gateway says {:?}", answer.state);
        match self.settler.settle(of, Source::asked(answer)).await {
            Ok(()) => Ok(Outcome::Settled),
            Err(NotRecorded::Db(error)) => Err(NotMended::Db(error)),
            Err(error) => Ok(Outcome::Failed(error.to_string())),
        }
    }

    /// Cancels what is still open and not to be paid. The buyer may have paid since it was compared, so both books are read
    /// again, ours first.
    async fn close(&self, difference: &Difference) -> Result<Outcome, NotMended> {
        let ours: Option<Entry> = match difference.of {
            Some(of) => self.ours(of.payment).await?,
            None => None,
        };
        let Some(answer) = self.theirs(&difference.intent()).await? else {
            return Ok(not_known());
        };
        let theirs = Theirs {
            state: answer.state.clone(),
            amount: answer.amount,
            refunded_minor: None,
        };
        match judge(ours.as_ref().map(|entry| &entry.payment), &theirs) {
            Some(Kind::Open) => self.cancel(difference).await,
            Some(Kind::Unrecorded) => self.record(difference, answer).await,
            // It was recorded since.
            None => Ok(Outcome::Settled),
            Some(kind) => {
                let kind = kind.as_str();
                Ok(Outcome::Failed(format!("it has changed since: {kind}")))
            }
        }
    }

    async fn cancel(&self, difference: &Difference) -> Result<Outcome, NotMended> {
        let intent = difference.intent();
        let cancelled = wait_for_gateway(GATEWAY_LIMIT, self.gateway.cancel(&intent));
        let answer = self.settler.figures.time(Call::Cancel, cancelled).await?;
        match answer.state {
            State::Cancelled => Ok(Outcome::Cancelled),
            // It was charged meanwhile.
            State::Succeeded => self.record(difference, answer).await,
            state => Ok(Outcome::Failed(format!("it stays {}", state.as_str()))),
        }
    }
}

fn not_known() -> Outcome {
    Outcome::Failed("the provider does not know it".into())
}
