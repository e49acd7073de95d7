//! Takes what a buyer answers when their event was moved: the tickets are kept, or the booking is cancelled and refunded
//! in one transaction, whatever was said about cancelling.
//!
//! What must hold: an answer is to the move that stands, until the time that the organiser has named; who was let in
//! since returns nothing; of two answers that race, the second sees what the first has done: the booking's row is
//! locked, and a scan waits for it.

use super::cancel::Cancelled;
use super::{PayError, ledger};
use crate::booking::{self, LockedBooking, MoveAnswer, Status};
use crate::catalog;
use crate::postgres::{Db, Error, Params, Transaction};
use crate::types::{BookingId, BuyerId, EventNo, Timestamp};

/// $1 event, $2 booking, $3 since when. Tickets of the booking that were let in: by the keys of both tables.
const IS_ADMITTED: &str = "
    SELECT EXISTS (
        SELECT FROM booking_items AS i
        CROSS JOIN LATERAL unnest(i.seats) AS s (seat_no)
        JOIN tickets AS t
            ON t.event_id = $1 AND t.tier_no = coalesce(i.stock_tier_no, i.tier_no) AND t.seat_no = s.seat_no
        JOIN check_ins AS c ON c.event_id = $1 AND c.tier_no = t.tier_no AND c.seat_no = t.seat_no AND c.issue = t.issue
        WHERE i.event_id = $1 AND i.booking_id = $2 AND c.entered_at > $3)";

/// An answer, of whom.
#[derive(Debug, Clone, Copy)]
pub struct MoveReply {
    /// Of which event.
    pub event: EventNo,
    /// For which booking.
    pub booking: BookingId,
    /// Who answers; must be the booking's buyer.
    pub buyer: BuyerId,
    /// The number of the move that they have read of.
    pub number: i32,
    /// What they answer.
    pub answer: MoveAnswer,
}

/// Takes an answer. What follows from it is for the caller.
pub(super) async fn take(db: &Db, reply: MoveReply) -> Result<Cancelled, PayError> {
    db.transaction(|transaction| Box::pin(async move { take_in(transaction, reply).await }))
        .await
}

async fn take_in(transaction: &Transaction<'_>, reply: MoveReply) -> Result<Cancelled, PayError> {
    let MoveReply { event, booking, .. } = reply;
    let booking = booking::lock(transaction, event, booking)
        .await?
        .ok_or(PayError::NotFound)?;
    if booking.buyer != reply.buyer {
        return Err(PayError::NotYours);
    }
    match booking.status {
        // Returned before, or cancelled by somebody: the money goes back all the same.
        Status::Cancelled if reply.answer == MoveAnswer::Return => return Ok(Cancelled::default()),
        Status::Confirmed => {}
        Status::Pending => return Err(PayError::NotAsked),
        status => return Err(PayError::NotPending(status)),
    }
    let moved_at = check(transaction, &booking, reply.number).await?;
    let cancelled = match reply.answer {
        MoveAnswer::Keep => Cancelled::default(),
        MoveAnswer::Return => give_back(transaction, &booking, moved_at).await?,
    };
    let of = (booking.event, booking.id);
    booking::save_answer(transaction, of, reply.number, reply.answer).await?;
    Ok(cancelled)
}

/// Whether the booking is asked about this move, and answers are taken. When the event was moved.
async fn check(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
    number: i32,
) -> Result<Timestamp, PayError> {
    let last = catalog::last_move(transaction, booking.event).await?;
    let Some((moved, is_open)) = last else {
        return Err(PayError::NotAsked);
    };
    if !moved.asks(booking.created_at) {
        return Err(PayError::NotAsked);
    }
    if moved.number != number {
        return Err(PayError::MovedAgain);
    }
    if !is_open {
        return Err(PayError::AnswerClosed);
    }
    Ok(moved.at)
}

async fn give_back(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
    moved_at: Timestamp,
) -> Result<Cancelled, PayError> {
    if is_admitted(transaction, booking, moved_at).await? {
        return Err(PayError::Admitted);
    }
    let Some(released) = booking.cancel().await? else {
        return Err(PayError::NotPending(booking.status));
    };
    let refunds = ledger::request_refunds(transaction, booking.event, booking.id).await?;
    Ok(Cancelled {
        is_news: true,
        released,
        refunds,
    })
}

/// Whether somebody came in with one of its tickets since then.
async fn is_admitted(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
    since: Timestamp,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(IS_ADMITTED).await?;
    let params: Params = &[&booking.event, &booking.id, &since];
    Ok(transaction.query_one(&statement, params).await?.get(0))
}
