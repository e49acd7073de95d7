//! Blocks: tickets that organisers keep off sale, each a booking of kind `withheld`; the list of an event's, and giving
//! their tickets back, all or some.
//!
//! What must hold: a block says what it is to keep, not what it gives back, so a request that is sent twice changes
//! nothing the second time; what is given back is free in the transaction that takes it out of the block.

use std::sync::Arc;

use serde_json::json;

use super::order::{FieldError, Refused, RequestedItem, RequestedSeat, Rule, find_seat};
use super::read::{columns, read_item, with_items};
use super::{BookedItem, Booking, Status, lock};
use crate::allocator::exchange::{Fate, Listed, give_up, set_item};
use crate::allocator::release::Released;
use crate::audit::{self, Actor, Entry};
use crate::catalog::Event;
use crate::postgres::{AsDbError, Db, Error, Transaction};
use crate::types::{BookingId, BookingKind, EventNo, SeatNo, TierNo};

/// Blocks of an event that are listed at most, the newest.
const BLOCKS_MAX: i64 = 500;

/// $1 event, $2 how many at most.
const BLOCKS: &str = concat!(
    "SELECT ",
    columns!(),
    "
    FROM bookings AS b
    WHERE b.event_id = $1 AND b.kind = 'withheld' AND b.status = 'confirmed'
    ORDER BY b.event_id DESC, b.id DESC LIMIT $2"
);

/// $1 event, $2 booking.
const ITEMS: &str = "
    SELECT tier_no, quantity, unit_price_minor, seats
    FROM booking_items
    WHERE event_id = $1 AND booking_id = $2 ORDER BY tier_no";

/// A block that holds tickets.
pub type Block = Booking;

/// What a block is to have from now on. What it does not have is not taken.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Whether it keeps nothing.
    pub nothing: bool,
    /// So many tickets of these tiers; of others what it has.
    pub items: Vec<RequestedItem>,
    /// Without these seats.
    pub without: Vec<RequestedSeat>,
}

/// Why nothing is given back.
#[derive(Debug)]
pub enum BlockError {
    /// The event has no such block, or no longer.
    NotFound,
    /// A field of the request is wrong.
    Refused(Refused),
    /// The database failed.
    Db(Error),
}

