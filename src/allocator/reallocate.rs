//! New tickets for a booking that was paid after its hold had expired.
//!
//! What must hold: seats that the buyer named are the same ones again; otherwise the same tickets where they are
//! free, others of the tier where they are not; all or none; tiers that share a stock as one party. "Too few" is said only if too few are free, locked
//! or not, and no overdue hold can give them back. The use of a code, which had ended with the hold, is taken again,
//! after the tickets and before the turn. Tickets are waited for in ascending order, each a bounded time,
//! and with nothing locked that a batch may wait for: [`find`] comes before the buyer's turn is taken,
//! [`Found::take`] after it. Batches never wait for tickets, so nobody waits in a circle. Runs in the transaction
//! that has locked the booking; whether the booking may be confirmed is `booking::transition`'s decision.

use std::collections::BTreeMap;

use super::assign::Pool;
use super::code::{UseAgain, use_again};
use super::order::{Item, Stock, TierStock, Window};
use super::special::count_others;
use super::statements::{
    LOCK_FREE_TICKETS, LOCK_NAMED_TICKETS, SET_ITEM_SEATS, STOCK_FOR_BOOKING, TAKE_TICKETS,
    TIERS_OF_EVENT, WAIT_FOR_TICKETS,
};
use super::tickets::{Given, LockedTickets, Named, Wanted};
use crate::postgres::{Error, Transaction};
use crate::seating::Rows;
use crate::types::{BookingId, BuyerId, CodeNo, Currency, EventNo, SeatNo, TierNo};

/// What to do about tickets that other transactions have locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locked {
    /// Take others, or none.
    Skip,
    /// Wait for them, each a bounded time.
    WaitFor,
}

/// An ended booking, which holds no tickets.
#[derive(Debug, Clone, Copy)]
pub struct Ended<'a> {
    /// Of which event.
    pub event: EventNo,
    /// Which booking.
    pub id: BookingId,
    /// Whose it was.
    pub buyer: BuyerId,
    /// The code with which it was booked.
    pub code: Option<CodeNo>,
    /// What its prices are in.
    pub currency: Currency,
    /// Each tier once, ascending.
    pub items: &'a [EndedItem],
}

/// What an ended booking had of one tier.
#[derive(Debug, Clone)]
pub struct EndedItem {
    /// Of which tier.
    pub tier: TierNo,
    /// Which seats, ascending.
    pub seats: Vec<SeatNo>,
    /// Whether the buyer named these seats: no others will do.
    pub named: bool,
}

/// The result of a search for tickets.
#[derive(Debug)]
pub enum Search {
    /// These are locked for the booking.
    Found(Found),
    /// Too few are free, or the event has begun.
    TooFew,
    /// Other bookings use its code as often as it may be used.
    UsedUp,
    /// Enough are free, but others have locked them, or an overdue hold may give them back: roll back, end
    /// the overdue holds, try again.
    Locked,
}

/// Locked tickets for a booking.
#[derive(Debug)]
pub struct Found {
    stock: Stock,
    booking: BookingId,
    tickets: Vec<Retaken>,
    locked: LockedTickets,
}

/// Tickets of one tier that were taken for the booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retaken {
    /// Of which tier.
    pub tier: TierNo,
    /// The tier whose tickets they are.
    pub stock: TierNo,
    /// Which, ascending.
    pub seats: Vec<SeatNo>,
}

/// Locks tickets for a booking that holds none, within the transaction that has locked it.
///
/// # Errors
/// Those of the database; [`Error::Conflict`] if a lock was waited for too long.
pub async fn find(
    transaction: &Transaction<'_>,
    booking: Ended<'_>,
    locked: Locked,
) -> Result<Search, Error> {
    let Some(stock) = stock_on_sale(transaction, booking).await? else {
        return Ok(Search::TooFew);
    };
    if locked == Locked::WaitFor {
        wait_for_tickets(transaction, &stock, booking).await?;
    }
    let same = lock_same(transaction, &stock, booking).await?;
    let others = lock_others(transaction, &stock, booking.items, &same).await?;
    let mut chosen = choose(&stock, booking.items, &same, &others, &[]);
    if chosen.is_none() {
        // Places for wheelchairs only if too few others are free, whoever has them locked.
        let counted = count_others_of(transaction, &stock, booking).await?;
        if !counted.is_empty() {
            chosen = choose(&stock, booking.items, &same, &others, &counted);
        }
    }
    if let Some(tickets) = chosen {
        if let Some(code) = booking.code {
            match use_again(transaction, booking.event, code, booking.buyer).await? {
                UseAgain::Allowed => {}
                UseAgain::UsedUp => return Ok(Search::UsedUp),
                UseAgain::Overdue => return Ok(Search::Locked),
            }
        }
        return Ok(Search::Found(Found {
            stock,
            booking: booking.id,
            tickets,
            locked: same.and(others),
        }));
    }
    let of_booking: &[_] = &[
        ("event_id", &booking.event as _),
        ("booking_id", &booking.id as _),
    ];
    let left = STOCK_FOR_BOOKING.query(transaction, of_booking).await?;
    let may_do = left
        .iter()
        .any(|row| row.get("enough") || row.get("overdue"));
    Ok(if may_do {
        Search::Locked
    } else {
        Search::TooFew
    })
}

