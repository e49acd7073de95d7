//! Step 3 of paying: records the provider's answer and makes the booking's transition, in one transaction. An
//! answer that is recorded already changes nothing. This table is the only place that decides; a success is of money that was
//! charged, or authorised and to be captured next:
//!
//! | payment      | booking     | success                           | decline, cancelled |
//! |--------------|-------------|-----------------------------------|---------|
//! | `processing` | `pending`   | confirms                          | another card may be tried, or `failed` |
//! | `processing` | `expired`   | confirms with new tickets, or is refunded; while others have locked them, nothing is recorded | nothing |
//! | `processing` | other       | is refunded                       | nothing |
//! | `declined` by a bank | `pending`, and no other payment is under way | confirms: the intent was completed with another card | nothing |
//! | `declined`   | any         | is refunded: the buyer was informed that nothing was charged | nothing |
//! | `succeeded`, to be captured | any | is captured              | cancels the booking: it is not paid; if its refund is due, nothing has to go back |
//! | `succeeded`, `refunded` | any | nothing                        | nothing, logged |
//!
//! What the buyer has to do first is written down with a `processing` payment, and keeps the hold for a bounded time; if the
//! booking holds nothing any more, it is over at once.
//!
//! What is authorised while it is being cancelled is not recorded: the answer to the cancellation is, which is on its way. So no
//! booking is confirmed by money that is set free then.

use std::sync::Arc;

use super::figures::Step;
use super::ledger::{Entry, Left};
use super::{ACT_LIMIT, PaymentRef, Status, Told, UNAVAILABLE, attempts_left, ledger, refunds};
use crate::allocator::{Locked, Released, Retaken};
use crate::booking::{self, Late, LockedBooking};
use crate::fault;
use crate::gateway::{ABANDONED, Action, Answer, REFUSED, State};
use crate::postgres::{AsDbError, Db, Error, Transaction};

/// References that a booking is given at most until one is free.
const REFERENCES_MAX: usize = 3;
/// Seconds by which the hold outlives the time at which what the buyer has to do is cancelled.
const CANCEL_SECONDS: f64 = 30.0;

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
    /// The money is to be captured now.
    pub(super) capture_due: bool,
}

/// Why an answer was not recorded; nothing was changed, and it can be recorded later.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotRecorded {
    /// The hold is over, and its tickets are free or about to be, but other transactions have locked them.
    #[error("others have locked the tickets that were paid")]
    Locked,
    /// It is being cancelled, and what has come of that is not known yet.
    #[error("the payment is being cancelled")]
    GivenUp,
    /// What the provider has charged is not what was to be charged: a person has to look.
    #[error("the provider's amount differs")]
    AmountDiffers,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

impl AsDbError for NotRecorded {
    fn as_db_error(&self) -> Option<&Error> {
        match self {
            Self::Db(error) => Some(error),
            Self::Locked | Self::GivenUp | Self::AmountDiffers => None,
        }
    }
}

/// An answer, and who has told that there is one.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) answer: Answer,
    /// The webhook; it is recorded as received in the same transaction. `None` if the provider was asked.
    pub(super) told: Option<Told>,
}

