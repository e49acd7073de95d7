//! Compares a provider's list of intents with our payments, both ways, and mends what is safe to mend.
//!
//! What must hold: nothing is changed before all was compared; what is different by the list is asked for again, ours read
//! first, before it is told; what is mended goes the way that any answer goes (`record`), or is cancelled at the provider.
//! What is different, and what of it can be mended, is decided by `difference`.

use std::collections::HashMap;
use std::time::Duration;

use uuid::Uuid;

use super::difference::{Theirs, is_under_way, judge};
use super::figures::Call;
use super::ledger::Entry;
use super::record::{NotRecorded, Source};
use super::settle::Settler;
use super::{
    GATEWAY_LIMIT, Payment, PaymentRef, Payments, Status, ledger, refunds, wait_for_gateway,
};
use crate::gateway::{
    Answer, Gateway, GatewayError, Intent, List, Listed, Provider, Reference, State,
};
use crate::postgres::Error;
use crate::types::{BookingId, Money, PaymentId, Timestamp};

pub use super::difference::Kind;

/// Intents that are compared at most: so many ids are kept.
const LISTED_MAX: usize = 1_000_000;
/// Differences that are told at most.
const DIFFERENCES_MAX: usize = 10_000;
/// Payments that are read at once.
const PART: i64 = 500;
/// How long the provider may take for a part of its list.
const LIST_LIMIT: Duration = Duration::from_secs(30);

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
    of: Option<PaymentRef>,
}

impl Difference {
    fn intent(&self) -> Intent {
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

impl Payments {
    /// Compares what a provider has charged since then with our payments. `mends`: records what it has decided and is not
    /// recorded, and cancels there what is open and not to be paid any more.
    ///
    /// # Errors
    /// [`ReconcileError`].
    pub async fn reconcile(
        &self,
        provider: Provider,
        since: Timestamp,
        mends: bool,
    ) -> Result<Reconciled, ReconcileError> {
        let settler = self.settler();
        let gateway = settler.gateways.of(provider);
        let gateway = gateway.map_err(|error| ReconcileError::Listing { listed: 0, error })?;
        settler.db.read_clock().await?;
        let mut comparison = Comparison {
            settler,
            gateway: gateway.as_ref(),
            seen: HashMap::new(),
            found: Reconciled::default(),
        };
        comparison.compare_theirs(since).await?;
        comparison.compare_ours(since).await?;
        if mends {
            comparison.mend().await?;
        }
        Ok(comparison.found)
    }
}

struct Comparison<'a> {
    settler: &'a Settler,
    gateway: &'a dyn Gateway,
    /// The payments in the provider's list, and whether each is charged there.
    seen: HashMap<PaymentId, bool>,
    found: Reconciled,
}

impl Comparison<'_> {
    /// All that the provider lists.
    async fn compare_theirs(&mut self, since: Timestamp) -> Result<(), ReconcileError> {
        let mut after = None;
        loop {
            let read_at = self.settler.db.now();
            let part = wait_for_gateway(LIST_LIMIT, self.gateway.list(since, after.as_ref())).await;
            let List { intents, next } = part.map_err(|error| self.listing(error))?;
            self.found.listed += intents.len();
            if self.found.listed > LISTED_MAX {
                return Err(ReconcileError::TooMany);
            }
            let ours = self.read_ours(&intents).await?;
            for (listed, ours) in intents.into_iter().zip(ours) {
                self.compare_listed(listed, ours, read_at).await?;
            }
            after = match next {
                Some(next) if after.as_ref() != Some(&next) => Some(next),
                _ => return Ok(()),
            };
        }
    }

