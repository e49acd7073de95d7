//! Takes tickets from a paid booking and gives it others, within the transaction that has locked the booking.
//!
//! What must hold: no ticket is waited for that another transaction may have locked: free ones are locked with SKIP
//! LOCKED, and the booking's own are nobody else's to lock. The booking's own are named by the tier that was bought, and
//! locked and freed by the tier whose stock they are. A ticket that is exchanged or handed over is issued anew, so
//! that the code of before lets nobody in. What may be changed, and what it costs, is decided by `booking`.

use super::assign::Pool;
use super::order::{Item, Stock, Taken};
use super::release::Released;
use super::special::count_others;
use super::statements::{
    CHANGE_ITEM, FREE_NAMED, FREE_OF_TIER, INSERT_ITEMS, LOCK_FREE_TICKETS, LOCK_HELD_TICKETS,
    LOCK_NAMED_TICKETS, REISSUE_TICKETS, RELEASE_TICKETS, REMOVE_ITEM, TAKE_TICKETS,
};
use super::tickets::{Ctid, Given, LockedTickets, Named, Wanted};
use crate::postgres::{Error, Transaction};
use crate::types::{BookingId, EventNo, SeatNo, TierNo};

/// What becomes of tickets that are taken from a booking, or of their codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Free again; their codes are void.
    Freed,
    /// Free again; their holder has newer codes for other tickets.
    Exchanged,
    /// They stay the booking's, with newer codes.
    Reissued,
}

/// Other tickets for a booking.
#[derive(Debug, Clone)]
pub struct Exchange<'a> {
    /// The event's tiers.
    pub stock: &'a Stock,
    /// For which booking.
    pub booking: BookingId,
    /// What it gives up, ascending, each once; at least one. By the tiers that were bought.
    pub old: &'a [(TierNo, SeatNo)],
    /// Of which tier it gets as many, whichever's stock that is.
    pub tier: TierNo,
    /// Which, ascending; `None`: the best that are free, together.
    pub seats: Option<&'a [SeatNo]>,
}

impl Exchange<'_> {
    /// The tier whose tickets the booking gets.
    fn stock_tier(&self) -> TierNo {
        self.stock.stock_of(self.tier)
    }
}

/// What came of an exchange.
#[derive(Debug)]
pub enum Exchanged {
    /// The booking holds the new tickets.
    Done {
        /// What became free.
        released: Vec<Released>,
        /// What it got, ascending.
        seats: Vec<SeatNo>,
    },
    /// These of the named seats belong to others. Roll back.
    Taken(Vec<SeatNo>),
    /// So many tickets of the tier are free. Roll back.
    TooFew(i64),
    /// Others have locked tickets, and may give them back. Roll back and try again.
    Locked,
}

/// Locks tickets of a booking, so that nobody is let in with them until the transaction ends.
///
/// # Errors
/// As [`give_up`].
pub async fn lock_held(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    tickets: &[(TierNo, SeatNo)],
) -> Result<(), Error> {
    lock(transaction, event, booking, tickets).await?;
    Ok(())
}

/// Tickets of a booking, locked, with their row identifiers: each by the tier whose ticket it is, ascending.
async fn lock(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    tickets: &[(TierNo, SeatNo)],
) -> Result<Vec<(TierNo, SeatNo, Ctid)>, Error> {
    let tiers: Vec<TierNo> = tickets.iter().map(|ticket| ticket.0).collect();
    let seats: Vec<SeatNo> = tickets.iter().map(|ticket| ticket.1).collect();
    let of = [
        ("event_id", &event as _),
        ("booking_id", &booking as _),
        ("tiers", &tiers as _),
        ("seats", &seats as _),
    ];
    let rows = LOCK_HELD_TICKETS.query(transaction, &of).await?;
    if rows.len() == tickets.len() {
        let locked = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2)));
        let mut locked: Vec<(TierNo, SeatNo, Ctid)> = locked.collect();
        locked.sort_unstable();
        return Ok(locked);
    }
    Err(Error::Inconsistent(format!(
        "booking {booking} lists {} tickets and holds {} of them",
        tickets.len(),
        rows.len()
    )))
}

