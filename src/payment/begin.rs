//! Step 1 of paying: records the payment as `processing` and keeps the hold, in one transaction, before the
//! gateway is called.
//!
//! What must hold: one idempotency key begins one payment, also when a commit was in doubt; a booking has at
//! most one payment that is processing; while it has one, its hold is not judged. The gateway is not called
//! here.

use std::sync::Arc;

use super::ledger::{self, NewPayment};
use super::{PayError, Payment, PaymentRequest, Through};
use crate::booking::{self, LockedBooking, Status};
use crate::catalog;
use crate::postgres::{Db, Error, Transaction};
use crate::types::{Fingerprint, PaymentId};

/// Seconds by which the hold outlives the time at which recovery queries the outcome.
const RECOVERY_SECONDS: f64 = 30.0;

/// The payment that a request has begun.
pub(super) struct Begun {
    pub(super) payment: Payment,
    /// Whether an earlier request with the same key began it.
    pub(super) replayed: bool,
}

/// Begins a payment, unless the request's key has begun one before.
pub(super) async fn begin(
    db: &Db,
    request: &PaymentRequest,
    through: Through,
    recover_after_seconds: u32,
) -> Result<Begun, PayError> {
    let new = Arc::new(NewPayment {
        id: PaymentId::make(),
        fingerprint: Fingerprint::of([
            request.buyer.0.as_bytes().as_slice(),
            request.method.terms().as_bytes(),
        ]),
        through,
        recover_after_seconds: recover_after_seconds.into(),
    });
    let request = Arc::new(request.clone());
    let mut begun = try_to_begin(db, &request, &new).await;
    if let Err(PayError::Db(Error::Unavailable(_))) = begun {
        // The commit is in doubt: if it went through, the key finds the payment.
        begun = try_to_begin(db, &request, &new).await;
    }
    begun.map_err(|error| match error {
        PayError::Db(error) if error.is_unique_violation("payments_live_key") => {
            PayError::InProgress
        }
        error => error,
    })
}

async fn try_to_begin(
    db: &Db,
    request: &Arc<PaymentRequest>,
    new: &Arc<NewPayment>,
) -> Result<Begun, PayError> {
    db.transaction(|transaction| {
        let (request, new) = (request.clone(), new.clone());
        Box::pin(async move { begin_in(transaction, &request, &new).await })
    })
    .await
}

async fn begin_in(
    transaction: &Transaction<'_>,
    request: &PaymentRequest,
    new: &NewPayment,
) -> Result<Begun, PayError> {
    let booking = booking::lock(transaction, request.event, request.booking)
        .await?
        .ok_or(PayError::NotFound)?;
    if booking.buyer != request.buyer {
        return Err(PayError::NotYours);
    }
    if let Some(known) = ledger::find_by_key(transaction, request).await? {
        if known.fingerprint != new.fingerprint {
            return Err(PayError::KeyReused);
        }
        // The first try may have been committed although its answer was lost.
        let replayed = known.payment.id != new.id;
        let payment = known.payment;
        return Ok(Begun { payment, replayed });
    }
    check_payable(transaction, &booking).await?;
    if booking.total.minor == 0 {
        return Err(PayError::Free);
    }
    let gateway = &new.through.gateway;
    gateway.check(booking.total).map_err(PayError::Amount)?;
    if let Some(seen) = request.seen_moves {
        let last = catalog::last_move(transaction, request.event).await?;
        if last.map_or(0, |(moved, _)| moved.number) != seen {
            return Err(PayError::MovedAgain);
        }
    }
    let (event, id, contact) = (request.event, request.booking, request.contact.as_ref());
    let taken = booking::take_contact(transaction, event, id, contact, request.by_buyer).await?;
    let asks = taken.map_err(PayError::Contact)?;
    if asks || !request.answers.is_empty() {
        let given = request.answers.as_slice();
        let taken = booking::take_answers(transaction, event, id, given, request.by_buyer).await?;
        taken.map_err(PayError::Answers)?;
    }
    let hold_seconds = new.recover_after_seconds + RECOVERY_SECONDS;
    booking.keep_hold(hold_seconds).await?;
    let payment = ledger::insert(transaction, request, new, booking.total).await?;
    Ok(Begun {
        payment,
        replayed: false,
    })
}

async fn check_payable(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
) -> Result<(), PayError> {
    match booking.status {
        // A second payment is refused by the index `payments_live_key`.
        Status::Pending if !booking.overdue => Ok(()),
        Status::Pending | Status::Expired => {
            let payments = ledger::of_booking(transaction, booking.event, booking.id).await?;
            // It may still succeed: "nothing was charged" would be false.
            let is_under_way = |payment: &Payment| payment.status == super::Status::Processing;
            Err(if payments.iter().any(is_under_way) {
                PayError::InProgress
            } else {
                PayError::HoldExpired
            })
        }
        status => Err(PayError::NotPending(status)),
    }
}
