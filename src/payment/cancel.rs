//! Cancels a booking, for its buyer or for the organiser: releases its tickets and makes the refund of its charge due, in one
//! transaction.
//!
//! What must hold: a repeated cancellation changes nothing. The refund itself is made by `settle`, after the
//! commit.

use std::sync::Arc;

use super::{PayError, ledger};
use crate::allocator::Released;
use crate::audit;
use crate::booking::{self, Status};
use crate::postgres::{Db, Error, Transaction};
use crate::types::{BookingId, BuyerId, EventNo, PaymentId};

/// $1 event, $2 seconds.
const STARTS_WITHIN: &str =
    "SELECT starts_at <= now() + make_interval(secs => $2) FROM events WHERE event_id = $1";

/// The effects of a cancellation; none if the booking was cancelled before.
#[derive(Debug, Default)]
pub(super) struct Cancelled {
    /// Whether it was not cancelled before.
    pub(super) is_news: bool,
    pub(super) released: Vec<Released>,
    pub(super) refunds: Vec<PaymentId>,
}

/// Which booking, for whom.
#[derive(Debug, Clone)]
pub(super) struct Cancellation {
    pub(super) event: EventNo,
    pub(super) booking: BookingId,
    pub(super) by: By,
}

/// Who cancels.
#[derive(Debug, Clone)]
pub(super) enum By {
    /// Its buyer, until so many seconds before the event starts.
    Buyer(BuyerId, u32),
    /// The organiser, whenever they like; with what the audit trail is to say.
    Organiser(Arc<audit::Entry>),
}

/// Cancels a booking.
pub(super) async fn cancel(db: &Db, cancellation: Cancellation) -> Result<Cancelled, PayError> {
    db.transaction(|transaction| {
        let cancellation = cancellation.clone();
        Box::pin(async move { cancel_in(transaction, &cancellation).await })
    })
    .await
}

async fn cancel_in(
    transaction: &Transaction<'_>,
    cancellation: &Cancellation,
) -> Result<Cancelled, PayError> {
    let Cancellation {
        event,
        booking: id,
        ref by,
    } = *cancellation;
    let booking = booking::lock(transaction, event, id)
        .await?
        .ok_or(PayError::NotFound)?;
    if matches!(by, By::Buyer(buyer, _) if booking.buyer != *buyer) {
        return Err(PayError::NotYours);
    }
    if booking.status == Status::Cancelled {
        return Ok(Cancelled::default());
    }
    if let By::Buyer(_, until_seconds) = by
        && starts_within(transaction, event, *until_seconds).await?
    {
        return Err(PayError::EventBegun);
    }
    let Some(released) = booking.cancel().await? else {
        return Err(PayError::NotPending(booking.status));
    };
    let refunds = ledger::request_refunds(transaction, event, id).await?;
    if booking.is_paying {
        ledger::end_actions(transaction, event, id).await?;
    }
    if let By::Organiser(entry) = by {
        // Whoever cancels at the counter has opened the drawer.
        ledger::give_back_by_hand(transaction, event, id).await?;
        audit::record(transaction, entry).await?;
    }
    Ok(Cancelled {
        is_news: true,
        released,
        refunds,
    })
}

/// Whether the event starts within this many seconds, or has started.
async fn starts_within(
    transaction: &Transaction<'_>,
    event: EventNo,
    seconds: u32,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(STARTS_WITHIN).await?;
    let row = transaction
        .query_one(&statement, &[&event, &f64::from(seconds)])
        .await?;
    Ok(row.get(0))
}
