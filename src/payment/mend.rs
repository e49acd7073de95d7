//! Mends what is different between a provider's books and ours, as far as that is safe.
//!
//! What must hold: what is recorded goes the way that any answer goes (`record`), or is cancelled at the provider.

use super::books::Books;
use super::difference::Kind;
use super::figures::Call;
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
                Kind::Open => self.cancel(difference).await,
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
