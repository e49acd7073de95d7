//! The box office: what an organiser is paid by hand, in cash or by a card terminal that this server knows nothing of,
//! and what is given back the same way, for a booking and for dearer tickets of it (`paid_differences`).
//!
//! What must hold: the payment is recorded in the transaction that makes the booking, so there is neither without the
//! other; what is recorded is what whoever sells has said it costs, if they say it; no gateway is asked, also when the money goes back.

use std::sync::Arc;

use serde_json::json;

use super::method::{ByHand, Method};
use super::{ledger, paid_differences};
use crate::allocator::{Lanes, Order};
use crate::audit::{self, Actor, Entry};
use crate::booking::{self, Also, BookError, ChangeError, Issue, Made, make_issue};
use crate::catalog::Event;
use crate::postgres::{Db, Error, Transaction};
use crate::types::{BookingId, ChangeId, Money, Timestamp};

/// Payments that are listed at most, the oldest.
const LISTED_MAX: i64 = 500;

/// A sale at the counter.
#[derive(Debug, Clone)]
pub struct Take {
    /// What is sold, and to whom if they say so. Its `terms` are set by the sale.
    pub order: Issue,
    /// How it is paid.
    pub by_hand: ByHand,
    /// What whoever sells expects it to cost, in minor units, if they say so: what their page has shown and the terminal
    /// has taken.
    pub expected_minor: Option<i64>,
}

/// Why nothing was sold.
#[derive(Debug)]
pub enum SellError {
    /// The tickets cannot be had.
    Book(BookError),
    /// Less cash was given than it costs.
    TooLittle {
        /// What it costs.
        total: Money,
    },
    /// It costs something else than whoever sells has expected.
    OtherTotal {
        /// What it costs.
        total: Money,
    },
    /// The terminal's reference is too long, or holds control characters.
    Reference,
}

impl From<BookError> for SellError {
    fn from(error: BookError) -> Self {
        Self::Book(error)
    }
}

/// Sells at the counter: booking and payment are made in one transaction.
pub(super) async fn sell(
    db: &Db,
    lanes: &Lanes,
    by: &Actor,
    event: &Event,
    take: Take,
) -> Result<Made, SellError> {
    let Take {
        mut order,
        by_hand,
        expected_minor,
    } = take;
    order.terms = by_hand.terms();
    let made = match may_sell(event, &order, &by_hand, expected_minor) {
        Ok(made) => made,
        // What was sold before is sold, whatever it would cost now.
        Err(refused) => {
            let known = booking::issued(db, event, &order).await;
            return known.map_err(BookError::from)?.ok_or(refused);
        }
    };
    let also = (made.total_minor > 0).then(|| payment(event, &order, by_hand));
    Ok(booking::issue(db, lanes, by, event, order, made, also).await?)
}

/// The order of a sale.
///
/// # Errors
/// Why it cannot be sold like this, whatever is free.
fn may_sell(
    event: &Event,
    order: &Issue,
    by_hand: &ByHand,
    expected_minor: Option<i64>,
) -> Result<Order, SellError> {
    let made = make_issue(event, order).map_err(BookError::Refused)?;
    let total = event.money(made.total_minor);
    if expected_minor.is_some_and(|expected| expected != made.total_minor) {
        return Err(SellError::OtherTotal { total });
    }
    match by_hand {
        ByHand::Cash {
            tendered_minor: Some(given),
        } if *given < made.total_minor => Err(SellError::TooLittle { total }),
        by_hand if !by_hand.is_printable() => Err(SellError::Reference),
        _ => Ok(made),
    }
}

/// What writes the payment.
fn payment(event: &Event, order: &Issue, by_hand: ByHand) -> Also {
    let (event, key, by_hand) = (event.no, order.key.clone(), Arc::new(by_hand));
    Arc::new(move |transaction, booking| {
        let (key, by_hand) = (key.clone(), by_hand.clone());
        Box::pin(async move {
            ledger::insert_by_hand(transaction, event, booking, &key, &by_hand).await
        })
    })
}