impl From<Error> for BlockError {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

impl AsDbError for BlockError {
    fn as_db_error(&self) -> Option<&Error> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// The blocks of an event that hold tickets, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn blocks(db: &Db, event: EventNo) -> Result<Vec<Block>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(BLOCKS).await?;
    let rows = client.query(&statement, &[&event, &BLOCKS_MAX]).await?;
    with_items(&client, &rows).await
}

/// Gives back what a block is not to keep. Returns what became free; nothing if it had no more before.
///
/// # Errors
/// [`BlockError`].
pub async fn give_back(
    db: &Db,
    by: &Actor,
    event: &Event,
    block: BookingId,
    kept: &Kept,
) -> Result<Vec<Released>, BlockError> {
    let kept = Arc::new(Limits::of(event, kept).map_err(BlockError::Refused)?);
    let entry = Entry::new(by, "tickets.given_back", "booking", block);
    let entry = Arc::new(entry.event(event.no).of(event.organisation));
    let event = event.no;
    db.transaction(|transaction| {
        let (kept, entry) = (kept.clone(), entry.clone());
        Box::pin(async move { give_back_in(transaction, event, block, &kept, &entry).await })
    })
    .await
}

async fn give_back_in(
    transaction: &Transaction<'_>,
    event: EventNo,
    block: BookingId,
    kept: &Limits,
    entry: &Entry,
) -> Result<Vec<Released>, BlockError> {
    let booking = lock(transaction, event, block).await?;
    let booking = booking.ok_or(BlockError::NotFound)?;
    if booking.kind != BookingKind::Withheld {
        return Err(BlockError::NotFound);
    }
    if booking.status != Status::Confirmed {
        return Ok(Vec::new());
    }
    let items = items(transaction, event, block).await?;
    let split: Vec<_> = items.iter().map(|item| kept.split(item)).collect();
    if split.iter().all(|(stays, _)| stays.is_empty()) {
        let released = booking.cancel().await?.unwrap_or_default();
        record(transaction, entry, &released).await?;
        return Ok(released);
    }
    let changed = || {
        items
            .iter()
            .zip(&split)
            .filter(|(_, (_, goes))| !goes.is_empty())
    };
    let gone = changed().flat_map(|(item, (_, goes))| goes.iter().map(|&seat| (item.tier, seat)));
    let gone: Vec<(TierNo, SeatNo)> = gone.collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    // Before the items: they say which tickets are the block's.
    let released = give_up(transaction, event, block, &gone, Fate::Freed).await?;
    for (item, (stays, _)) in changed() {
        let (tier, seats) = (item.tier, stays.as_slice());
        let new = None;
        set_item(transaction, event, block, Listed { tier, seats, new }).await?;
    }
    record(transaction, entry, &released).await?;
    Ok(released)
}

/// What a block has.
async fn items(
    transaction: &Transaction<'_>,
    event: EventNo,
    block: BookingId,
) -> Result<Vec<BookedItem>, Error> {
    let statement = transaction.prepare_cached(ITEMS).await?;
    let rows = transaction.query(&statement, &[&event, &block]).await?;
    Ok(rows.iter().map(read_item).collect())
}

async fn record(
    transaction: &Transaction<'_>,
    entry: &Entry,
    released: &[Released],
) -> Result<(), Error> {
    let tickets: usize = released.iter().map(|tier| tier.seats.len()).sum();
    let entry = entry.clone().after(json!({"tickets": tickets}));
    audit::record(transaction, &entry).await
}

/// [`Kept`], with the event's numbers.
#[derive(Debug)]
struct Limits {
    nothing: bool,
    quantities: Vec<(TierNo, usize)>,
    without: Vec<(TierNo, SeatNo)>,
}

impl Limits {
    /// # Errors
    /// Every field that is wrong.
    fn of(event: &Event, kept: &Kept) -> Result<Self, Refused> {
        let mut errors = Vec::new();
        let mut quantities: Vec<(TierNo, usize)> = Vec::new();
        for (index, item) in kept.items.iter().enumerate() {
            let wrong = |name, rule| FieldError::new(format!("/items/{index}/{name}"), rule);
            match (event.tier(&item.tier), usize::try_from(item.quantity)) {
                (None, _) => errors.push(wrong("tier", Rule::KnownTier)),
                (Some(tier), _) if quantities.iter().any(|(no, _)| *no == tier.no) => {
                    errors.push(wrong("tier", Rule::OnlyOnce));
                }
                (_, Err(_)) => errors.push(wrong("quantity", Rule::NoneOrMore)),
                (Some(tier), Ok(quantity)) => quantities.push((tier.no, quantity)),
            }
        }
        let mut without = Vec::new();
        for (index, seat) in kept.without.iter().enumerate() {
            let wrong = |name, rule| FieldError::new(format!("/seats/{index}/{name}"), rule);
            match event.tier(&seat.tier) {
                None => errors.push(wrong("tier", Rule::KnownTier)),
                Some(tier) => match find_seat(tier, seat) {
                    Ok(found) => without.push((tier.no, found)),
                    Err((name, rule)) => errors.push(wrong(name, rule)),
                },
            }
        }
        if !kept.nothing && quantities.is_empty() && without.is_empty() && errors.is_empty() {
            errors.push(FieldError::new("/items", Rule::AtLeastOneTicket));
        }
        if errors.is_empty() {
            Ok(Self {
                nothing: kept.nothing,
                quantities,
                without,
            })
        } else {
            Err(Refused::Invalid(errors))
        }
    }

    /// Which seats of an item stay, and which are given back: of a number of tickets the last ones.
    fn split(&self, item: &BookedItem) -> (Vec<SeatNo>, Vec<SeatNo>) {
        let goes = |seat: &SeatNo| self.nothing || self.without.contains(&(item.tier, *seat));
        let (mut gone, mut stays): (Vec<_>, Vec<_>) = item.seats.iter().copied().partition(goes);
        let most = self.quantities.iter().find(|(tier, _)| *tier == item.tier);
        if let Some((_, most)) = most
            && stays.len() > *most
        {
            gone.extend(stays.split_off(*most));
        }
        (stays, gone)
    }
}
