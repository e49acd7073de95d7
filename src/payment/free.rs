//! Confirms a hold that costs nothing: one that waited for its buyer's contact or answers. No payment is made, no card is
//! asked for.
//!
//! What must hold: only a booking whose price is 0 is confirmed so, and only by the conditional update of `booking`; as with
//! one that is paid, all that its event asks for is there.

use std::sync::Arc;

use super::PayError;
use crate::booking::{self, Given, Status};
use crate::postgres::{AsDbError, Db, Transaction};
use crate::types::contact::Contact;
use crate::types::{BookingId, BuyerId, EventNo};

/// References that a booking is given at most until one is free.
const REFERENCES_MAX: usize = 3;

/// A hold that its buyer wants to keep.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) event: EventNo,
    pub(super) booking: BookingId,
    pub(super) buyer: BuyerId,
    pub(super) contact: Option<Contact>,
    pub(super) answers: Vec<Given>,
    pub(super) by_buyer: bool,
}

/// Confirms it. A repeated call changes nothing. Whether it was not confirmed before.
pub(super) async fn confirm(db: &Db, claim: Claim) -> Result<bool, PayError> {
    let claim = Arc::new(claim);
    for attempt in 1.. {
        let again = attempt > 1;
        let done = db.transaction(|transaction| {
            let claim = claim.clone();
            Box::pin(async move { confirm_in(transaction, &claim, again).await })
        });
        match done.await {
            Err(error)
                if attempt <= REFERENCES_MAX
                    && error.as_db_error().is_some_and(|error| {
                        error.is_unique_violation("bookings_reference_key")
                    }) => {}
            result => return result,
        }
    }
    unreachable!("the last attempt returns")
}

async fn confirm_in(
    transaction: &Transaction<'_>,
    claim: &Claim,
    with_other_reference: bool,
) -> Result<bool, PayError> {
    let booking = booking::lock(transaction, claim.event, claim.booking).await?;
    let booking = booking.ok_or(PayError::NotFound)?;
    if booking.buyer != claim.buyer {
        return Err(PayError::NotYours);
    }
    match booking.status {
        Status::Confirmed => return Ok(false),
        Status::Pending if booking.total.minor != 0 => {
            return Err(PayError::NotPending(Status::Pending));
        }
        Status::Pending if !booking.overdue => {}
        Status::Pending | Status::Expired => return Err(PayError::HoldExpired),
        status => return Err(PayError::NotPending(status)),
    }
    let (event, id, contact) = (claim.event, claim.booking, claim.contact.as_ref());
    let taken = booking::take_contact(transaction, event, id, contact, claim.by_buyer).await?;
    let asks = taken.map_err(PayError::Contact)?;
    if asks || !claim.answers.is_empty() {
        let given = claim.answers.as_slice();
        let taken = booking::take_answers(transaction, event, id, given, claim.by_buyer).await?;
        taken.map_err(PayError::Answers)?;
    }
    if with_other_reference {
        booking.change_reference().await?;
    }
    Ok(booking.confirm().await?)
}
