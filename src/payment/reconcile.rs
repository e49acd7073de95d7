//! Compares a provider's list of intents with our payments, both ways, and has mended what is safe to mend.
//!
//! What must hold: nothing is changed before all was compared; what is different by the list is asked for again, ours read
//! first, before it is told. What is different, and what of it can be mended, is decided by `difference`; `mend` does it.

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;

use super::books::Books;
use super::difference::{Kind, Theirs, is_under_way, judge};
use super::ledger::{self, Entry};
use super::reconciled::{Difference, LISTED_MAX, Outcome, ReconcileError, Reconciled};
use super::{PaymentRef, Payments, Status, wait_for_gateway};
use crate::gateway::{GatewayError, Intent, List, Listed, Provider, Reference, State};
use crate::types::{PaymentId, Timestamp};

/// Differences that are told at most.
const DIFFERENCES_MAX: usize = 10_000;
/// Payments that are read at once.
const PART: i64 = 500;
/// How long the provider may take for a part of its list.
const LIST_LIMIT: Duration = Duration::from_secs(30);
/// By so much the clock of a machine that makes ids may be behind the database's.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::days(1);

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
            books: Books {
                settler,
                gateway: gateway.as_ref(),
            },
            seen: HashMap::new(),
            found: Reconciled::default(),
        };
        comparison.compare_theirs(since).await?;
        comparison.compare_ours(since).await?;
        let Comparison {
            books, mut found, ..
        } = comparison;
        if mends {
            books.mend(&mut found.differences).await?;
        }
        Ok(found)
    }
}

struct Comparison<'a> {
    books: Books<'a>,
    /// The payments in the provider's list, and whether each is charged there.
    seen: HashMap<PaymentId, bool>,
    found: Reconciled,
}

impl Comparison<'_> {
    /// All that the provider lists.
    async fn compare_theirs(&mut self, since: Timestamp) -> Result<(), ReconcileError> {
        let mut after = None;
        loop {
            let read_at = self.books.settler.db.now();
            let part = self.books.gateway.list(since, after.as_ref());
            let part = wait_for_gateway(LIST_LIMIT, part).await;
            let List { intents, next } = part.map_err(|error| self.listing(error))?;
            self.found.listed += intents.len();
            if self.found.listed > LISTED_MAX {
                return Err(ReconcileError::TooMany);
            }
            let ours = self.books.ours_of(&intents).await?;
            for (listed, ours) in intents.into_iter().zip(ours) {
                self.compare_listed(listed, ours, read_at).await?;
            }
            after = match next {
                Some(next) if after.as_ref() != Some(&next) => Some(next),
                _ => return Ok(()),
            };
        }
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
            true => self.books.ours(id).await?,
            false => None,
        };
        let intent = Intent {
            payment: id,
            reference: Some(named(ours.as_ref(), &listed)),
            amount: listed.amount,
        };
        let answer = self.books.theirs(&intent).await;
        let Some(answer) = answer.map_err(|error| self.listing(error))? else {
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
        let Books { settler, gateway } = self.books;
        // Ids have the time at which they were made: what is older is not read.
        let mut after = PaymentId::before(since - CLOCKS_DIFFER);
        loop {
            let provider = gateway.provider();
            let part = ledger::made_since(&settler.db, provider, since, after, PART).await?;
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
        if is_under_way(payment, self.books.settler.db.now()) {
            self.found.under_way += 1;
            return Ok(());
        }
        let answer = self.books.theirs(&payment.intent()).await;
        let answer = answer.map_err(|error| self.listing(error))?;
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