impl Source {
    /// A call to the provider has returned it.
    pub(super) fn asked(answer: Answer) -> Self {
        Self { answer, told: None }
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
    if let Some(told) = &source.told
        && !ledger::insert_webhook_event(transaction, of.event, of.payment, told).await?
    {
        return Ok(Recorded {
            is_duplicate: true,
            ..Recorded::default()
        });
    }
    let Some(entry) = ledger::find(transaction, of).await? else {
        return Ok(Recorded::default());
    };
    let (payment, answer) = (&entry.payment, &source.answer);
    if let Some(amount) = answer.amount.filter(|amount| *amount != payment.amount) {
        let (id, ours) = (payment.id, payment.amount);
        log::error!("payment {id} is of {ours:?}, but the provider says {amount:?}: not recorded");
        return Err(NotRecorded::AmountDiffers);
    }
    let is_capturing = payment.status == Status::Succeeded && payment.capture_due;
    match (&answer.state, payment.status) {
        (State::Succeeded, _) if is_capturing => Ok(record_capture(transaction, &entry).await?),
        (State::Authorised, Status::Processing) if payment.is_given_up => Err(NotRecorded::GivenUp),
        (State::Succeeded | State::Authorised, _) => {
            record_success(transaction, &booking, &entry, answer, locked).await
        }
        (State::RequiresAction(action), Status::Processing) if !payment.is_given_up => {
            Ok(record_action(transaction, &booking, &entry, action).await?)
        }
        (State::RequiresAction(_) | State::Processing, _) => Ok(Recorded::default()),
        // What waits for another card may be paid yet: recovery cancels it first.
        (State::Declined { .. }, _) if is_capturing && payment.refund_due => {
            Ok(Recorded::default())
        }
        (State::Cancelled, _) if is_capturing && payment.refund_due => {
            Ok(record_set_free(transaction, of).await?)
        }
        (State::Declined { code }, _) if is_capturing => {
            Ok(record_unpaid(transaction, &booking, of, code).await?)
        }
        (State::Cancelled, _) if is_capturing => {
            Ok(record_unpaid(transaction, &booking, of, ABANDONED).await?)
        }
        (State::Declined { code }, Status::Processing) => {
            Ok(record_decline(transaction, &booking, &entry, answer, code).await?)
        }
        (State::Cancelled, Status::Processing) => {
            Ok(record_decline(transaction, &booking, &entry, answer, ABANDONED).await?)
        }
        (State::Declined { .. } | State::Cancelled, Status::Declined)
        | (State::Cancelled, Status::Refunded) => Ok(Recorded::default()),
        (state, status) => {
            let (id, status) = (of.payment, status.as_str());
            log::error!("payment {id} is {status}, and the provider says now: {state:?}");
            Ok(Recorded::default())
        }
    }
}

/// The buyer has to do something first: the hold is kept for as long as they may. If there is none, they need not: recovery
/// cancels it.
async fn record_action(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
    entry: &Entry,
    action: &Action,
) -> Result<Recorded, Error> {
    let payment = &entry.payment;
    // Not if it was given up meanwhile.
    let is_news = payment.action.is_none()
        && ledger::ask(transaction, booking.event, payment.id, action).await?;
    let seconds = ACT_LIMIT.as_secs_f64() + CANCEL_SECONDS;
    if is_news && !booking.keep_hold(seconds).await? {
        ledger::end_actions(transaction, booking.event, booking.id).await?;
    }
    Ok(Recorded {
        payment: is_news.then_some(Step::Asked),
        ..Recorded::default()
    })
}

/// The money was charged or reserved: it pays the booking, or it goes back.
async fn record_success(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
    entry: &Entry,
    answer: &Answer,
    locked: Locked,
) -> Result<Recorded, NotRecorded> {
    let (id, status) = (entry.payment.id, entry.payment.status);
    let mut retaken = Vec::new();
    let pays_booking = match (status, booking.status) {
        (Status::Succeeded | Status::Refunded, _) => return Ok(Recorded::default()),
        (Status::Processing, booking::Status::Pending) => booking.confirm().await?,
        // What was given up here is set free: an answer that says otherwise was on its way meanwhile.
        (Status::Declined, booking::Status::Pending)
            if entry.payment.decline_code.as_deref() != Some(ABANDONED)
                && !has_live_payment(transaction, booking).await? =>
        {
            booking.confirm().await?
        }
        (Status::Declined, _) => {
            log::error!("payment {id} was recorded as declined, but is charged: it is refunded");
            false
        }
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
    let left = Left {
        refund: !pays_booking,
        capture: answer.state == State::Authorised,
    };
    let card = answer.card.as_ref();
    let succeeded = ledger::succeed(transaction, booking.event, id, card, left).await?;
    Ok(Recorded {
        payment: succeeded.then_some(Step::Succeeded),
        booking: pays_booking.then_some(booking::Status::Confirmed),
        refund_due: succeeded && left.refund,
        capture_due: succeeded && left.capture,
        retaken,
        ..Recorded::default()
    })
}

/// Whether a payment of the booking is under way, or keeps its money: there may be one at most.
async fn has_live_payment(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
) -> Result<bool, Error> {
    let payments = ledger::of_booking(transaction, booking.event, booking.id).await?;
    Ok(payments.iter().any(|payment| match payment.status {
        Status::Processing => true,
        Status::Succeeded => !payment.refund_due,
        Status::Declined | Status::Refunded => false,
    }))
}

/// What was reserved is captured.
async fn record_capture(transaction: &Transaction<'_>, entry: &Entry) -> Result<Recorded, Error> {
    let captured = ledger::set_captured(transaction, entry.event, entry.payment.id).await?;
    Ok(Recorded {
        payment: captured.then_some(Step::Captured),
        ..Recorded::default()
    })
}

/// What was reserved and was to go back is free again, with all that was to go back in part.
async fn record_set_free(
    transaction: &Transaction<'_>,
    of: &PaymentRef,
) -> Result<Recorded, Error> {
    let is_free = ledger::set_free(transaction, of.event, of.payment).await?;
    refunds::void(transaction, of).await?;
    Ok(Recorded {
        payment: is_free.then_some(Step::Refunded),
        ..Recorded::default()
    })
}

/// What was reserved is not to be had: the booking that it pays is cancelled, and nothing of it goes back.
async fn record_unpaid(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
    of: &PaymentRef,
    code: &str,
) -> Result<Recorded, Error> {
    let id = of.payment;
    if !ledger::fail_capture(transaction, booking.event, id, code).await? {
        return Ok(Recorded::default());
    }
    log::error!("payment {id} could not be captured, {code}: its booking is cancelled");
    refunds::void(transaction, of).await?;
    let released = booking.cancel().await?;
    Ok(Recorded {
        payment: Some(Step::Declined),
        booking: released.is_some().then_some(booking::Status::Cancelled),
        released: released.unwrap_or_default(),
        ..Recorded::default()
    })
}

/// Nothing was charged: another card may be tried, unless this was the last.
async fn record_decline(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
    entry: &Entry,
    answer: &Answer,
    code: &str,
) -> Result<Recorded, Error> {
    let mut recorded = Recorded::default();
    let (event, id, card) = (booking.event, entry.payment.id, answer.card.as_ref());
    if !ledger::decline(transaction, event, id, card, code).await? {
        return Ok(recorded);
    }
    recorded.payment = Some(Step::Declined);
    if code == UNAVAILABLE {
        // It is not the buyer's fault: they may try again when the provider is back.
        booking.prolong_hold().await?;
        return Ok(recorded);
    }
    let payments = ledger::of_booking(transaction, event, booking.id).await?;
    // Nor is what the provider refuses us.
    let is_final = entry.one_shot && code != REFUSED;
    if is_final || attempts_left(&payments) == 0 {
        let released = booking.fail().await?;
        recorded.booking = released.is_some().then_some(booking::Status::Failed);
        recorded.released = released.unwrap_or_default();
    } else {
        booking.resume_hold().await?;
    }
    Ok(recorded)
}
