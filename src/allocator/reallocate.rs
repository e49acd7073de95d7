//! Tickets again for a booking that has lost its own: its hold was over when the money came.
//!
//! The very same tickets where they are free, others of the tier where they are not; all or none.
//! As in a batch, tickets are locked in ascending order and never waited for.

use deadpool_postgres::GenericClient;

use super::assign::Pool;
use super::lock::{self, Given, Locked, Wanted};
use super::{BY_KEY, Item, Stock, TierStock};
use crate::postgres::{Error, Transaction};
use crate::seating::Rows;
use crate::types::{BookingId, Currency, EventNo, SeatNo, TierNo};

/// Tickets of one tier that a booking has again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retaken {
    /// Of which tier.
    pub tier: TierNo,
    /// Which, ascending.
    pub seats: Vec<SeatNo>,
}

/// Takes tickets for a booking that holds none, within the transaction that has locked it. Each item
/// names the seats that it had. `None`, and nothing is taken, if there are not enough that nobody else
/// is just taking, or if the event has begun.
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
    transaction.batch_execute(BY_KEY).await?;
    let sale = transaction
        .prepare_cached(include_str!("sql/sale.sql"))
        .await?;
    let sale = transaction.query_opt(&sale, &[&event]).await?;
    if sale.is_none_or(|row| row.get("over")) {
        return Ok(None);
    }
    let stock = read_stock(transaction, event, currency).await?;
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
    write(transaction, event, booking, &retaken, &same.and(others)).await?;
    Ok(Some(retaken))
}

async fn read_stock(
    transaction: &Transaction<'_>,
    event: EventNo,
    currency: Currency,
) -> Result<Stock, Error> {
    let statement = transaction
        .prepare_cached(
            "SELECT tier_no, capacity, row_blocks FROM tiers WHERE event_id = $1 ORDER BY tier_no",
        )
        .await?;
    let rows = transaction.query(&statement, &[&event]).await?;
    let tiers = rows.iter().map(|row| TierStock {
        no: row.get("tier_no"),
        capacity: row.get("capacity"),
        rows: row
            .get::<_, Option<Vec<i16>>>("row_blocks")
            .and_then(Rows::new),
    });
    Ok(Stock {
        event,
        currency,
        tiers: tiers.collect(),
    })
}

/// Those of the items' own seats that are free, locked.
async fn lock_same(
    transaction: &Transaction<'_>,
    event: EventNo,
    items: &[Item],
) -> Result<Locked, Error> {
    let mut had: Vec<(TierNo, SeatNo)> = items
        .iter()
        .flat_map(|item| item.seats.iter().flatten().map(|&seat| (item.tier, seat)))
        .collect();
    had.sort_unstable();
    let (tiers, seats): (Vec<_>, Vec<_>) = had.into_iter().unzip();
    let statement = transaction.prepare_cached(lock::NAMED).await?;
    lock::named(transaction, &statement, event, &tiers, &seats).await
}

/// Free tickets of the tiers in which somebody else has a seat now.
async fn lock_others(
    transaction: &Transaction<'_>,
    stock: &Stock,
    items: &[Item],
    same: &Locked,
) -> Result<Locked, Error> {
    let mut wanted = Wanted::default();
    for item in items.iter().filter(|item| !has_all(same, item)) {
        if let Some(tier) = stock.tier(item.tier) {
            wanted.add(tier, SeatNo(1), i64::from(item.quantity));
        }
    }
    let statement = transaction.prepare_cached(lock::FREE).await?;
    wanted.lock(transaction, &statement, stock.event).await
}

fn has_all(locked: &Locked, item: &Item) -> bool {
    let mut seats = item.seats.iter().flatten();
    seats.all(|&seat| locked.tickets().contains(&(item.tier, seat)))
}

/// The items list the new seats, and the tickets are the booking's. Both guard their count.
async fn write(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    retaken: &[Retaken],
    locked: &Locked,
) -> Result<(), Error> {
    let list = transaction
        .prepare_cached(
            "UPDATE booking_items SET seats = $4 WHERE event_id = $1 AND booking_id = $2 AND tier_no = $3",
        )
        .await?;
    let take = transaction.prepare_cached(lock::TAKE).await?;
    let mut given = Given::default();
    for taken in retaken {
        transaction
            .execute(&list, &[&event, &booking, &taken.tier, &taken.seats])
            .await?;
        given.add(locked, taken.tier, &taken.seats, booking);
    }
    given.take(transaction, &take, event).await
}