/// Money that is to be given back by hand.
#[derive(Debug, Clone)]
pub struct HandRefund {
    /// The booking for which it was paid.
    pub booking: booking::Booking,
    /// The exchange for whose dearer tickets it was paid; `None`: for the booking, which was cancelled.
    pub change: Option<ChangeId>,
    /// How much.
    pub amount: Money,
    /// The way in which it was paid, and goes back.
    pub method: Method,
    /// What the terminal printed.
    pub terminal_reference: Option<String>,
    /// Since when.
    pub due_since: Option<Timestamp>,
}

/// What is back.
#[derive(Debug, Clone, Copy)]
pub struct BackByHand {
    /// Of which booking.
    pub booking: BookingId,
    /// Of which of its exchanges alone; `None`: all that is due.
    pub change: Option<ChangeId>,
    /// How much of what was paid for dearer tickets, in minor units, if whoever gave it back says so.
    pub expected_minor: Option<i64>,
}

/// What is to be given back by hand of an event, the oldest first, some hundreds at most.
pub(super) async fn due(db: &Db, event: &Event) -> Result<Vec<HandRefund>, Error> {
    let payments = ledger::due_by_hand(db, event.no, LISTED_MAX).await?;
    let differences = paid_differences::due(db, event.no, LISTED_MAX).await?;
    let ids = payments.iter().map(|payment| payment.booking);
    let ids: Vec<BookingId> = ids.chain(differences.iter().map(|it| it.booking)).collect();
    let bookings = booking::some(db, &ids).await?;
    let of = |id: BookingId| bookings.iter().find(|one| one.id == id).cloned();
    let of_bookings = payments.into_iter().filter_map(|payment| {
        Some(HandRefund {
            booking: of(payment.booking)?,
            change: None,
            amount: payment.amount,
            method: payment.method,
            terminal_reference: payment.terminal_reference,
            due_since: payment.refund_requested_at,
        })
    });
    let of_exchanges = differences.into_iter().filter_map(|it| {
        Some(HandRefund {
            booking: of(it.booking)?,
            change: Some(it.change),
            amount: event.money(it.amount_minor),
            method: it.method,
            terminal_reference: it.terminal_reference,
            due_since: it.since,
        })
    });
    let mut due: Vec<HandRefund> = of_bookings.chain(of_exchanges).collect();
    due.sort_by_key(|one| one.due_since);
    due.truncate(LISTED_MAX as usize);
    Ok(due)
}

/// Records that what was paid by hand is back. False if nothing of it was to be given back by hand.
///
/// # Errors
/// [`ChangeError::OtherAmount`] if so much was not due, or those of the database.
pub(super) async fn give_back(
    db: &Db,
    by: &Actor,
    event: &Arc<Event>,
    back: BackByHand,
) -> Result<bool, ChangeError> {
    let work = Arc::new((by.clone(), event.clone()));
    db.transaction(|transaction| {
        let work = work.clone();
        Box::pin(async move {
            let (by, event) = &*work;
            give_back_in(transaction, by, event, back).await
        })
    })
    .await
}

async fn give_back_in(
    transaction: &Transaction<'_>,
    by: &Actor,
    event: &Event,
    back: BackByHand,
) -> Result<bool, ChangeError> {
    let (no, id) = (event.no, back.booking);
    if booking::lock(transaction, no, id).await?.is_none() {
        return Ok(false);
    }
    let is_of_booking =
        back.change.is_none() && ledger::give_back_by_hand(transaction, no, id).await?;
    let minor = paid_differences::give_back(transaction, no, id, back.change).await?;
    if !is_of_booking && minor == 0 {
        return Ok(false);
    }
    if back.expected_minor.is_some_and(|it| it != minor) {
        return Err(ChangeError::OtherAmount(minor));
    }
    let entry = Entry::new(by, "payment.given_back", "booking", id);
    let mut entry = entry.event(no).of(event.organisation);
    if minor > 0 {
        entry = entry.after(json!({"given_back": event.money(minor)}));
    }
    audit::record(transaction, &entry).await?;
    Ok(true)
}
