//! The state machine of a booking.
//!
//! ```text
//!                       paid                          cancelled by buyer or organiser;
//!        +--------------------------> confirmed ----+ the money goes back
//!        |                            ^             |
//!        |   paid, but the answer     |             v
//!  book  |   came too late, and ------+         cancelled
//!   |    |   tickets are left         |             ^
//!   v    |                            |             |
//!  pending ----- hold over ------> expired          |
//!   |    |                                          |
//!   |    +----- cancelled by the buyer -------------+
//!   |
//!   +---------- declined for good -> failed
//! ```
//!
//! `pending` and `confirmed` hold tickets. `failed` and `cancelled` are final. `expired` has one way
//! back: a charge that was asked for while the hold lasted, and whose success is heard of after it,
//! takes the same order's tickets again; where it cannot, the money goes back and the booking stays
//! expired. A charge that finds its booking failed or cancelled always goes back.
//!
//! What must hold: each transition is one conditional UPDATE on the current status, so of two that
//! race one loses cleanly; only `pending` and `confirmed` bookings hold tickets, and every other
//! status releases them in the transaction that sets it. The birth of a booking, with its tickets,
//! and the end of its hold are the allocator's.

mod order;

use tokio_postgres::Row;

use crate::allocator::reallocate::reallocate;
use crate::allocator::release::{Released, release};
use crate::allocator::{Item, Lanes, Outcome, Retaken};
use crate::catalog::Event;
use crate::postgres::{Client, Db, Error, Transaction};
use crate::types::{BookingId, Currency, EventNo, Money, SeatNo, TierNo, Timestamp, UserId};

pub use order::{FieldError, Refused, Request, RequestedItem, RequestedSeat, make_order};

/// A booking that a request made, or made before.
#[derive(Debug)]
pub struct Made {
    /// As it is now.
    pub booking: Booking,
    /// Whether the key had made it before.
    pub replayed: bool,
}

/// Why a request made no booking; nothing was changed.
#[derive(Debug)]
pub enum BookError {
    /// It could never be fulfilled.
    Refused(Refused),
    /// The stock or the sale stands against it, or the database failed.
    Outcome(Outcome),
}

impl From<Error> for BookError {
    fn from(error: Error) -> Self {
        Self::Outcome(Outcome::Failed(error))
    }
}

/// Books what a buyer asks for.
///
/// # Errors
/// [`BookError`].
pub async fn book(
    db: &Db,
    lanes: &Lanes,
    event: &Event,
    request: Request,
) -> Result<Made, BookError> {
    let order = make_order(event, request).map_err(BookError::Refused)?;
    let (user, total_minor) = (order.user, order.total_minor);
    let asked: Vec<_> = order
        .items
        .iter()
        .map(|item| (item.tier, item.quantity, item.unit_price_minor))
        .collect();
    let (id, replayed) = match lanes.book(&event.stock, order).await {
        Outcome::Booked(booked) => {
            let items = asked.into_iter().zip(booked.items).map(
                |((tier, quantity, unit_price_minor), taken)| BookedItem {
                    tier,
                    quantity,
                    unit_price_minor,
                    seats: taken.seats,
                },
            );
            let booking = Booking {
                event: event.no,
                id: booked.id,
                user,
                status: Status::Pending,
                total: event.money(total_minor),
                created_at: booked.created_at,
                expires_at: Some(booked.expires_at),
                confirmed_at: None,
                ended_at: None,
                items: items.collect(),
            };
            return Ok(Made {
                booking,
                replayed: false,
            });
        }
        Outcome::Committed(id) => (id, false),
        Outcome::Replay(id) => (id, true),
        outcome => return Err(BookError::Outcome(outcome)),
    };
    let gone = || Error::Unavailable("the booking cannot be read back yet".into());
    let booking = get(db, id).await?.ok_or_else(gone)?;
    Ok(Made { booking, replayed })
}

/// Bookings of a buyer in one page of the list.
pub const LIST_MAX: i64 = 50;

