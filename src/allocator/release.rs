//! Releases tickets: of bookings that the same transaction has just ended, and of overdue holds.
//!
//! What must hold: tickets are freed in the transaction that ends their booking, and only there. Expiring a
//! hold is here because it is done for many bookings at once; every other transition is in `booking`.

use tokio_postgres::Row;

use super::statements::{
    EXPIRE_BOOKINGS, LOCK_DUE_HOLDS, LOCK_TICKETS_OF_BOOKINGS, RELEASE_TICKETS,
};
use super::tickets::Ctid;
use crate::postgres::{Db, Error, Transaction};
use crate::types::{BookingId, EventNo, SeatNo, TierNo};

/// Holds that one transaction expires at most: some ten milliseconds of work.
pub(super) const HOLDS_MAX: i64 = 500;

/// Tickets of one tier that have become free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// Of which tier.
    pub tier: TierNo,
    /// Which, ascending; at least one.
    pub seats: Vec<SeatNo>,
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
    let rows = LOCK_TICKETS_OF_BOOKINGS
        .query(
            transaction,
            &[("event_id", &event), ("booking_ids", &bookings)],
        )
        .await?;
    free(transaction, event, &rows).await
}

/// Frees tickets that are locked: rows of tier, seat and row identifier.
async fn free(
    transaction: &Transaction<'_>,
    event: EventNo,
    rows: &[Row],
) -> Result<Vec<Released>, Error> {
    let mut rows: Vec<(TierNo, SeatNo, Ctid)> = rows
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    rows.sort_unstable();
    let tiers: Vec<_> = rows.iter().map(|row| row.0).collect();
    let seats: Vec<_> = rows.iter().map(|row| row.1).collect();
    let ctids: Vec<_> = rows.iter().map(|row| row.2).collect();
    let count = rows.len() as i64;
    RELEASE_TICKETS
        .query(
            transaction,
            &[
                ("event_id", &event),
                ("count", &count),
                ("tiers", &tiers),
                ("seats", &seats),
                ("ctids", &ctids),
            ],
        )
        .await?;
    let released = rows.chunk_by(|a, b| a.0 == b.0).map(|tier| Released {
        tier: tier[0].0,
        seats: tier.iter().map(|ticket| ticket.1).collect(),
    });
    Ok(released.collect())
}

/// Expires overdue holds of one event, 500 at most, and frees their tickets. Returns which were expired, and
/// what became free. Safe in any number of processes at once.
///
/// # Errors
/// Those of the database; nothing was done then.
pub async fn expire(db: &Db, event: EventNo) -> Result<(Vec<BookingId>, Vec<Released>), Error> {
    db.transaction(|transaction| {
        Box::pin(async move {
            let rows = LOCK_DUE_HOLDS
                .query(
                    transaction,
                    &[("event_id", &event), ("at_most", &HOLDS_MAX)],
                )
                .await?;
            if rows.is_empty() {
                return Ok((Vec::new(), Vec::new()));
            }
            let ids: Vec<BookingId> = rows.iter().map(|row| row.get(0)).collect();
            let ctids: Vec<Ctid> = rows.iter().map(|row| row.get(1)).collect();
            let count = ids.len() as i64;
            EXPIRE_BOOKINGS
                .query(
                    transaction,
                    &[
                        ("event_id", &event),
                        ("count", &count),
                        ("ids", &ids),
                        ("ctids", &ctids),
                    ],
                )
                .await?;
            let released = release(transaction, event, &ids).await?;
            Ok((ids, released))
        })
    })
    .await
}

/// The events that have overdue holds, including those that a payment keeps, and for how many seconds the first of
/// each has been overdue. Takes no locks.
///
/// # Errors
/// Those of the database.
pub async fn events_with_overdue_holds(db: &Db) -> Result<Vec<(EventNo, f64)>, Error> {
    let client = db.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT event_id, extract(epoch FROM now() - first_expires_at)::float8
             FROM events_on_hold WHERE first_expires_at <= now() LIMIT 10000",
        )
        .await?;
    Ok(client
        .query(&statement, &[])
        .await?
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect())
}
