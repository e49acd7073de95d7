//! The box office: what an organiser is paid by hand, in cash or by a card terminal that this server knows nothing of,
//! and what is given back the same way.
//!
//! What must hold: the payment is recorded in the transaction that makes the booking, so there is neither without the
//! other; no gateway is asked, also when the money goes back.

use std::sync::Arc;

use utoipa::ToSchema;

use super::{Payment, ledger};
use crate::allocator::Lanes;
use crate::audit::{self, Actor, Entry};
use crate::booking::{self, Also, BookError, Issue, Made, make_issue};
use crate::catalog::Event;
use crate::postgres::{Db, Error};
use crate::types::{BookingId, Money};

/// Payments that are listed at most, the oldest.
const LISTED_MAX: i64 = 500;
/// Characters of a terminal's reference at most.
const REFERENCE_MAX: usize = 100;

/// How a payment is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ToSchema)]
#[schema(as = PaymentMethod, rename_all = "lowercase")]
pub enum Method {
    /// By card, through the gateway.
    Card,
    /// In cash, at the box office.
    Cash,
    /// By card, at the terminal of the box office.
    Terminal,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Card, Self::Cash, Self::Terminal];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Cash => "cash",
            Self::Terminal => "terminal",
        }
    }
}

impl std::str::FromStr for Method {
    type Err = crate::types::Invalid;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|method| method.as_str() == text);
        found.ok_or_else(|| crate::types::Invalid::new("must be card, cash or terminal"))
    }
}

impl serde::Serialize for Method {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How an organiser is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHand {
    /// In cash.
    Cash {
        /// What the buyer gave, in minor units; `None` is just what it costs.
        tendered_minor: Option<i64>,
    },
    /// By the terminal.
    Terminal {
        /// What it printed.
        reference: Option<String>,
    },
}

impl ByHand {
    /// Which way.
    pub fn method(&self) -> Method {
        match self {
            Self::Cash { .. } => Method::Cash,
            Self::Terminal { .. } => Method::Terminal,
        }
    }

    /// What is the same in a repetition.
    fn terms(&self) -> String {
        match self {
            Self::Cash { tendered_minor } => {
                let given = tendered_minor.map(|minor| format!(" {minor}"));
                format!("cash{}", given.unwrap_or_default())
            }
            Self::Terminal { reference } => {
                let reference = reference.as_ref().map(|text| format!(" {text}"));
                format!("terminal{}", reference.unwrap_or_default())
            }
        }
    }
}

/// A sale at the counter.
#[derive(Debug, Clone)]
pub struct Take {
    /// What is sold, and to whom if they say so. Its `terms` are set by the sale.
    pub order: Issue,
    /// How it is paid.
    pub by_hand: ByHand,
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
    let Take { mut order, by_hand } = take;
    order.terms = by_hand.terms();
    let made = make_issue(event, &order).map_err(BookError::Refused)?;
    match &by_hand {
        ByHand::Cash {
            tendered_minor: Some(given),
        } if *given < made.total_minor => {
            let total = event.money(made.total_minor);
            return Err(SellError::TooLittle { total });
        }
        ByHand::Terminal {
            reference: Some(reference),
        } if reference.chars().count() > REFERENCE_MAX
            || reference.chars().any(char::is_control) =>
        {
            return Err(SellError::Reference);
        }
        _ => {}
    }
    let also = (made.total_minor > 0).then(|| payment(event, &order, by_hand));
    Ok(booking::issue(db, lanes, by, event, order, made, also).await?)
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
