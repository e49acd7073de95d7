//! The box office: what an organiser is paid by hand, in cash or by a card terminal that this server knows nothing of,
//! and what is given back the same way.
//!
//! What must hold: the payment is recorded in the transaction that makes the booking, so there is neither without the
//! other; what is recorded is what whoever sells has said it costs, if they say it; no gateway is asked, also when the money goes back.

use std::sync::Arc;

use super::method::ByHand;
use super::{Payment, ledger};
use crate::allocator::{Lanes, Order};
use crate::audit::{self, Actor, Entry};
use crate::booking::{self, Also, BookError, Issue, Made, make_issue};
use crate::catalog::Event;
use crate::postgres::{Db, Error};
use crate::types::{BookingId, Money};

/// Payments that are listed at most, the oldest.
const LISTED_MAX: i64 = 500;
/// Characters of a terminal's reference at most.
const REFERENCE_MAX: usize = 100;

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
        ByHand::Terminal {
            reference: Some(reference),
        } if reference.chars().count() > REFERENCE_MAX
            || reference.chars().any(char::is_control) =>
        {
            Err(SellError::Reference)
        }
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
    /// The payment.
    pub payment: Payment,
    /// The booking that was cancelled.
    pub booking: booking::Booking,
}

/// What is to be given back by hand of an event, the oldest first, some hundreds at most.
pub(super) async fn due(db: &Db, event: &Event) -> Result<Vec<HandRefund>, Error> {
    let payments = ledger::due_by_hand(db, event.no, LISTED_MAX).await?;
    let ids: Vec<BookingId> = payments.iter().map(|payment| payment.booking).collect();
    let bookings = booking::some(db, &ids).await?;
    let due = payments.into_iter().filter_map(|payment| {
        let booking = bookings.iter().find(|one| one.id == payment.booking)?;
        Some(HandRefund {
            booking: booking.clone(),
            payment,
        })
    });
    Ok(due.collect())
}

/// Records that what was paid for a cancelled booking is back. False if nothing of it was to be given back by hand.
pub(super) async fn give_back(
    db: &Db,
    by: &Actor,
    event: &Event,
    booking: BookingId,
) -> Result<bool, Error> {
    let entry = Entry::new(by, "payment.given_back", "booking", booking);
    let entry = Arc::new(entry.event(event.no).of(event.organisation));
    let event = event.no;
    db.transaction(|transaction| {
        let entry = entry.clone();
        Box::pin(async move {
            if booking::lock(transaction, event, booking).await?.is_none() {
                return Ok(false);
            }
            let is_news = ledger::give_back_by_hand(transaction, event, booking).await?;
            if is_news {
                audit::record(transaction, &entry).await?;
            }
            Ok(is_news)
        })
    })
    .await
}