/// Where a booking is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Holds its tickets until the hold ends.
    Pending,
    /// Paid; holds its tickets for good.
    Confirmed,
    /// Declined for good.
    Failed,
    /// Not paid in time.
    Expired,
    /// Given back by the buyer or the organiser.
    Cancelled,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Confirmed,
        Self::Failed,
        Self::Expired,
        Self::Cancelled,
    ];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether a booking in it holds its tickets.
    pub fn holds_tickets(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed)
    }

    /// Whether a booking may go from this status to that.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Pending => next != Self::Pending,
            Self::Confirmed => next == Self::Cancelled,
            // Only a charge that was asked for before brings it back.
            Self::Expired => next == Self::Confirmed,
            Self::Failed | Self::Cancelled => false,
        }
    }

    fn read(row: &Row) -> Self {
        let text: &str = row.get("status");
        // The CHECK on the column admits no other.
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .unwrap_or(Self::Failed)
    }
}

impl serde::Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What a buyer asked for and got.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Of which event.
    pub event: EventNo,
    /// Its name for machines.
    pub id: BookingId,
    /// Whose it is.
    pub user: UserId,
    /// Where it is in its life.
    pub status: Status,
    /// What all of it costs.
    pub total: Money,
    /// When the tickets were taken.
    pub created_at: Timestamp,
    /// When the hold ends; only of a pending booking.
    pub expires_at: Option<Timestamp>,
    /// When it was paid.
    pub confirmed_at: Option<Timestamp>,
    /// When its tickets were given back.
    pub ended_at: Option<Timestamp>,
    /// In the order of the event's tiers.
    pub items: Vec<BookedItem>,
}

/// What a booking has of one tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedItem {
    /// Of which tier.
    pub tier: TierNo,
    /// How many tickets.
    pub quantity: i32,
    /// Minor units for each, as it was when it was booked.
    pub unit_price_minor: i64,
    /// Which, ascending; kept after they were given back.
    pub seats: Vec<SeatNo>,
}

/// The booking with this id.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, id: BookingId) -> Result<Option<Booking>, Error> {
    let client = db.get().await?;
    let statement = client
        .prepare_cached(
            "SELECT event_id, id, user_id, status, total_minor, currency, created_at, expires_at,
                 confirmed_at, ended_at
             FROM bookings WHERE id = $1",
        )
        .await?;
    let rows = client.query(&statement, &[&id]).await?;
    Ok(with_items(&client, &rows).await?.pop())
}

/// A buyer's bookings, newest first, those older than `before`; [`LIST_MAX`] at most.
///
/// # Errors
/// Those of the database.
pub async fn list(db: &Db, user: UserId, before: Option<BookingId>) -> Result<Vec<Booking>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(include_str!("list.sql")).await?;
    let rows = client
        .query(&statement, &[&user, &before, &LIST_MAX])
        .await?;
    with_items(&client, &rows).await
}

async fn with_items(client: &Client, rows: &[Row]) -> Result<Vec<Booking>, Error> {
    let events: Vec<EventNo> = rows.iter().map(|row| row.get("event_id")).collect();
    let ids: Vec<BookingId> = rows.iter().map(|row| row.get("id")).collect();
    let statement = client
        .prepare_cached(
            "SELECT i.* FROM unnest($1::bigint[], $2::uuid[]) AS b (event_id, id)
             CROSS JOIN LATERAL (
                 SELECT booking_id, tier_no, quantity, unit_price_minor, seats FROM booking_items
                 WHERE event_id = b.event_id AND booking_id = b.id
                 ORDER BY tier_no) AS i",
        )
        .await?;
    let items = client.query(&statement, &[&events, &ids]).await?;
    let items_of = |id: BookingId| {
        items
            .iter()
            .filter(move |item| item.get::<_, BookingId>("booking_id") == id)
    };
    Ok(rows
        .iter()
        .map(|row| read(row, items_of(row.get("id")).map(read_item).collect()))
        .collect())
}

