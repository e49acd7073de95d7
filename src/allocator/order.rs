//! The allocator's input and output: [`Stock`], [`Order`], [`Verdict`], [`Outcome`]. Plain values, checked by
//! the caller; no I/O.
//!
//! What must hold: items are in ascending order of tier, each tier once, and named seats ascend; an outcome
//! is never "sold out" while orders in flight or holds may still release enough tickets.

use crate::postgres;
use crate::price::Line;
use crate::seating::Rows;
use crate::types::{
    BookingId, BookingKind, BuyerId, CodeNo, Currency, EventNo, Fingerprint, IdempotencyKey,
    Reference, SeatNo, TierNo, Timestamp,
};

/// What the allocator knows of an event. Every order brings what its caller knows, because an
/// organiser may add a tier in the middle of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// The event.
    pub event: EventNo,
    /// What every price of it is in.
    pub currency: Currency,
    /// In ascending order of their numbers.
    pub tiers: Vec<TierStock>,
}

/// One tier of a [`Stock`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierStock {
    /// Its number in the event.
    pub no: TierNo,
    /// The tier whose tickets are sold as this tier's: itself, or one whose stock it shares.
    pub stock: TierNo,
    /// Tickets in all.
    pub capacity: i32,
    /// Its rows if its seats are numbered.
    pub rows: Option<Rows>,
    /// When it is sold.
    pub window: Window,
}

/// When a tier is sold, within the sale of its event; by default as long as that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Not before.
    pub opens_at: Option<Timestamp>,
    /// Not from then on.
    pub closes_at: Option<Timestamp>,
}

impl Window {
    /// Whether it is sold later.
    pub fn is_before(&self, now: Timestamp) -> bool {
        self.opens_at.is_some_and(|opens| now < opens)
    }

    /// Whether it is sold no more.
    pub fn is_after(&self, now: Timestamp) -> bool {
        self.closes_at.is_some_and(|closes| closes <= now)
    }

    /// Whether it is sold now.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.is_before(now) && !self.is_after(now)
    }
}

impl Stock {
    /// The tier with this number.
    pub fn tier(&self, no: TierNo) -> Option<&TierStock> {
        let at = self.tiers.binary_search_by_key(&no, |tier| tier.no);
        at.ok().map(|at| &self.tiers[at])
    }

    /// The tier whose tickets are sold as this tier's.
    pub fn stock_of(&self, no: TierNo) -> TierNo {
        self.tier(no).map_or(no, |tier| tier.stock)
    }

    /// The tiers that are not sold at this time.
    pub(super) fn closed(&self, now: Timestamp) -> impl Iterator<Item = &TierStock> {
        self.tiers
            .iter()
            .filter(move |tier| !tier.window.is_open(now))
    }

    /// The tier whose row stands for the event in an insert.
    pub(super) fn first_tier(&self) -> TierNo {
        self.tiers.first().map_or(TierNo(1), |tier| tier.no)
    }

    /// Merges newer data of the same event: tiers are added or changed, never removed.
    pub(super) fn learn(&mut self, other: &Stock) {
        for tier in &other.tiers {
            match self.tiers.binary_search_by_key(&tier.no, |known| known.no) {
                Ok(at) => self.tiers[at].clone_from(tier),
                Err(at) => self.tiers.insert(at, tier.clone()),
            }
        }
    }
}

/// A buyer's order, checked against the event's tiers and limits by the caller.
#[derive(Debug, Clone)]
pub struct Order {
    /// The buyer.
    pub buyer: BuyerId,
    /// The client's name for this request.
    pub key: IdempotencyKey,
    /// A hash over the whole request.
    pub fingerprint: Fingerprint,
    /// Minor units.
    pub total_minor: i64,
    /// As what it is confirmed with its tickets; `None` if it is to be paid, or confirmed, later: then it is held.
    pub confirmed_as: Option<BookingKind>,
    /// At least one, each tier once, in ascending order of the tiers' numbers.
    pub items: Vec<Item>,
    /// What it costs beside the prices of its items, if that is anything.
    pub priced: Option<Box<Priced>>,
}

/// What few orders have: taxes, fees, a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// All lines; those that are added sum up to the order's total.
    pub lines: Vec<Line>,
    /// The code that it uses.
    pub code: Option<CodeUse>,
}

/// The use of a promo code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeUse {
    /// Which code.
    pub no: CodeNo,
    /// The order was priced by this version of it.
    pub version: i32,
    /// Whether that version may be used only so often.
    pub is_limited: bool,
}

/// Why a code cannot be used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeRefusal {
    /// It was changed since the order was priced: price it again.
    Changed,
    /// It was withdrawn.
    Withdrawn,
    /// It is valid later.
    NotYet(Timestamp),
    /// It was valid once.
    Over,
    /// Live bookings use it as often as it may be.
    UsedUp,
    /// Live bookings of the buyer do.
    UsedUpByBuyer {
        /// How often a buyer may use it.
        limit: i32,
    },
}

impl Order {
    /// What identifies the request. Also the order in which a batch inserts bookings, in every process: two
    /// batches that share several keys then cannot deadlock.
    pub fn identity(&self) -> (BuyerId, &IdempotencyKey) {
        (self.buyer, &self.key)
    }

