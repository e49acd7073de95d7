//! Cancels bookings of an event that was called off, many in one transaction.
//!
//! What must hold: a booking that another transaction has locked is passed over, and looked at again later; each
//! cancellation is the conditional update of `transition`, and releases the tickets in the same transaction. What it
//! means for payments is not here.

use tokio_postgres::Row;

use crate::allocator::release::{Released, release};
use crate::postgres::{Error, Transaction};
use crate::types::{BookingId, EventNo, Timestamp};

/// $1 event, $2 how many at most. What ends first comes first.
const LOCK_PENDING: &str = "
    SELECT id FROM bookings
    WHERE event_id = $1 AND status = 'pending' AND expires_at > '-infinity'
    ORDER BY event_id, expires_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED";

/// $1 event, $2 and $3 the booking after which to look, $4 how many at most.
const LOCK_PAID: &str = "
    SELECT id, confirmed_at FROM bookings
    WHERE event_id = $1 AND confirmed_at IS NOT NULL AND (confirmed_at, id) > ($2, $3) AND status = 'confirmed'
    ORDER BY event_id, confirmed_at, id
    LIMIT $4
    FOR UPDATE SKIP LOCKED";

/// $1 event, $2 bookings that are locked, $3 their number. A number that the planner does not know makes it look each
/// booking up by its key.
const CANCEL: &str = "
    UPDATE bookings AS b
    SET status = 'cancelled', expires_at = NULL, paying_until = NULL, ended_at = now()
    FROM (SELECT * FROM unnest((SELECT $2::uuid[])) AS u (id) LIMIT (SELECT $3::bigint)) AS live
    WHERE b.event_id = $1 AND b.id = live.id AND b.status IN ('pending', 'confirmed')";

/// $1 event. Paid bookings by an index that has them alone.
const COUNT_LIVE: &str = "
    SELECT (SELECT count(*) FROM bookings
            WHERE event_id = $1 AND status = 'pending' AND expires_at > '-infinity')
         + (SELECT count(*) FROM bookings
            WHERE event_id = $1 AND confirmed_at IS NOT NULL AND status = 'confirmed')";

/// A paid booking, in the order of confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmed {
    /// When it was confirmed.
    pub at: Timestamp,
    /// Which; tells those apart that were confirmed together.
    pub id: BookingId,
}

/// What one transaction has cancelled.
#[derive(Debug, Default)]
pub struct CancelledMany {
    /// Which bookings.
    pub bookings: Vec<BookingId>,
    /// The last of them if they were paid: where to go on.
    pub last: Option<Confirmed>,
    /// What became free.
    pub released: Vec<Released>,
}

/// Cancels live bookings of an event, `at_most` of them: those that are not paid yet, so that nobody pays in vain; if
/// there are none, paid ones that were confirmed after `after`.
///
/// # Errors
/// Those of the database.
pub async fn cancel_many(
    transaction: &Transaction<'_>,
    event: EventNo,
    after: Option<Confirmed>,
    at_most: i64,
) -> Result<CancelledMany, Error> {
    let statement = transaction.prepare_cached(LOCK_PENDING).await?;
    let mut rows = transaction.query(&statement, &[&event, &at_most]).await?;
    let is_paid = rows.is_empty();
    if is_paid {
        rows = lock_paid(transaction, event, after, at_most).await?;
    }
    let Some(last) = rows.last() else {
        return Ok(CancelledMany::default());
    };
    let last = is_paid.then(|| Confirmed {
        at: last.get("confirmed_at"),
        id: last.get("id"),
    });
    let bookings: Vec<BookingId> = rows.iter().map(|row| row.get("id")).collect();
    let count = bookings.len() as i64;
    let statement = transaction.prepare_cached(CANCEL).await?;
    let cancelled = transaction
        .execute(&statement, &[&event, &bookings, &count])
        .await?;
    if cancelled != bookings.len() as u64 {
        return Err(Error::Inconsistent(format!(
            "{cancelled} of {count} locked bookings of event {} were cancelled",
            event.0
        )));
    }
    let released = release(transaction, event, &bookings).await?;
    Ok(CancelledMany {
        bookings,
        last,
        released,
    })
}

async fn lock_paid(
    transaction: &Transaction<'_>,
    event: EventNo,
    after: Option<Confirmed>,
    at_most: i64,
) -> Result<Vec<Row>, Error> {
    let after = after.unwrap_or(Confirmed {
        at: Timestamp::default(),
        id: BookingId(uuid::Uuid::nil()),
    });
    let statement = transaction.prepare_cached(LOCK_PAID).await?;
    transaction
        .query(&statement, &[&event, &after.at, &after.id, &at_most])
        .await
}

/// How many bookings of an event hold tickets. Locks nothing.
///
/// # Errors
/// Those of the database.
pub async fn count_live(transaction: &Transaction<'_>, event: EventNo) -> Result<i64, Error> {
    let statement = transaction.prepare_cached(COUNT_LIVE).await?;
    Ok(transaction.query_one(&statement, &[&event]).await?.get(0))
}