/// Takes tickets from a booking, or their codes. What became free.
///
/// # Errors
/// Those of the database, also if the booking does not hold all of the tickets.
pub async fn give_up(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    tickets: &[(TierNo, SeatNo)],
    fate: Fate,
) -> Result<Vec<Released>, Error> {
    let locked = lock(transaction, event, booking, tickets).await?;
    let tiers: Vec<TierNo> = locked.iter().map(|ticket| ticket.0).collect();
    let seats: Vec<SeatNo> = locked.iter().map(|ticket| ticket.1).collect();
    let ctids: Vec<Ctid> = locked.iter().map(|ticket| ticket.2).collect();
    let count = ctids.len() as i64;
    let is_freed = fate != Fate::Reissued;
    let held = [
        ("event_id", &event as _),
        ("count", &count as _),
        ("tiers", &tiers as _),
        ("seats", &seats as _),
        ("ctids", &ctids as _),
    ];
    if fate == Fate::Freed {
        RELEASE_TICKETS.query(transaction, &held).await?;
    } else {
        let more = [("is_freed", &is_freed as _)];
        let held: Vec<_> = held.into_iter().chain(more).collect();
        REISSUE_TICKETS.query(transaction, &held).await?;
    }
    if !is_freed {
        return Ok(Vec::new());
    }
    let released = locked.chunk_by(|a, b| a.0 == b.0).map(|tier| Released {
        tier: tier[0].0,
        seats: tier.iter().map(|ticket| ticket.1).collect(),
    });
    Ok(released.collect())
}

/// Gives a booking other tickets for some of its own, all or none. What it lists is for [`set_item`].
///
/// # Errors
/// Those of the database.
pub async fn exchange(transaction: &Transaction<'_>, of: Exchange<'_>) -> Result<Exchanged, Error> {
    match of.seats {
        Some(seats) => exchange_for_named(transaction, &of, seats).await,
        None => exchange_for_best(transaction, &of).await,
    }
}

/// Among the named seats may be some that the booking gives up.
async fn exchange_for_named(
    transaction: &Transaction<'_>,
    of: &Exchange<'_>,
    seats: &[SeatNo],
) -> Result<Exchanged, Error> {
    let event = of.stock.event;
    let released = give_up(transaction, event, of.booking, of.old, Fate::Exchanged).await?;
    let named = |seats: &[SeatNo]| Named::of(seats.iter().map(|&seat| (of.stock_tier(), seat)));
    let lock_named = LOCK_NAMED_TICKETS.prepare(transaction).await?;
    let rows = named(seats).query(transaction, &lock_named, event).await?;
    let locked = LockedTickets::read(&rows);
    let stock = of.stock_tier();
    let is_locked = |seat: &&SeatNo| locked.tickets().binary_search(&(stock, **seat)).is_ok();
    let missing: Vec<SeatNo> = seats
        .iter()
        .filter(|seat| !is_locked(seat))
        .copied()
        .collect();
    if missing.is_empty() {
        take(transaction, of, &locked, seats).await?;
        let seats = seats.to_vec();
        return Ok(Exchanged::Done { released, seats });
    }
    let free_named = FREE_NAMED.prepare(transaction).await?;
    let free = named(&missing)
        .query(transaction, &free_named, event)
        .await?;
    let free: Vec<SeatNo> = free.iter().map(|row| row.get(1)).collect();
    let taken: Vec<SeatNo> = missing
        .into_iter()
        .filter(|seat| !free.contains(seat))
        .collect();
    Ok(if taken.is_empty() {
        Exchanged::Locked
    } else {
        Exchanged::Taken(taken)
    })
}

/// The tickets that the booking gives up are not among those to choose from: whoever moves it wants others.
async fn exchange_for_best(
    transaction: &Transaction<'_>,
    of: &Exchange<'_>,
) -> Result<Exchanged, Error> {
    let (event, quantity) = (of.stock.event, of.old.len() as i64);
    let mut wanted = Wanted::default();
    if let Some(tier) = of.stock.tier(of.stock_tier()) {
        wanted.add(tier, SeatNo(1), quantity);
    }
    let lock_free = LOCK_FREE_TICKETS.prepare(transaction).await?;
    let locked = wanted.lock(transaction, &lock_free, event).await?;
    let item = Item {
        tier: of.tier,
        quantity: of.old.len() as i32,
        unit_price_minor: 0,
        seats: None,
    };
    let items = [item];
    let taken = Pool::new(of.stock, locked.tickets()).take_items(&items);
    let taken = match taken {
        Some(taken) => Some(taken),
        None => take_special(transaction, of, &locked, &items).await?,
    };
    let Some(taken) = taken else {
        let counted = [
            ("event_id", &event as _),
            ("tier_no", &of.stock_tier() as _),
            ("at_most", &quantity as _),
        ];
        let rows = FREE_OF_TIER.query(transaction, &counted).await?;
        let free: i64 = rows.first().map_or(0, |row| row.get(0));
        return Ok(if free < quantity {
            Exchanged::TooFew(free)
        } else {
            Exchanged::Locked
        });
    };
    let seats: Vec<SeatNo> = taken.into_iter().flat_map(|taken| taken.seats).collect();
    let released = give_up(transaction, event, of.booking, of.old, Fate::Exchanged).await?;
    take(transaction, of, &locked, &seats).await?;
    Ok(Exchanged::Done { released, seats })
}

