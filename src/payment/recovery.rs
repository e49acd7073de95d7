//! Recovery: completes charges whose outcome is not recorded, and refunds that are due, after a process died, the
//! gateway did not answer, or a webhook was lost.
//!
//! Runs in every process. What must hold: each payment is leased before the gateway is called; retries never
//! stop; a charge that the gateway has never received is abandoned, not made; charges that the gateway does not
//! answer keep no refund waiting. What an answer does to the booking is decided by `record`.

use tokio_postgres::Row;

use super::figures::Call;
use super::ledger::read_amount;
use super::record::{NotRecorded, Source};
use super::settle::Settler;
use super::{GATEWAY_LIMIT, LEASE, PaymentRef, RefundRef, wait_for_gateway};
use crate::gateway::{Answer, GatewayError};
use crate::postgres::Error;
use crate::postgres::lease::{Attempt, Table, Work};
use crate::types::{EventNo, Money};

/// Completes charges whose outcome is not recorded.
pub(super) struct Charges(pub(super) Settler);

/// Makes refunds that are due.
pub(super) struct Refunds(pub(super) Settler);

/// A payment to complete.
pub(super) struct Unfinished {
    of: PaymentRef,
    amount: Money,
}

impl Unfinished {
    fn read(event: EventNo, row: &Row) -> Self {
        Self {
            of: PaymentRef {
                event,
                booking: row.get("booking_id"),
                payment: row.get("id"),
            },
            amount: read_amount(row),
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
        columns: "booking_id, amount_minor, currency",
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
        let asked = wait_for_gateway(GATEWAY_LIMIT, self.outcome(&unfinished));
        let answer = match self.0.figures.time(Call::Status, asked).await {
            Ok(Answer::Later) => return Ok(Attempt::Unsettled),
            Ok(answer) => answer,
            Err(error) => {
                log::warn!(booking:% = booking, payment:% = id; "{error}; it will be asked again");
                return Ok(Attempt::Unsettled);
            }
        };
        log::info!(booking:% = booking, payment:% = id; "recovery: the gateway says {answer:?}");
        match self.0.settle(unfinished.of, Source::Asked(answer)).await {
            Ok(()) => Ok(Attempt::Settled),
            Err(NotRecorded::Db(error)) => Err(error),
            Err(error @ NotRecorded::Locked) => {
                log::warn!(booking:% = booking, payment:% = id; "{error}; it will be recorded later");
                Ok(Attempt::Unsettled)
            }
        }
    }
}

impl Charges {
    /// The outcome of a charge. One that the gateway has never received is abandoned, not made now: the buyer
    /// may be gone.
    async fn outcome(&self, unfinished: &Unfinished) -> Result<Answer, GatewayError> {
        let (gateway, id) = (&self.0.gateway, unfinished.of.payment);
        match gateway.status(id).await? {
            Some(answer) => Ok(answer),
            None => gateway.abandon(id, unfinished.amount).await,
        }
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
        log::info!(booking:% = booking, payment:% = id; "recovery: the refund is due, trying again");
        let is_refunded = self.0.refund(unfinished.of).await;
        Ok(if is_refunded {
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