impl Found {
    /// Tickets in all.
    pub fn quantity(&self) -> i64 {
        self.tickets
            .iter()
            .map(|tier| tier.seats.len() as i64)
            .sum()
    }

    /// Assigns them to the booking. Both statements check their row count.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn take(self, transaction: &Transaction<'_>) -> Result<Vec<Retaken>, Error> {
        let mut given = Given::default();
        for taken in &self.tickets {
            SET_ITEM_SEATS
                .query(
                    transaction,
                    &[
                        ("event_id", &self.stock.event),
                        ("booking_id", &self.booking),
                        ("tier_no", &taken.tier),
                        ("seats", &taken.seats),
                    ],
                )
                .await?;
            given.add(&self.locked, taken.stock, &taken.seats, self.booking);
        }
        let take_tickets = TAKE_TICKETS.prepare(transaction).await?;
        let (event, first_tier) = (self.stock.event, self.stock.first_tier());
        given
            .take(transaction, &take_tickets, event, first_tier)
            .await?;
        Ok(self.tickets)
    }
}

/// The event's tiers; `None` if its sale is over.
async fn stock_on_sale(
    transaction: &Transaction<'_>,
    booking: Ended<'_>,
) -> Result<Option<Stock>, Error> {
    let rows = TIERS_OF_EVENT
        .query(transaction, &[("event_id", &booking.event)])
        .await?;
    if rows.first().is_none_or(|row| row.get("over")) {
        return Ok(None);
    }
    let tiers = rows.iter().map(|row| TierStock {
        no: row.get("tier_no"),
        stock: row.get("stock_tier_no"),
        capacity: row.get("capacity"),
        rows: Rows::of_tier(row.get("row_blocks"), row.get("plan")).map(|rows| {
            let special: Option<Vec<SeatNo>> = row.get("special_seats");
            rows.with_special(special.unwrap_or_default())
        }),
        // It was ordered when it was sold.
        window: Window::default(),
    });
    Ok(Some(Stock {
        event: booking.event,
        currency: booking.currency,
        tiers: tiers.collect(),
    }))
}

/// Locks what each stock has to give, in the order in which all lock tickets: what is locked here is found by the
/// statements that skip what others have locked.
async fn wait_for_tickets(
    transaction: &Transaction<'_>,
    stock: &Stock,
    booking: Ended<'_>,
) -> Result<(), Error> {
    for (tier, party) in parties(stock, booking.items) {
        let had = seats_of(&party);
        // An order names the seats of a stock or none of them.
        let named = party.iter().all(|item| item.named).then_some(&had);
        let first = named.and_then(|seats| seats.first()).copied();
        let last = named.and_then(|seats| seats.last()).copied();
        // As many others as are wanted are waited for, wherever the places for wheelchairs are.
        let rows = stock.tier(tier).and_then(|tier| tier.rows.as_ref());
        let quantity = had.len() + rows.map_or(0, |rows| rows.special().len());
        WAIT_FOR_TICKETS
            .query(
                transaction,
                &[
                    ("event_id", &booking.event),
                    ("tier_no", &tier),
                    ("first_seat", &first.unwrap_or(SeatNo(1))),
                    ("last_seat", &last.unwrap_or(SeatNo(i32::MAX))),
                    ("seats", &named),
                    ("quantity", &(quantity as i64)),
                ],
            )
            .await?;
    }
    Ok(())
}

