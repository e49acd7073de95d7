//! Step 3 of paying: records the gateway's answer and makes the booking's transition, in one transaction. An
//! answer that is recorded already changes nothing. This table is the only place that decides:
//!
//! | payment      | booking     | success                           | decline |
//! |--------------|-------------|-----------------------------------|---------|
//! | `processing` | `pending`   | confirms                          | another card may be tried, or `failed` |
//! | `processing` | `expired`   | confirms with new tickets, or is refunded; while others have locked them, nothing is recorded | nothing |
//! | `processing` | other       | is refunded                       | nothing |
//! | `declined`   | any         | is refunded: the buyer was informed that nothing was charged | nothing |
//! | `succeeded`, `refunded` | any | nothing                        | nothing, logged |

use std::sync::Arc;

use super::figures::Step;
use super::{PaymentRef, Status, attempts_left, ledger};
use crate::allocator::{Locked, Released, Retaken};
use crate::booking::{self, Late, LockedBooking};
use crate::fault;
use crate::gateway::{Answer, Notice};
use crate::postgres::{AsDbError, Db, Error, Transaction};
use crate::types::PaymentId;

/// References that a booking is given at most until one is free.
const REFERENCES_MAX: usize = 3;

/// The effects of recording an answer.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// The webhook was received before: nothing was done.
    pub(super) is_duplicate: bool,
    /// Tickets that became free.
    pub(super) released: Vec<Released>,
    /// Tickets that were taken for an expired booking.
    pub(super) retaken: Vec<Retaken>,
    /// What became of the payment.
    pub(super) payment: Option<Step>,
    /// The status that the booking has got.
    pub(super) booking: Option<booking::Status>,
    /// The charge is to be refunded now.
    pub(super) refund_due: bool,
}

/// Why an answer was not recorded; nothing was changed, and it can be recorded later.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotRecorded {
    /// The hold is over, and its tickets are free or about to be, but other transactions have locked them.
    #[error("others have locked the tickets that were paid")]
    Locked,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

impl AsDbError for NotRecorded {
    fn as_db_error(&self) -> Option<&Error> {
        match self {
            Self::Db(error) => Some(error),
            Self::Locked => None,
        }
    }
}

/// The source of an answer.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A call to the gateway returned it.
    Asked(Answer),
    /// The gateway has sent a webhook; it is recorded as received in the same transaction.
    Webhook(Notice),
}

impl Source {
    fn answer(&self) -> &Answer {
        match self {
            Self::Asked(answer) => answer,
            Self::Webhook(notice) => &notice.answer,
        }
    }
}

/// Records an answer. `locked` is what to do about tickets of an expired booking that others have locked.
///
/// A booking that it confirms gets another reference if a confirmed one of the event has the same: with n of
/// them that is one chance in 2^40 / n.
pub(super) async fn record(
    db: &Db,
    of: PaymentRef,
    source: &Arc<Source>,
    locked: Locked,
) -> Result<Recorded, NotRecorded> {
    let mut recorded = record_once(db, of, source, locked).await;
    for _ in 0..REFERENCES_MAX {
        let is_taken = |error: &NotRecorded| {
            let error = error.as_db_error();
            error.is_some_and(|error| error.is_unique_violation("bookings_reference_key"))
        };
        if !recorded.as_ref().is_err_and(is_taken) {
            break;
        }
        change_reference(db, of).await?;
        recorded = record_once(db, of, source, locked).await;
    }
    let recorded = recorded?;
    fault::point(fault::RECORDED);
    Ok(recorded)
}

async fn record_once(
    db: &Db,
    of: PaymentRef,
    source: &Arc<Source>,
    locked: Locked,
) -> Result<Recorded, NotRecorded> {
    db.transaction(|transaction| {
        let source = source.clone();
        Box::pin(async move {
            let recorded = record_in(transaction, &of, &source, locked).await?;
            fault::point(fault::RECORDING);
            Ok(recorded)
        })
    })
    .await
}

async fn change_reference(db: &Db, of: PaymentRef) -> Result<(), Error> {
    db.transaction(|transaction| {
        Box::pin(async move {
            if let Some(booking) = booking::lock(transaction, of.event, of.booking).await? {
                booking.change_reference().await?;
            }
            Ok(())
        })
    })
    .await
}

async fn record_in(
    transaction: &Transaction<'_>,
    of: &PaymentRef,
    source: &Source,
    locked: Locked,
) -> Result<Recorded, NotRecorded> {
    let Some(booking) = booking::lock(transaction, of.event, of.booking).await? else {
        return Ok(Recorded::default());
    };
    if let Source::Webhook(notice) = source
        && !ledger::insert_webhook_event(transaction, of.event, notice).await?
    {
        return Ok(Recorded {
            is_duplicate: true,
            ..Recorded::default()
        });
    }
    let Some(entry) = ledger::find(transaction, of).await? else {
        return Ok(Recorded::default());
    };
    let (id, status) = (of.payment, entry.payment.status);
    match source.answer() {
        Answer::Later => Ok(Recorded::default()),
        Answer::Succeeded => record_success(transaction, &booking, id, status, locked).await,
        Answer::Declined { code } if status == Status::Processing => {
            Ok(record_decline(transaction, &booking, id, code, entry.one_shot).await?)
        }
        Answer::Declined { code } => {
            if status != Status::Declined {
                let status = status.as_str();
                log::error!("payment {id} is {status}, and the gateway says now: declined, {code}");
            }
            Ok(Recorded::default())
        }
    }
}

/// The card was charged: the charge pays the booking, or its refund is due.
async fn record_success(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
    id: PaymentId,
    status: Status,
    locked: Locked,
) -> Result<Recorded, NotRecorded> {
    let mut retaken = Vec::new();
    let pays_booking = match (status, booking.status) {
        (Status::Succeeded | Status::Refunded, _) => return Ok(Recorded::default()),
        (Status::Declined, _) => {
            log::error!("payment {id} was recorded as declined, but is charged: it is refunded");
            false
        }
        (Status::Processing, booking::Status::Pending) => booking.confirm().await?,
        (Status::Processing, booking::Status::Expired) => {
            match booking.confirm_late(locked).await? {
                Late::Confirmed(tickets) => {
                    retaken = tickets;
                    true
                }
                Late::Refused => false,
                Late::Locked => return Err(NotRecorded::Locked),
            }
        }
        (Status::Processing, _) => false,
    };
    let succeeded = ledger::succeed(transaction, booking.event, id, pays_booking).await?;
    Ok(Recorded {
        payment: succeeded.then_some(Step::Succeeded),
        booking: pays_booking.then_some(booking::Status::Confirmed),
        refund_due: succeeded && !pays_booking,
        retaken,
        ..Recorded::default()
    })
}

/// The card was not charged: another may be tried, unless this was the last.
async fn record_decline(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
    id: PaymentId,
    code: &str,
    one_shot: bool,
) -> Result<Recorded, Error> {
    let mut recorded = Recorded::default();
    if !ledger::decline(transaction, booking.event, id, code).await? {
        return Ok(recorded);
    }
    recorded.payment = Some(Step::Declined);
    let payments = ledger::of_booking(transaction, booking.event, booking.id).await?;
    if one_shot || attempts_left(&payments) == 0 {
        let released = booking.fail().await?;
        recorded.booking = released.is_some().then_some(booking::Status::Failed);
        recorded.released = released.unwrap_or_default();
    } else {
        booking.resume_hold().await?;
    }
    Ok(recorded)
}