fn read(row: &Row, items: Vec<BookedItem>) -> Booking {
    Booking {
        event: row.get("event_id"),
        id: row.get("id"),
        user: row.get("user_id"),
        status: Status::read(row),
        total: Money {
            minor: row.get("total_minor"),
            currency: row.get::<_, Currency>("currency"),
        },
        created_at: row.get("created_at"),
        expires_at: row.get("expires_at"),
        confirmed_at: row.get("confirmed_at"),
        ended_at: row.get("ended_at"),
        items,
    }
}

fn read_item(row: &Row) -> BookedItem {
    BookedItem {
        tier: row.get("tier_no"),
        quantity: row.get("quantity"),
        unit_price_minor: row.get("unit_price_minor"),
        seats: row.get("seats"),
    }
}

/// A booking whose row is locked: nobody else can change its status until the transaction ends.
#[derive(Debug, Clone, Copy)]
pub struct Locked {
    /// Of which event.
    pub event: EventNo,
    /// Which booking.
    pub id: BookingId,
    /// Whose it is.
    pub user: UserId,
    /// Where it is in its life.
    pub status: Status,
    /// Whether a pending booking's hold is over although nobody has ended it yet.
    pub overdue: bool,
    /// What it costs.
    pub total: Money,
}

/// Locks a booking's row. Every transaction that changes a booking or its payments begins with it,
/// so they take their locks in one order.
///
/// # Errors
/// Those of the database.
pub async fn lock(
    transaction: &Transaction<'_>,
    event: EventNo,
    id: BookingId,
) -> Result<Option<Locked>, Error> {
    let statement = transaction
        .prepare_cached(
            "SELECT user_id, status, total_minor, currency, coalesce(expires_at <= now(), false) AS overdue
             FROM bookings WHERE event_id = $1 AND id = $2 FOR UPDATE",
        )
        .await?;
    let row = transaction.query_opt(&statement, &[&event, &id]).await?;
    Ok(row.map(|row| Locked {
        event,
        id,
        user: row.get("user_id"),
        status: Status::read(&row),
        overdue: row.get("overdue"),
        total: Money {
            minor: row.get("total_minor"),
            currency: row.get::<_, Currency>("currency"),
        },
    }))
}

/// Keeps the expiry away from a pending booking for so many seconds: a payment is under way.
///
/// # Errors
/// Those of the database.
pub async fn keep_while_paying(
    transaction: &Transaction<'_>,
    booking: &Locked,
    seconds: f64,
) -> Result<bool, Error> {
    let statement = transaction
        .prepare_cached(
            "UPDATE bookings SET paying_until = now() + make_interval(secs => $3)
             WHERE event_id = $1 AND id = $2 AND status = 'pending'",
        )
        .await?;
    Ok(transaction
        .execute(&statement, &[&booking.event, &booking.id, &seconds])
        .await?
        == 1)
}

/// A payment was declined and another may be tried: the hold ends when it would have ended.
///
/// # Errors
/// Those of the database.
pub async fn resume_hold(transaction: &Transaction<'_>, booking: &Locked) -> Result<bool, Error> {
    let statement = transaction
        .prepare_cached(
            "UPDATE bookings SET paying_until = NULL WHERE event_id = $1 AND id = $2 AND status = 'pending'",
        )
        .await?;
    Ok(transaction
        .execute(&statement, &[&booking.event, &booking.id])
        .await?
        == 1)
}

/// `pending` → `confirmed`; false if it is not pending any more.
///
/// # Errors
/// Those of the database.
pub async fn confirm(transaction: &Transaction<'_>, booking: &Locked) -> Result<bool, Error> {
    let statement = transaction
        .prepare_cached(
            "UPDATE bookings SET status = 'confirmed', confirmed_at = now(), expires_at = NULL, paying_until = NULL
             WHERE event_id = $1 AND id = $2 AND status = 'pending'",
        )
        .await?;
    Ok(transaction
        .execute(&statement, &[&booking.event, &booking.id])
        .await?
        == 1)
}