/// The items by the tier whose tickets they are: a party is seated together.
fn parties<'i>(stock: &Stock, items: &'i [EndedItem]) -> BTreeMap<TierNo, Vec<&'i EndedItem>> {
    let mut parties: BTreeMap<TierNo, Vec<&EndedItem>> = BTreeMap::new();
    for item in items {
        let party = parties.entry(stock.stock_of(item.tier));
        party.or_default().push(item);
    }
    parties
}

/// What a party had, ascending.
fn seats_of(party: &[&EndedItem]) -> Vec<SeatNo> {
    let seats = party.iter().flat_map(|item| item.seats.iter().copied());
    let mut seats: Vec<SeatNo> = seats.collect();
    seats.sort_unstable();
    seats
}

/// Those of the items' own seats that are free, locked.
async fn lock_same(
    transaction: &Transaction<'_>,
    stock: &Stock,
    booking: Ended<'_>,
) -> Result<LockedTickets, Error> {
    let tickets = |item: &EndedItem| {
        let tier = stock.stock_of(item.tier);
        item.seats.clone().into_iter().map(move |seat| (tier, seat))
    };
    let had = Named::of(booking.items.iter().flat_map(tickets));
    let lock_named = LOCK_NAMED_TICKETS.prepare(transaction).await?;
    let rows = had.query(transaction, &lock_named, booking.event).await?;
    Ok(LockedTickets::read(&rows))
}

/// Free tickets of the stocks in which another booking has one of the seats now, and others will do.
async fn lock_others(
    transaction: &Transaction<'_>,
    stock: &Stock,
    items: &[EndedItem],
    same: &LockedTickets,
) -> Result<LockedTickets, Error> {
    let mut wanted = Wanted::default();
    for (of, party) in parties(stock, items) {
        if has_all(same, of, &party) || party.iter().all(|item| item.named) {
            continue;
        }
        if let Some(tier) = stock.tier(of) {
            wanted.add(tier, SeatNo(1), seats_of(&party).len() as i64);
        }
    }
    let lock_free = LOCK_FREE_TICKETS.prepare(transaction).await?;
    wanted.lock(transaction, &lock_free, stock.event).await
}

/// Of the stocks with places for wheelchairs, how many others are free.
async fn count_others_of(
    transaction: &Transaction<'_>,
    stock: &Stock,
    booking: Ended<'_>,
) -> Result<Vec<(TierNo, i32)>, Error> {
    let mut counted = Vec::new();
    for (of, party) in parties(stock, booking.items) {
        let Some(tier) = stock.tier(of) else { continue };
        let wanted = seats_of(&party).len() as i64;
        if let Some(free) = count_others(transaction, booking.event, tier, wanted).await? {
            counted.push((of, free));
        }
    }
    Ok(counted)
}

/// What each item gets; `None` if the locked tickets are too few. `counted` says of stocks how many seats are free that are no
/// places for wheelchairs.
fn choose(
    stock: &Stock,
    items: &[EndedItem],
    same: &LockedTickets,
    others: &LockedTickets,
    counted: &[(TierNo, i32)],
) -> Option<Vec<Retaken>> {
    let mut pool = Pool::new(stock, others.tickets());
    for &(of, free) in counted {
        pool.count_others(of, free);
    }
    let mut chosen = Vec::with_capacity(items.len());
    for (of, party) in parties(stock, items) {
        let retaken = |(item, seats): (&&EndedItem, Vec<SeatNo>)| Retaken {
            tier: item.tier,
            stock: of,
            seats,
        };
        if has_all(same, of, &party) {
            let had = party.iter().map(|item| item.seats.clone());
            chosen.extend(party.iter().zip(had).map(retaken));
            continue;
        }
        let any = party.iter().map(|item| Item {
            tier: item.tier,
            quantity: item.seats.len() as i32,
            unit_price_minor: 0,
            seats: item.named.then(|| item.seats.clone()),
        });
        let any: Vec<Item> = any.collect();
        let taken = pool.take_items(&any)?.into_iter().map(|taken| taken.seats);
        chosen.extend(party.iter().zip(taken).map(retaken));
    }
    Some(chosen)
}

fn has_all(locked: &LockedTickets, of: TierNo, party: &[&EndedItem]) -> bool {
    let mut seats = party.iter().flat_map(|item| &item.seats);
    seats.all(|&seat| locked.tickets().contains(&(of, seat)))
}
