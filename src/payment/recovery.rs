//! Recovery: completes charges whose outcome is not recorded, and captures and refunds that are due, after a process died, the
//! provider did not answer, the buyer did not come back, or a webhook was lost.
//!
//! Runs in every process. What must hold: each payment is leased before the provider is called; retries never
//! stop; a charge that the provider has never received, or that its buyer has not completed in time, is cancelled, not made,
//! and that at once when the time is over: the hold ends soon after it; charges that the provider does not
//! answer keep no refund waiting. What an answer does to the booking is decided by `record`.

use tokio_postgres::Row;

use super::figures::Call;
use super::ledger::read_amount;
use super::record::Source;
use super::settle::Settler;
use super::{GATEWAY_LIMIT, LEASE, Payment, PaymentRef, RefundRef, ledger, wait_for_gateway};
use crate::gateway::{Answer, GatewayError, State};
use crate::postgres::Error;
use crate::postgres::lease::{Attempt, Table, Work};
use crate::types::EventNo;

/// Completes charges whose outcome is not recorded.
pub(super) struct Charges(pub(super) Settler);

/// Makes captures and refunds that are due.
pub(super) struct Refunds(pub(super) Settler);

/// A payment to complete.
pub(super) struct Unfinished {
    of: PaymentRef,
    refund_due: bool,
}

impl Unfinished {
    fn read(event: EventNo, row: &Row) -> Self {
        Self {
            of: PaymentRef {
                event,
                booking: row.get("booking_id"),
                payment: row.get("id"),
            },
            refund_due: row.get("refund_due"),
        }
    }
}

/// The payments with this status; both kinds of work have attempts of their own, so neither waits for the
/// other.
const fn unfinished(only: &'static str) -> Table {
    Table {
        name: "payments",
        only,
        event: "event_id",
        due_at: "recover_at",
        attempts: "recover_attempts",
        columns: "booking_id, refund_requested_at IS NOT NULL AS refund_due",
        attempts_max: None,
        lease: LEASE,
    }
}

impl Work for Charges {
    type Item = Unfinished;

    const TABLE: Table = unfinished("status = 'processing'");

    fn read(event: EventNo, row: &Row) -> Unfinished {
        Unfinished::read(event, row)
    }

    async fn attempt(&self, unfinished: Unfinished) -> Result<Attempt, Error> {
        let (id, booking) = (unfinished.of.payment, unfinished.of.booking);
        let Some(payment) = ledger::get(&self.0.db, unfinished.of.event, id).await? else {
            return Ok(Attempt::Unsettled);
        };
        let answer = match self.outcome(unfinished.of, &payment).await {
            Ok(Some(answer)) => answer,
            Ok(None) => return Ok(again(&payment)),
            Err(error) => {
                log::warn!(booking:% = booking, payment:% = id; "{error}; it will be asked again");
                return Ok(again(&payment));
            }
        };
        log::info!(booking:% = booking, payment:% = id; "recovery: the gateway says {:?}", answer.state);
        match self.0.settle(unfinished.of, Source::asked(answer)).await {
            Ok(()) => Ok(Attempt::Settled),
            Err(error) => {
                log::warn!(booking:% = booking, payment:% = id; "{error}; it will be recorded later");
                Ok(again(&payment))
            }
        }
    }
}

/// Why there is no outcome.
#[derive(Debug, thiserror::Error)]
enum NoOutcome {
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error(transparent)]
    Db(#[from] Error),
}