    /// Whether an organiser makes it. Then it may be made before the sale opens and after it is over, and no limit of
    /// buyers counts.
    pub(super) fn is_organisers(&self) -> bool {
        self.confirmed_as.is_some_and(BookingKind::is_organisers)
    }

    /// The code that it uses.
    pub(super) fn code(&self) -> Option<CodeUse> {
        self.priced.as_ref()?.code
    }
}

/// What is ordered of one tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Of which tier.
    pub tier: TierNo,
    /// The tier whose tickets are sold as this tier's: itself, or one whose stock it shares.
    pub stock: TierNo,
    /// How many tickets, at least 1.
    pub quantity: i32,
    /// Minor units for each.
    pub unit_price_minor: i64,
    /// These very seats, ascending, as many as `quantity`; only of a numbered tier.
    pub seats: Option<Vec<SeatNo>>,
}

/// What items ask of each stock, in their order: the tier whose tickets they are, and how many.
pub(super) fn asked(items: &[Item]) -> Vec<(TierNo, i32)> {
    let mut asked: Vec<(TierNo, i32)> = Vec::with_capacity(items.len());
    for item in items {
        match asked.iter_mut().find(|(known, _)| *known == item.stock) {
            Some((_, quantity)) => *quantity += item.quantity,
            None => asked.push((item.stock, item.quantity)),
        }
    }
    asked
}

/// An order with the id and the reference that its booking will have, the same in all attempts.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'o> {
    /// Ascending with [`Order::identity`], so that a batch inserts in the order of both.
    pub id: BookingId,
    /// Random.
    pub reference: Reference,
    /// What is ordered.
    pub order: &'o Order,
}

impl std::ops::Deref for Candidate<'_> {
    type Target = Order;
    fn deref(&self) -> &Order {
        self.order
    }
}

/// The result of an order in a batch.
#[derive(Debug)]
pub enum Verdict {
    /// This is the answer.
    Done(Outcome),
    /// Other orders in flight hold the tickets: retry for a while, then answer this.
    Held(Vec<Shortage>),
    /// Holds of the event are overdue: expire them, retry for a while, then answer this.
    Overdue(Vec<Shortage>),
}

/// The allocator's answer to an order.
#[derive(Debug)]
pub enum Outcome {
    /// The tickets are the booking's; committed.
    Booked(Booked),
    /// The same, by an earlier attempt of this order that was committed although its answer was lost.
    Committed(BookingId),
    /// The key has made this booking before, for the same request.
    Replay(BookingId),
    /// The key has made this booking before, for another request.
    KeyReused(BookingId),
    /// Fewer tickets are free than were ordered, even if all that are not paid were given back.
    SoldOut(Vec<Shortage>),
    /// Too few tickets are free, but others hold enough without having paid, and may give them back.
    HeldByOthers {
        /// The tiers of the order.
        shortages: Vec<Shortage>,
        /// When the first hold of them ends; `None` if orders in flight hold them.
        may_free_at: Option<Timestamp>,
    },
    /// The code cannot be used.
    CodeRefused(CodeRefusal),
    /// These of the named seats belong to others, each with the tier that was ordered.
    SeatsTaken(Vec<(TierNo, SeatNo)>),
    /// With this order the buyer would have more tickets of the event than one buyer may.
    OverBuyerLimit {
        /// Tickets that one buyer may hold or own.
        limit: i64,
        /// How many more this one may book.
        left: i64,
    },
    /// The sale opens later.
    NotYetOnSale(Timestamp),
    /// The event has begun, or there is no such event any more.
    SaleOver,
    /// The event does not take place.
    CalledOff,
    /// A tier of the order is not sold now.
    TierClosed {
        /// Which.
        tier: TierNo,
        /// When its sale opens; `None` if it is over.
        opens_at: Option<Timestamp>,
    },
    /// Too many orders wait, or this one waited too long: nothing was done.
    Overloaded,
    /// The database failed; unless the error says otherwise nothing was done. The same key may be retried.
    Failed(postgres::Error),
}

/// A new booking.
#[derive(Debug, Clone)]
pub struct Booked {
    /// The booking.
    pub id: BookingId,
    /// Its reference, until it is confirmed at least.
    pub reference: Reference,
    /// By the database's clock.
    pub created_at: Timestamp,
    /// When the hold ends, by the database's clock; `None` if it is confirmed.
    pub expires_at: Option<Timestamp>,
    /// What each of the order's items got, in their order.
    pub items: Vec<Taken>,
}

/// What one item of an order got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// The seats, ascending.
    pub seats: Vec<SeatNo>,
    /// Whether all are adjacent in one row, with those of the order's other items of the same stock; true for a single
    /// seat. `None` for general admission.
    pub together: Option<bool>,
}

/// A tier that had too few tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// Which tier.
    pub tier: TierNo,
    /// Tickets of it that were ordered.
    pub asked: i32,
    /// Tickets that were ordered of its stock: of this tier and of those that share the stock with it.
    pub asked_of_stock: i32,
    /// Tickets of the stock that are free, counting those that other orders in flight hold.
    pub available: i32,
}
