//! Tickets again for a booking that has lost its own: its hold was over when the money came.
//!
//! The very same tickets where they are free, others of the tier where they are not; all or none.
//! As in a batch, tickets are locked in ascending order and never waited for.

use deadpool_postgres::GenericClient;

use super::assign::Pool;
use super::release::BY_KEY;
use super::rows::Rows;
use super::{Item, Stock, TierStock};
use crate::db::{Error, Params, Transaction};
use crate::types::{BookingId, Currency, EventNo, SeatNo, TierNo};

/// Rows of a numbered tier that are locked beyond what is wanted, so that there is a choice.
const SPARE_ROWS: i64 = 2;

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
    let mut pool = Pool::new(&stock, &others);
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
    write(transaction, event, booking, &retaken).await?;
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
) -> Result<Vec<(TierNo, SeatNo)>, Error> {
    let mut had: Vec<(TierNo, SeatNo)> = items
        .iter()
        .flat_map(|item| item.seats.iter().flatten().map(|&seat| (item.tier, seat)))
        .collect();
    had.sort_unstable();
    let (tiers, seats): (Vec<_>, Vec<_>) = had.into_iter().unzip();
    let statement = transaction
        .prepare_cached(include_str!("sql/lock_named_tickets.sql"))
        .await?;
    lock(transaction, &statement, &[&event, &tiers, &seats]).await
}

/// Free tickets of the tiers in which somebody else has a seat now.
async fn lock_others(
    transaction: &Transaction<'_>,
    stock: &Stock,
    items: &[Item],
    same: &[(TierNo, SeatNo)],
) -> Result<Vec<(TierNo, SeatNo)>, Error> {
    let (mut tiers, mut quantities) = (Vec::new(), Vec::new());
    for item in items.iter().filter(|item| !has_all(same, item)) {
        let rows = stock.tier(item.tier).and_then(|tier| tier.rows.as_ref());
        let spare = rows.map_or(0, |rows| SPARE_ROWS * i64::from(rows.seats_per_row()));
        tiers.push(item.tier);
        quantities.push(i64::from(item.quantity) + spare);
    }
    if tiers.is_empty() {
        return Ok(Vec::new());
    }
    let firsts = vec![SeatNo(1); tiers.len()];
    let statement = transaction
        .prepare_cached(include_str!("sql/lock_free_tickets.sql"))
        .await?;
    let params: Params = &[&stock.event, &tiers, &firsts, &quantities];
    lock(transaction, &statement, params).await
}

async fn lock(
    transaction: &Transaction<'_>,
    statement: &tokio_postgres::Statement,
    params: Params<'_>,
) -> Result<Vec<(TierNo, SeatNo)>, Error> {
    let rows = transaction.query(statement, params).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

fn has_all(locked: &[(TierNo, SeatNo)], item: &Item) -> bool {
    let mut seats = item.seats.iter().flatten();
    seats.all(|&seat| locked.contains(&(item.tier, seat)))
}

/// The items list the new seats, and the tickets are the booking's. Both guard their count.
async fn write(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    retaken: &[Retaken],
) -> Result<(), Error> {
    let list = transaction
        .prepare_cached(
            "UPDATE booking_items SET seats = $4 WHERE event_id = $1 AND booking_id = $2 AND tier_no = $3",
        )
        .await?;
    let take = transaction
        .prepare_cached(include_str!("sql/take_tickets.sql"))
        .await?;
    let (mut tiers, mut seats) = (Vec::new(), Vec::<SeatNo>::new());
    for taken in retaken {
        transaction
            .execute(&list, &[&event, &booking, &taken.tier, &taken.seats])
            .await?;
        tiers.extend(taken.seats.iter().map(|_| taken.tier));
        seats.extend(&taken.seats);
    }
    let bookings = vec![booking; seats.len()];
    let count = seats.len() as i64;
    let params: Params = &[&event, &count, &tiers, &seats, &bookings];
    transaction.query(&take, params).await?;
    Ok(())
}
