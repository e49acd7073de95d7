//! New tickets for a booking that was paid after its hold had expired.
//!
//! What must hold: the same tickets where they are free, others of the tier where they are not; all or none.
//! As in a batch, tickets are locked in ascending order and never waited for. Runs in the transaction that
//! has locked the booking; whether the booking may be confirmed is `booking::transition`'s decision.

use super::assign::Pool;
use super::order::{Item, Stock, TierStock};
use super::statements::{
    LOCK_FREE_TICKETS, LOCK_NAMED_TICKETS, SET_ITEM_SEATS, TAKE_TICKETS, TIERS_OF_EVENT,
};
use super::tickets::{Given, LockedTickets, Named, Wanted};
use crate::postgres::{Error, Transaction};
use crate::seating::Rows;
use crate::types::{BookingId, Currency, EventNo, SeatNo, TierNo};

/// Tickets of one tier that were taken for the booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retaken {
    /// Of which tier.
    pub tier: TierNo,
    /// Which, ascending.
    pub seats: Vec<SeatNo>,
}

/// Takes tickets for a booking that holds none, within the transaction that has locked it. Each item
/// names the seats that it had. `None`, and nothing is taken, if too few unlocked tickets remain or the
/// event has begun.
///
/// # Errors
/// Those of the database.
pub async fn reallocate(
    transaction: &Transaction<'_>,
    event: EventNo,
    currency: Currency,
    booking: BookingId,
    items: &[Item],
) -> Result<Option<Vec<Retaken>>, Error> {
    let Some(stock) = stock_on_sale(transaction, event, currency).await? else {
        return Ok(None);
    };
    let same = lock_same(transaction, event, items).await?;
    let others = lock_others(transaction, &stock, items, &same).await?;
    let mut pool = Pool::new(&stock, others.tickets());
    let mut retaken = Vec::with_capacity(items.len());
    for item in items {
        let seats = if has_all(&same, item) {
            item.seats.clone().unwrap_or_default()
        } else {
            let any = Item {
                seats: None,
                ..item.clone()
            };
            match pool.take_items(std::slice::from_ref(&any)) {
                Some(taken) => taken.into_iter().flat_map(|taken| taken.seats).collect(),
                None => return Ok(None),
            }
        };
        retaken.push(Retaken {
            tier: item.tier,
            seats,
        });
    }
    write(transaction, &stock, booking, &retaken, &same.and(others)).await?;
    Ok(Some(retaken))
}

/// The event's tiers; `None` if its sale is over.
async fn stock_on_sale(
    transaction: &Transaction<'_>,
    event: EventNo,
    currency: Currency,
) -> Result<Option<Stock>, Error> {
    let rows = TIERS_OF_EVENT
        .query(transaction, &[("event_id", &event)])
        .await?;
    if rows.first().is_none_or(|row| row.get("over")) {
        return Ok(None);
    }
    let tiers = rows.iter().map(|row| TierStock {
        no: row.get("tier_no"),
        capacity: row.get("capacity"),
        rows: row
            .get::<_, Option<Vec<i16>>>("row_blocks")
            .and_then(Rows::new),
    });
    Ok(Some(Stock {
        event,
        currency,
        tiers: tiers.collect(),
    }))
}

/// Those of the items' own seats that are free, locked.
async fn lock_same(
    transaction: &Transaction<'_>,
    event: EventNo,
    items: &[Item],
) -> Result<LockedTickets, Error> {
    let had = Named::of(
        items
            .iter()
            .flat_map(|item| item.seats.iter().flatten().map(|&seat| (item.tier, seat))),
    );
    let lock_named = LOCK_NAMED_TICKETS.prepare(transaction).await?;
    let rows = had.query(transaction, &lock_named, event).await?;
    Ok(LockedTickets::read(&rows))
}

/// Free tickets of the tiers in which another booking has one of the seats now.
async fn lock_others(
    transaction: &Transaction<'_>,
    stock: &Stock,
    items: &[Item],
    same: &LockedTickets,
) -> Result<LockedTickets, Error> {
    let mut wanted = Wanted::default();
    for item in items.iter().filter(|item| !has_all(same, item)) {
        if let Some(tier) = stock.tier(item.tier) {
            wanted.add(tier, SeatNo(1), i64::from(item.quantity));
        }
    }
    let lock_free = LOCK_FREE_TICKETS.prepare(transaction).await?;
    wanted.lock(transaction, &lock_free, stock.event).await
}

fn has_all(locked: &LockedTickets, item: &Item) -> bool {
    let mut seats = item.seats.iter().flatten();
    seats.all(|&seat| locked.tickets().contains(&(item.tier, seat)))
}

/// Lists the new seats in the items and assigns the tickets. Both statements check their row count.
async fn write(
    transaction: &Transaction<'_>,
    stock: &Stock,
    booking: BookingId,
    retaken: &[Retaken],
    locked: &LockedTickets,
) -> Result<(), Error> {
    let mut given = Given::default();
    for taken in retaken {
        SET_ITEM_SEATS
            .query(
                transaction,
                &[
                    ("event_id", &stock.event),
                    ("booking_id", &booking),
                    ("tier_no", &taken.tier),
                    ("seats", &taken.seats),
                ],
            )
            .await?;
        given.add(locked, taken.tier, &taken.seats, booking);
    }
    let take_tickets = TAKE_TICKETS.prepare(transaction).await?;
    let first_tier = stock.first_tier();
    given
        .take(transaction, &take_tickets, stock.event, first_tier)
        .await
}
