//! THE core: gives tickets to orders, never one twice, and takes them back.
//!
//! Read in this order: [`lane`] gathers orders while the previous batch commits; [`batch`]
//! allocates a batch in two pipelined round trips, or, if it is for places of general tiers alone,
//! has [`general`] do it in one; both write [`new_bookings`] by prepared [`statements`].
//! [`first_free`] tells them where to look; [`lock`] locks tickets and gives them; [`assign`] decides
//! who gets which of the locked tickets; [`rows`] is the geometry of numbered seats; [`release`] gives
//! tickets of ended bookings back, and ends the holds that are over; [`reallocate`] takes tickets again
//! for a booking whose money came after its hold was over.
//!
//! What must hold: tickets are locked in one total order (tier, then seat) and never waited
//! for, so no two batches can deadlock over them. An answer is given only after COMMIT. Free
//! tickets are `booking_id IS NULL`, and only this module writes that column after a ticket's
//! birth. Nothing in memory decides who gets a ticket: any number of processes may do the same.

pub mod assign;
pub mod batch;
pub mod first_free;
mod general;
pub mod lane;
mod lock;
mod new_bookings;
pub mod reallocate;
pub mod release;
mod statements;

use crate::postgres;
use crate::seating::Rows;
use crate::types::{
    BookingId, Currency, EventNo, Fingerprint, IdempotencyKey, SeatNo, TierNo, Timestamp, UserId,
};

pub use assign::Taken;
pub use lane::Lanes;
pub use reallocate::Retaken;
pub use release::Released;

/// The booking path is made of look-ups by key; a planner that has not seen the tables yet must not
/// choose to read or hash them whole, and keep to it for the life of the connection. Nor may it
/// compile a look-up because it reckons with many.
const BY_KEY: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; \
                      SET LOCAL enable_mergejoin = off; SET LOCAL jit = off";

/// What the allocator knows of an event: it does not change while tickets are sold.
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
    /// Tickets in all.
    pub capacity: i32,
    /// Its rows if its seats are numbered.
    pub rows: Option<Rows>,
}

impl Stock {
    /// The tier with this number.
    pub fn tier(&self, no: TierNo) -> Option<&TierStock> {
        self.tiers.iter().find(|tier| tier.no == no)
    }
}

/// A buyer's wish, checked against the event's tiers and limits by the caller.
#[derive(Debug, Clone)]
pub struct Order {
    /// Who asks.
    pub user: UserId,
    /// The client's name for this request.
    pub key: IdempotencyKey,
    /// Over everything that was asked.
    pub fingerprint: Fingerprint,
    /// Minor units.
    pub total_minor: i64,
    /// At least one, each tier once, in ascending order of the tiers' numbers.
    pub items: Vec<Item>,
}

impl Order {
    /// What makes it one request. Also the order in which a batch inserts bookings, in every process: two
    /// batches that share several keys then wait for each other one way round only.
    pub fn identity(&self) -> (UserId, &IdempotencyKey) {
        (self.user, &self.key)
    }
}

/// What is asked of one tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Of which tier.
    pub tier: TierNo,
    /// How many tickets, at least 1.
    pub quantity: i32,
    /// Minor units for each.
    pub unit_price_minor: i64,
    /// These very seats, ascending, as many as `quantity`; only of a numbered tier.
    pub seats: Option<Vec<SeatNo>>,
}

/// What became of an order.
#[derive(Debug)]
pub enum Outcome {
    /// The tickets are the booking's; committed.
    Booked(Booked),
    /// The same, by an earlier try of this very order that was committed although its answer was lost.
    Committed(BookingId),
    /// The key has made this booking before, for the same request.
    Replay(BookingId),
    /// The key has made a booking before, for another request.
    KeyReused,
    /// Fewer tickets are free than were asked for, whatever other orders in flight do.
    SoldOut(Vec<Shortage>),
    /// Enough tickets are free, but other orders in flight hold them and may give them back.
    HeldByOthers(Vec<Shortage>),
    /// These of the named seats belong to others.
    SeatsTaken(Vec<(TierNo, SeatNo)>),
    /// The sale opens later.
    NotYetOnSale(Timestamp),
    /// The event has begun, or there is no such event any more.
    SaleOver,
    /// Too many orders wait, or this one waited too long: nothing was done.
    Overloaded,
    /// The database failed; unless it says otherwise nothing was done, and the same key may be sent again.
    Failed(postgres::Error),
}

/// A new pending booking.
#[derive(Debug, Clone)]
pub struct Booked {
    /// The booking.
    pub id: BookingId,
    /// By the database's clock.
    pub created_at: Timestamp,
    /// When the hold ends, by the database's clock.
    pub expires_at: Timestamp,
    /// What each of the order's items got, in their order.
    pub items: Vec<Taken>,
}

/// A tier that could not give what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// Which tier.
    pub tier: TierNo,
    /// Tickets that the order asked for.
    pub asked: i32,
    /// Tickets that are free, counting those that other orders in flight hold.
    pub available: i32,
}