impl Charges {
    /// The outcome of a charge; `None` if nothing is decided. One that the provider has never received is cancelled, not made
    /// now: the buyer may be gone. So is one that was never confirmed, and what the buyer did not do in time. What is being
    /// cancelled was written down as that, and stays so until it is, or was charged before.
    async fn outcome(
        &self,
        of: PaymentRef,
        payment: &Payment,
    ) -> Result<Option<Answer>, NoOutcome> {
        let (gateway, intent) = (self.0.gateways.of(payment.provider)?, payment.intent());
        let is_named = intent.reference.is_some() || gateway.knows_our_ids();
        if is_named {
            let fetched = wait_for_gateway(GATEWAY_LIMIT, gateway.fetch(&intent));
            let fetched = self.0.figures.time(Call::Fetch, fetched).await?;
            match fetched.map(|answer| (is_open(&answer, payment), answer)) {
                Some((false, answer)) => return Ok(Some(answer)),
                // On a page of the provider nothing is decided before the buyer has paid there.
                Some((true, _)) if payment.act_until.is_some_and(|it| it > self.0.db.now()) => {
                    return Ok(None);
                }
                _ => {}
            }
        }
        if !payment.is_given_up && !self.0.give_up(of, payment, false).await? {
            return Ok(None);
        }
        if !is_named {
            // Nothing is charged by a name that is not written down, and none is written down any more.
            return Ok(Some(Answer::of(State::Cancelled)));
        }
        let cancelled = wait_for_gateway(GATEWAY_LIMIT, gateway.cancel(&intent));
        let answer = self.0.figures.time(Call::Cancel, cancelled).await?;
        Ok(Some(answer).filter(|answer| !is_open(answer, payment)))
    }
}

/// Whether the provider has not decided, or what it has decided does not count any more.
fn is_open(answer: &Answer, payment: &Payment) -> bool {
    match answer.state {
        State::RequiresAction(_) | State::Processing => true,
        State::Authorised => payment.is_given_up,
        State::Succeeded | State::Declined { .. } | State::Cancelled => false,
    }
}

/// It is tried again, for the first time after what the buyer may do as soon as that time is over: however many looks before it
/// have found nothing decided.
fn again(payment: &Payment) -> Attempt {
    match payment.act_until {
        Some(until) if !payment.is_given_up => Attempt::UnsettledUntil(until),
        _ => Attempt::Unsettled,
    }
}

impl Work for Refunds {
    type Item = Unfinished;

    const TABLE: Table = unfinished("status = 'succeeded'");

    fn read(event: EventNo, row: &Row) -> Unfinished {
        Unfinished::read(event, row)
    }

    async fn attempt(&self, unfinished: Unfinished) -> Result<Attempt, Error> {
        let (id, booking) = (unfinished.of.payment, unfinished.of.booking);
        let what = if unfinished.refund_due {
            "refund"
        } else {
            "capture"
        };
        log::info!(booking:% = booking, payment:% = id; "recovery: the {what} is due, trying again");
        let is_done = match unfinished.refund_due {
            true => self.0.refund(unfinished.of).await,
            false => self.0.capture(unfinished.of).await,
        };
        Ok(if is_done {
            Attempt::Settled
        } else {
            Attempt::Unsettled
        })
    }
}

/// Makes refunds in part that are due.
pub(super) struct Parts(pub(super) Settler);

impl Work for Parts {
    type Item = RefundRef;

    const TABLE: Table = Table {
        name: "refunds",
        only: "status = 'due'",
        event: "event_id",
        due_at: "recover_at",
        attempts: "recover_attempts",
        columns: "booking_id, payment_id, amount_minor, currency",
        attempts_max: None,
        lease: LEASE,
    };

    fn read(event: EventNo, row: &Row) -> RefundRef {
        RefundRef {
            event,
            booking: row.get("booking_id"),
            refund: row.get("id"),
            payment: row.get("payment_id"),
            amount: read_amount(row),
        }
    }

    async fn attempt(&self, due: RefundRef) -> Result<Attempt, Error> {
        let (id, booking) = (due.payment, due.booking);
        log::info!(booking:% = booking, payment:% = id; "recovery: a refund in part is due, trying again");
        Ok(if self.0.refund_part(due).await {
            Attempt::Settled
        } else {
            Attempt::Unsettled
        })
    }
}