/// As an order: places that are given only to who names them, if it is known that too few others are free.
async fn take_special(
    transaction: &Transaction<'_>,
    of: &Exchange<'_>,
    locked: &LockedTickets,
    items: &[Item],
) -> Result<Option<Vec<Taken>>, Error> {
    let no = of.stock_tier();
    let Some(stock) = of.stock.tier(no) else {
        return Ok(None);
    };
    let wanted = of.old.len() as i64;
    let Some(others) = count_others(transaction, of.stock.event, stock, wanted).await? else {
        return Ok(None);
    };
    let mut pool = Pool::new(of.stock, locked.tickets());
    pool.count_others(no, others);
    Ok(pool.take_items(items))
}

async fn take(
    transaction: &Transaction<'_>,
    of: &Exchange<'_>,
    locked: &LockedTickets,
    seats: &[SeatNo],
) -> Result<(), Error> {
    let mut given = Given::default();
    given.add(locked, of.stock_tier(), seats, of.booking);
    let take_tickets = TAKE_TICKETS.prepare(transaction).await?;
    let (event, first_tier) = (of.stock.event, of.stock.first_tier());
    given
        .take(transaction, &take_tickets, event, first_tier)
        .await
}

/// What a booking lists of one tier.
#[derive(Debug, Clone)]
pub struct Listed<'a> {
    /// Of which tier.
    pub tier: TierNo,
    /// Which, ascending.
    pub seats: &'a [SeatNo],
    /// If the booking had none of the tier before: what it is to list.
    pub new: Option<NewItem>,
}

/// Tickets of a tier of which a booking had none.
#[derive(Debug, Clone, Copy)]
pub struct NewItem {
    /// The tier whose tickets they are.
    pub stock: TierNo,
    /// What each costs, in minor units.
    pub unit_price_minor: i64,
}

/// Sets what a booking lists of one tier; with no seats it lists nothing of it any more.
///
/// # Errors
/// Those of the database, also if the booking does not list the tier.
pub async fn set_item(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    listed: Listed<'_>,
) -> Result<(), Error> {
    let quantity = listed.seats.len() as i32;
    let of = [
        ("event_id", &event as _),
        ("booking_id", &booking as _),
        ("tier_no", &listed.tier as _),
    ];
    if let Some(new) = listed.new {
        return insert_item(transaction, event, booking, &listed, new).await;
    }
    let rows = if listed.seats.is_empty() {
        REMOVE_ITEM.query(transaction, &of).await?
    } else {
        let more = [("quantity", &quantity as _), ("seats", &listed.seats as _)];
        let of: Vec<_> = of.into_iter().chain(more).collect();
        CHANGE_ITEM.query(transaction, &of).await?
    };
    if rows.len() == 1 {
        Ok(())
    } else {
        let tier = listed.tier.0;
        Err(Error::Inconsistent(format!(
            "booking {booking} lists nothing of tier {tier}"
        )))
    }
}

async fn insert_item(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    listed: &Listed<'_>,
    new: NewItem,
) -> Result<(), Error> {
    let none: [bool; 0] = [];
    let stock = (new.stock != listed.tier).then_some(new.stock);
    INSERT_ITEMS
        .query(
            transaction,
            &[
                ("event_id", &event),
                ("first_tier", &listed.tier),
                ("booking_id", &[booking].as_slice()),
                ("tier_no", &[listed.tier].as_slice()),
                ("stock_tier_no", &[stock].as_slice()),
                ("quantity", &[listed.seats.len() as i32].as_slice()),
                ("unit_price_minor", &[new.unit_price_minor].as_slice()),
                ("first_seat", &[1].as_slice()),
                ("all_seats", &listed.seats),
                ("named", &none.as_slice()),
            ],
        )
        .await?;
    Ok(())
}
