//! Giving tickets back: of bookings that somebody has just ended, and of holds that are over.
//!
//! Tickets are freed in the transaction that ends their booking, and only there.

use deadpool_postgres::GenericClient;

use crate::postgres::{Db, Error, Transaction};
use crate::types::{BookingId, EventNo, SeatNo, TierNo};

/// Holds that one transaction ends at most.
const EXPIRED_MAX: i64 = 1_000;

/// Tickets of one tier that have become free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Released {
    /// Of which tier.
    pub tier: TierNo,
    /// How many.
    pub quantity: i32,
    /// The one that comes first in allocation order.
    pub first_seat: SeatNo,
}

/// Frees the tickets of these bookings within the transaction that has just ended them.
///
/// # Errors
/// Those of the database.
pub async fn release(
    transaction: &Transaction<'_>,
    event: EventNo,
    bookings: &[BookingId],
) -> Result<Vec<Released>, Error> {
    let statement = transaction
        .prepare_cached(include_str!("sql/release_tickets.sql"))
        .await?;
    let rows = transaction.query(&statement, &[&event, &bookings]).await?;
    let released = rows.iter().map(|row| Released {
        tier: row.get("tier_no"),
        quantity: row.get::<_, i64>("quantity") as i32,
        first_seat: row.get("first_seat"),
    });
    Ok(released.collect())
}

/// Ends holds of one event that are over, at most a thousand, and frees their tickets. How many
/// were ended, and what became free. Safe in any number of processes at once.
///
/// # Errors
/// Those of the database; nothing was done then.
pub async fn expire(db: &Db, event: EventNo) -> Result<(usize, Vec<Released>), Error> {
    db.transaction(|transaction| {
        Box::pin(async move {
            transaction.batch_execute(super::BY_KEY).await?;
            let due = transaction
                .prepare_cached(include_str!("sql/due_holds.sql"))
                .await?;
            let rows = transaction.query(&due, &[&event, &EXPIRED_MAX]).await?;
            let bookings: Vec<BookingId> = rows.iter().map(|row| row.get(0)).collect();
            if bookings.is_empty() {
                return Ok((0, Vec::new()));
            }
            let end = transaction
                .prepare_cached(include_str!("sql/expire_bookings.sql"))
                .await?;
            transaction.execute(&end, &[&event, &bookings]).await?;
            Ok((
                bookings.len(),
                release(transaction, event, &bookings).await?,
            ))
        })
    })
    .await
}

/// The events that have holds which are over, be it only such as are kept for a payment. Takes no locks.
///
/// # Errors
/// Those of the database.
pub async fn events_with_overdue_holds(db: &Db) -> Result<Vec<EventNo>, Error> {
    let client = db.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT event_id FROM events_on_hold WHERE first_expires_at <= now() LIMIT 10000",
        )
        .await?;
    Ok(client
        .query(&statement, &[])
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect())
}