/// `expired` → `confirmed`, with tickets again: its money came after its hold was over. `None`, and
/// nothing is changed, if there are no tickets for it any more or it is not expired.
///
/// # Errors
/// Those of the database.
pub async fn confirm_again(
    transaction: &Transaction<'_>,
    booking: &Locked,
) -> Result<Option<Vec<Retaken>>, Error> {
    let items = items_of(transaction, booking).await?;
    let currency = booking.total.currency;
    let Some(retaken) =
        reallocate(transaction, booking.event, currency, booking.id, &items).await?
    else {
        return Ok(None);
    };
    // The row is locked, so it is still what the caller has seen; if not, nothing may be committed.
    let statement = transaction
        .prepare_cached(
            "WITH confirmed AS (
                 UPDATE bookings SET status = 'confirmed', confirmed_at = now(), ended_at = NULL
                 WHERE event_id = $1 AND id = $2 AND status = 'expired'
                 RETURNING 1)
             SELECT 1 / count(*)::int FROM confirmed",
        )
        .await?;
    transaction
        .query_one(&statement, &[&booking.event, &booking.id])
        .await?;
    Ok(Some(retaken))
}

/// What a booking ordered, naming the seats that it had.
async fn items_of(transaction: &Transaction<'_>, booking: &Locked) -> Result<Vec<Item>, Error> {
    let statement = transaction
        .prepare_cached(
            "SELECT tier_no, quantity, unit_price_minor, seats FROM booking_items
             WHERE event_id = $1 AND booking_id = $2 ORDER BY tier_no",
        )
        .await?;
    let rows = transaction
        .query(&statement, &[&booking.event, &booking.id])
        .await?;
    let items = rows.iter().map(read_item).map(|item| Item {
        tier: item.tier,
        quantity: item.quantity,
        unit_price_minor: item.unit_price_minor,
        seats: Some(item.seats),
    });
    Ok(items.collect())
}

/// `pending` → `failed`, tickets released; `None` if it is not pending any more.
///
/// # Errors
/// Those of the database.
pub async fn fail(
    transaction: &Transaction<'_>,
    booking: &Locked,
) -> Result<Option<Vec<Released>>, Error> {
    let end = "UPDATE bookings SET status = 'failed', expires_at = NULL, paying_until = NULL, ended_at = now()
               WHERE event_id = $1 AND id = $2 AND status = 'pending'";
    end_and_release(transaction, booking, end).await
}

/// `pending` or `confirmed` → `cancelled`, tickets released; `None` if it is neither any more.
///
/// # Errors
/// Those of the database.
pub async fn cancel(
    transaction: &Transaction<'_>,
    booking: &Locked,
) -> Result<Option<Vec<Released>>, Error> {
    let end = "UPDATE bookings SET status = 'cancelled', expires_at = NULL, paying_until = NULL, ended_at = now()
               WHERE event_id = $1 AND id = $2 AND status IN ('pending', 'confirmed')";
    end_and_release(transaction, booking, end).await
}

async fn end_and_release(
    transaction: &Transaction<'_>,
    booking: &Locked,
    end: &str,
) -> Result<Option<Vec<Released>>, Error> {
    let statement = transaction.prepare_cached(end).await?;
    if transaction
        .execute(&statement, &[&booking.event, &booking.id])
        .await?
        == 0
    {
        return Ok(None);
    }
    release(transaction, booking.event, &[booking.id])
        .await
        .map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ended_bookings_stay_ended() {
        for from in Status::ALL {
            for to in Status::ALL {
                let allowed = from.may_become(to);
                let late = (from, to) == (Status::Expired, Status::Confirmed);
                assert!(
                    !allowed || from.holds_tickets() || late,
                    "{from:?} to {to:?}"
                );
                assert!(!(allowed && from == to));
            }
        }
        assert!(Status::Expired.may_become(Status::Confirmed));
        assert!(!Status::Confirmed.may_become(Status::Expired));
    }
}
