//! Recovery: completes charges whose outcome is not recorded, and refunds that are due, after a process died, the
//! gateway did not answer, or a webhook was lost.
//!
//! Runs in every process. What must hold: each payment is leased before the gateway is called; retries never
//! stop; a charge that the gateway has never received is abandoned, not made. What an answer does to the
//! booking is decided by `record`.

use tokio_postgres::Row;

use super::ledger::{read_amount, read_status};
use super::record::Source;
use super::settle::Settler;
use super::{LEASE, PaymentRef, Status, wait_for_gateway};
use crate::gateway::{Answer, GatewayError};
use crate::postgres::Error;
use crate::postgres::lease::{Attempt, Table, Work};
use crate::types::{EventNo, Money};

/// Completes payments.
pub(super) struct Recovery(pub(super) Settler);

/// A payment to complete.
pub(super) struct Unfinished {
    of: PaymentRef,
    status: Status,
    amount: Money,
}

impl Work for Recovery {
    type Item = Unfinished;

    const TABLE: Table = Table {
        name: "payments",
        event: "event_id",
        due_at: "recover_at",
        attempts: "recover_attempts",
        columns: "booking_id, status, amount_minor, currency",
        attempts_max: None,
        lease: LEASE,
    };

    fn read(event: EventNo, row: &Row) -> Unfinished {
        Unfinished {
            of: PaymentRef {
                event,
                booking: row.get("booking_id"),
                payment: row.get("id"),
            },
            status: read_status(row),
            amount: read_amount(row),
        }
    }

    async fn attempt(&self, unfinished: Unfinished) -> Result<Attempt, Error> {
        let of = unfinished.of;
        let id = of.payment;
        if unfinished.status == Status::Succeeded {
            log::info!("payment {id}: its refund is due, trying again");
            let refunded = self.0.refund(of.event, id).await;
            return Ok(if refunded {
                Attempt::Settled
            } else {
                Attempt::Unsettled
            });
        }
        match wait_for_gateway(self.outcome(&unfinished)).await {
            Ok(Answer::Later) => Ok(Attempt::Unsettled),
            Ok(answer) => {
                log::info!("payment {id}: the gateway says {answer:?}");
                self.0.settle(of, Source::Asked(answer)).await?;
                Ok(Attempt::Settled)
            }
            Err(error) => {
                log::warn!("payment {id}: {error}; it will be asked again");
                Ok(Attempt::Unsettled)
            }
        }
    }
}

impl Recovery {
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
