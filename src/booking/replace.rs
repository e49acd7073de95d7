//! Replaces a hold by a new order in one transaction: its tickets are given back and the new ones taken, or
//! neither.
//!
//! What must hold: a hold that is paid, or being paid, is never replaced; a request that is sent twice books once; an
//! order that is refused leaves the hold as it was. It does not go through a lane, because it is rare, and because
//! its release must not be committed with the orders of others.

use std::sync::Arc;
use std::time::Duration;

use super::attempts::{Attempts, candidate};
use super::{Status, lock};
use crate::allocator::replace::allocate_in;
use crate::allocator::{Booked, Lanes, Order, Outcome, Released, Stock, Verdict};
use crate::postgres::{AsDbError, Db, Error, Transaction};
use crate::types::{BookingId, BuyerId};

/// For how long an order waits for tickets that orders in flight have locked, or overdue holds give back.
const WAIT: Duration = Duration::from_secs(1);

/// Why the order was not tried, or that the database failed; nothing was changed.
#[derive(Debug)]
pub(super) enum NotReplaced {
    /// The booking is paid: confirmed, or pending while a payment is under way.
    Paid(Status),
    /// The buyer has no such booking of the event.
    Unknown,
    /// The database failed.
    Db(Error),
}

impl From<Error> for NotReplaced {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

/// Why a hold stays as it is; the transaction is rolled back.
enum Kept {
    /// The hold is over: there is nothing to give back.
    Over,
    /// The booking is paid, or a payment is under way.
    Paid(Status),
    /// The buyer has no such booking of the event.
    Unknown,
    /// The order is not booked.
    Refused(Verdict),
    /// The database failed.
    Db(Error),
}

impl From<Error> for Kept {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

impl AsDbError for Kept {
    fn as_db_error(&self) -> Option<&Error> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// Books an order in the place of the buyer's hold; if that is over, books it as any other.
///
/// # Errors
/// [`NotReplaced`]: the hold stays then, as it does if the outcome is another than a booking.
pub(super) async fn replace(
    db: &Db,
    lanes: &Lanes,
    stock: &Arc<Stock>,
    order: Order,
    replaced: BookingId,
) -> Result<Outcome, NotReplaced> {
    let order = Arc::new(order);
    let mut attempts = Attempts::new(WAIT);
    loop {
        let (stock, order, name) = (stock.clone(), order.clone(), attempts.name());
        let hold = lanes.hold();
        let done = db.transaction(|transaction| {
            let (stock, order) = (stock.clone(), order.clone());
            Box::pin(async move {
                let released = give_back(transaction, &stock, order.buyer, replaced).await?;
                let order = candidate(name, &order);
                match allocate_in(transaction, &stock, order, hold).await? {
                    Verdict::Done(Outcome::Booked(booked)) => Ok((released, booked)),
                    verdict => Err(Kept::Refused(verdict)),
                }
            })
        });
        match done.await {
            Ok((released, booked)) => {
                tell(lanes, &stock, &order, &released, &booked);
                return Ok(Outcome::Booked(booked));
            }
            Err(Kept::Over) => return Ok(lanes.book(&stock, Order::clone(&order)).await),
            Err(Kept::Paid(status)) => return Err(NotReplaced::Paid(status)),
            Err(Kept::Unknown) => return Err(NotReplaced::Unknown),
            Err(Kept::Refused(verdict)) => {
                if let Some(outcome) = attempts.refused(lanes, stock.event, verdict).await? {
                    return Ok(outcome);
                }
            }
            Err(Kept::Db(error)) => attempts.failed(error)?,
        }
    }
}

/// Ends the hold and releases its tickets within the transaction.
async fn give_back(
    transaction: &Transaction<'_>,
    stock: &Stock,
    buyer: BuyerId,
    replaced: BookingId,
) -> Result<Vec<Released>, Kept> {
    let booking = lock(transaction, stock.event, replaced).await?;
    let booking = booking.filter(|booking| booking.buyer == buyer);
    let booking = booking.ok_or(Kept::Unknown)?;
    match booking.status {
        Status::Pending if booking.is_paying => Err(Kept::Paid(booking.status)),
        // The look for overdue holds ends it.
        Status::Pending if booking.overdue => Err(Kept::Over),
        Status::Pending => Ok(booking.cancel().await?.unwrap_or_default()),
        Status::Confirmed => Err(Kept::Paid(booking.status)),
        Status::Expired | Status::Failed | Status::Cancelled => Err(Kept::Over),
    }
}

/// Notifies those who show counts, after the commit.
fn tell(lanes: &Lanes, stock: &Stock, order: &Order, released: &[Released], booked: &Booked) {
    lanes.released(stock.event, released);
    for (item, taken) in order.items.iter().zip(&booked.items) {
        lanes.taken(stock.event, item.stock, item.quantity, &taken.seats);
    }
}