    /// The payment that each of them is of, if it is here.
    async fn read_ours(&self, intents: &[Listed]) -> Result<Vec<Option<Entry>>, Error> {
        let (db, provider) = (&self.settler.db, self.gateway.provider());
        let ids: Vec<PaymentId> = intents.iter().filter_map(|listed| listed.payment).collect();
        let entries = ledger::get_by_ids(db, &ids).await?;
        let entries: HashMap<PaymentId, Entry> = entries
            .into_iter()
            .map(|entry| (entry.payment.id, entry))
            .collect();
        let mut ours = Vec::with_capacity(intents.len());
        for listed in intents {
            let known = listed.payment.and_then(|id| entries.get(&id).cloned());
            let entry = match known {
                Some(entry) => Some(entry),
                None => ledger::get_by_reference(db, provider, &listed.reference).await?,
            };
            ours.push(entry.filter(|entry| entry.payment.provider == provider));
        }
        let events: Vec<_> = ours.iter().flatten().map(|entry| entry.event).collect();
        let bookings: Vec<_> = ours
            .iter()
            .flatten()
            .map(|entry| entry.payment.booking)
            .collect();
        let refunds = refunds::of_bookings(db, &events, &bookings).await?;
        for Entry { payment, .. } in ours.iter_mut().flatten() {
            let its = refunds.iter().filter(|refund| refund.payment == payment.id);
            payment.refunds = its.copied().collect();
        }
        Ok(ours)
    }

    async fn compare_listed(
        &mut self,
        listed: Listed,
        ours: Option<Entry>,
        read_at: Timestamp,
    ) -> Result<(), ReconcileError> {
        let id = ours.as_ref().map(|entry| entry.payment.id);
        let Some(id) = id.or(listed.payment) else {
            self.found.foreign += 1;
            return Ok(());
        };
        let is_charged = matches!(listed.state, State::Succeeded | State::Authorised);
        let was_charged = self.seen.insert(id, is_charged).unwrap_or(false);
        if is_charged && was_charged {
            self.tell(Kind::Twice, id, &listed, ours.as_ref());
        }
        let payment = ours.as_ref().map(|entry| &entry.payment);
        if payment.is_some_and(|payment| is_under_way(payment, read_at)) {
            self.found.under_way += 1;
            return Ok(());
        }
        let theirs = Theirs {
            state: listed.state.clone(),
            amount: Some(listed.amount),
            refunded_minor: Some(listed.refunded_minor),
        };
        if judge(payment, &theirs).is_some() {
            self.ask_again(id, listed, ours.is_some()).await?;
        }
        Ok(())
    }

    /// The list may be older than what was read here: ours is read first now.
    async fn ask_again(
        &mut self,
        id: PaymentId,
        listed: Listed,
        is_here: bool,
    ) -> Result<(), ReconcileError> {
        let ours = match is_here {
            true => self.read_one(id).await?,
            false => None,
        };
        let intent = Intent {
            payment: id,
            reference: Some(named(ours.as_ref(), &listed)),
            amount: listed.amount,
        };
        let Some(answer) = self.fetch(&intent).await? else {
            return Ok(());
        };
        let theirs = Theirs {
            amount: answer.amount.or(Some(listed.amount)),
            state: answer.state.clone(),
            refunded_minor: Some(listed.refunded_minor),
        };
        if let Some(kind) = judge(ours.as_ref().map(|entry| &entry.payment), &theirs) {
            let now = Listed {
                state: answer.state,
                ..listed
            };
            self.tell(kind, id, &now, ours.as_ref());
        }
        Ok(())
    }

    /// Those of our payments that it has not listed.
    async fn compare_ours(&mut self, since: Timestamp) -> Result<(), ReconcileError> {
        let (db, provider) = (self.settler.db.clone(), self.gateway.provider());
        let mut after = PaymentId(Uuid::nil());
        loop {
            let part = ledger::made_since(&db, provider, since, after, PART).await?;
            let Some(last) = part.last() else {
                return Ok(());
            };
            after = last.payment.id;
            for entry in part {
                if !self.seen.contains_key(&entry.payment.id) {
                    self.compare_unlisted(entry).await?;
                }
            }
        }
    }

    async fn compare_unlisted(&mut self, entry: Entry) -> Result<(), ReconcileError> {
        let payment = &entry.payment;
        if is_under_way(payment, self.settler.db.now()) {
            self.found.under_way += 1;
            return Ok(());
        }
        let answer = self.fetch(&payment.intent()).await?;
        let kind = match &answer {
            // What was never received is completed by recovery.
            None => (payment.status != Status::Processing).then_some(Kind::Missing),
            Some(answer) => {
                let theirs = Theirs {
                    state: answer.state.clone(),
                    amount: answer.amount,
                    refunded_minor: None,
                };
                judge(Some(payment), &theirs)
            }
        };
        if let Some(kind) = kind {
            self.push(Difference {
                kind,
                payment: payment.id,
                booking: Some(payment.booking),
                reference: payment.reference.clone(),
                amount: payment.amount,
                ours: Some(payment.status),
                theirs: answer.map(|answer| answer.state),
                outcome: Outcome::Left,
                of: Some(of(&entry)),
            });
        }
        Ok(())
    }

    async fn read_one(&self, id: PaymentId) -> Result<Option<Entry>, Error> {
        let db = &self.settler.db;
        let Some(mut entry) = ledger::get_by_id(db, id).await? else {
            return Ok(None);
        };
        let payment: &mut Payment = &mut entry.payment;
        let its = refunds::of_bookings(db, &[entry.event], &[payment.booking]).await?;
        payment.refunds = its.into_iter().filter(|it| it.payment == id).collect();
        Ok(Some(entry))
    }

    async fn fetch(&self, intent: &Intent) -> Result<Option<Answer>, ReconcileError> {
        let fetched = wait_for_gateway(GATEWAY_LIMIT, self.gateway.fetch(intent));
        let fetched = self.settler.figures.time(Call::Fetch, fetched).await;
        fetched.map_err(|error| self.listing(error))
    }

    fn listing(&self, error: GatewayError) -> ReconcileError {
        let listed = self.found.listed;
        ReconcileError::Listing { listed, error }
    }

    fn tell(&mut self, kind: Kind, id: PaymentId, listed: &Listed, ours: Option<&Entry>) {
        self.push(Difference {
            kind,
            payment: id,
            booking: ours.map(|entry| entry.payment.booking),
            reference: Some(named(ours, listed)),
            amount: ours.map_or(listed.amount, |entry| entry.payment.amount),
            ours: ours.map(|entry| entry.payment.status),
            theirs: Some(listed.state.clone()),
            outcome: Outcome::Left,
            of: ours.map(of),
        });
    }

    fn push(&mut self, difference: Difference) {
        if self.found.differences.len() < DIFFERENCES_MAX {
            self.found.differences.push(difference);
        } else {
            self.found.is_cut = true;
        }
    }

    /// Mends what can be, one by one.
    async fn mend(&mut self) -> Result<(), ReconcileError> {
        let mut mended = 0;
        for at in 0..self.found.differences.len() {
            let difference = self.found.differences[at].clone();
            let outcome = match difference.kind {
                Kind::Unrecorded => self.settle(&difference).await,
                Kind::Open => self.cancel(&difference).await,
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
            self.found.differences[at].outcome = outcome;
        }
        Ok(())
    }

    async fn settle(&self, difference: &Difference) -> Result<Outcome, NotMended> {
        let intent = difference.intent();
        let fetched = wait_for_gateway(GATEWAY_LIMIT, self.gateway.fetch(&intent));
        let fetched = self.settler.figures.time(Call::Fetch, fetched).await?;
        match fetched {
            Some(answer) => self.record(difference, answer).await,
            None => Ok(Outcome::Failed("the provider does not know it".into())),
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

/// What the provider calls it: by the name that is known here, which may be that of the page that it was paid on.
fn named(ours: Option<&Entry>, listed: &Listed) -> Reference {
    let ours = ours.and_then(|entry| entry.payment.reference.clone());
    ours.unwrap_or_else(|| listed.reference.clone())
}

fn of(entry: &Entry) -> PaymentRef {
    PaymentRef {
        event: entry.event,
        booking: entry.payment.booking,
        payment: entry.payment.id,
    }
}
