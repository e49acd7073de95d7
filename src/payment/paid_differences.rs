//! What an organiser is paid by hand when tickets are exchanged for dearer ones, ticket by ticket. Owns the table
//! `paid_differences`.
//!
//! What must hold: the booking's row is locked by whoever writes here. A sum belongs to its ticket: it moves with it within the
//! tier, and is due to go back by hand from the moment at which the ticket leaves the booking, or the booking ends. So
//! it is never lost, and never given back while the ticket is the buyer's. No provider knows of it.

use tokio_postgres::Row;

use super::{ByHand, Method};
use crate::booking::{Booking, ChangeError, HeldTicket};
use crate::postgres::{Client, Db, Error, Params, Transaction};
use crate::types::{BookingId, ChangeId, EventNo, SeatNo, TierNo, Timestamp};

/// When a sum is due to go back, of `d` with its booking `b`.
macro_rules! due {
    () => {
        "(d.left_at IS NOT NULL OR b.status <> 'confirmed')"
    };
}

/// $1 event, $2 booking, $3 change, $4 tier, $5 seats, $6 minor units of each, $7 method, $8 the terminal's reference.
const INSERT: &str = "
    INSERT INTO paid_differences (event_id, booking_id, change_id, ticket_no, tier_no, seat_no, amount_minor, method,
                                  terminal_reference)
    SELECT b.event_id, b.id, $3, s.ticket_no, $4, s.seat_no, $6, $7, $8
    FROM bookings AS b
    CROSS JOIN unnest($5::integer[]) WITH ORDINALITY AS s (seat_no, ticket_no)
    WHERE b.event_id = $1 AND b.id = $2";

/// $1 event, $2 booking, $3 tiers and $4 seats of the tickets.
const LEAVE: &str = "
    UPDATE paid_differences AS d SET left_at = now()
    FROM unnest($3::smallint[], $4::integer[]) AS t (tier_no, seat_no)
    WHERE d.event_id = $1 AND d.booking_id = $2 AND d.tier_no = t.tier_no AND d.seat_no = t.seat_no AND d.left_at IS NULL
    RETURNING d.amount_minor";

/// $1 event, $2 booking, $3 tier, $4 seats of before, $5 those of now.
const MOVE: &str = "
    UPDATE paid_differences AS d SET seat_no = m.now_no
    FROM unnest($4::integer[], $5::integer[]) AS m (before_no, now_no)
    WHERE d.event_id = $1 AND d.booking_id = $2 AND d.tier_no = $3 AND d.seat_no = m.before_no AND d.left_at IS NULL";

/// $1 event, $2 booking.
const OF_BOOKING: &str = concat!(
    "SELECT d.tier_no, d.seat_no, d.amount_minor, d.method, d.terminal_reference, d.paid_at, d.given_back_at,
            CASE WHEN ",
    due!(),
    " THEN coalesce(d.left_at, b.ended_at) END AS due_since
     FROM paid_differences AS d
     JOIN bookings AS b ON b.event_id = d.event_id AND b.id = d.booking_id
     WHERE d.event_id = $1 AND d.booking_id = $2
     ORDER BY d.paid_at, d.change_id, d.ticket_no"
);

/// $1 event, $2 how many at most. The oldest first.
const DUE: &str = concat!(
    "SELECT d.booking_id, d.change_id, d.method, d.terminal_reference, sum(d.amount_minor)::bigint AS amount_minor,
            min(coalesce(d.left_at, b.ended_at)) AS due_since
     FROM paid_differences AS d
     JOIN bookings AS b ON b.event_id = d.event_id AND b.id = d.booking_id
     WHERE d.event_id = $1 AND d.given_back_at IS NULL AND ",
    due!(),
    " GROUP BY d.booking_id, d.change_id, d.method, d.terminal_reference
      ORDER BY due_since, d.booking_id, d.change_id LIMIT $2"
);

/// $1 event.
const COUNT_DUE: &str = concat!(
    "SELECT count(DISTINCT (d.booking_id, d.change_id))
     FROM paid_differences AS d
     JOIN bookings AS b ON b.event_id = d.event_id AND b.id = d.booking_id
     WHERE d.event_id = $1 AND d.given_back_at IS NULL AND ",
    due!()
);

/// $1 event, $2 booking, $3 of which change, or NULL for all.
const GIVE_BACK: &str = concat!(
    "UPDATE paid_differences AS d SET given_back_at = now()
     FROM bookings AS b
     WHERE d.event_id = $1 AND d.booking_id = $2 AND b.event_id = $1 AND b.id = $2 AND d.given_back_at IS NULL
       AND ($3::uuid IS NULL OR d.change_id = $3) AND ",
    due!(),
    " RETURNING d.amount_minor"
);

/// $1 event.
const SUMS: &str = concat!(
    "SELECT d.tier_no, d.method, sum(d.amount_minor)::bigint AS taken_minor,
            coalesce(sum(d.amount_minor) FILTER (WHERE ",
    due!(),
    "), 0)::bigint AS back_minor
     FROM paid_differences AS d
     JOIN bookings AS b ON b.event_id = d.event_id AND b.id = d.booking_id
     WHERE d.event_id = $1
     GROUP BY d.tier_no, d.method"
);

/// How the buyer of dearer tickets settles what they cost more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settling {
    /// Not at all: dearer tickets are refused.
    Refused,
    /// They need not pay it.
    Waived,
    /// An organiser has taken it.
    Paid {
        /// How.
        by_hand: ByHand,
        /// So much, in minor units.
        expected_minor: i64,
    },
}

impl Settling {
    /// What is to be recorded as paid, if anything is, for tickets that cost so much more.
    ///
    /// # Errors
    /// [`ChangeError::Reference`], [`ChangeError::OtherDifference`], [`ChangeError::Dearer`].
    pub(super) fn paid(&self, dearer_minor: i64) -> Result<Option<&ByHand>, ChangeError> {
        match self {
            Self::Paid { by_hand, .. } if !by_hand.is_printable() => Err(ChangeError::Reference),
            Self::Paid { expected_minor, .. } if *expected_minor != dearer_minor => {
                Err(ChangeError::OtherDifference(dearer_minor))
            }
            Self::Refused if dearer_minor > 0 => Err(ChangeError::Dearer(dearer_minor)),
            Self::Paid { by_hand, .. } => Ok((dearer_minor > 0).then_some(by_hand)),
            Self::Refused | Self::Waived => Ok(None),
        }
    }
}

/// What was paid by hand for a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidDifference {
    /// Which ticket, as it is or was last.
    pub ticket: HeldTicket,
    /// How much, in minor units of the event's currency.
    pub amount_minor: i64,
    /// In cash, or by the terminal.
    pub method: Method,
    /// What the terminal printed.
    pub terminal_reference: Option<String>,
    /// When.
    pub paid_at: Timestamp,
    /// Since when it is to be given back by hand, or was; `None` while the ticket is the booking's.
    pub due_since: Option<Timestamp>,
    /// When it was.
    pub given_back_at: Option<Timestamp>,
}

/// What was paid by hand for tickets that are exchanged or given back, in minor units: it is due to go back then.
pub fn paid_for(differences: &[PaidDifference], tickets: &[HeldTicket]) -> i64 {
    let its = |it: &&PaidDifference| it.due_since.is_none() && tickets.contains(&it.ticket);
    differences
        .iter()
        .filter(its)
        .map(|it| it.amount_minor)
        .sum()
}

/// What one exchange's buyer is to be given back by hand.
pub(super) struct Due {
    pub(super) booking: BookingId,
    pub(super) change: ChangeId,
    pub(super) amount_minor: i64,
    pub(super) method: Method,
    pub(super) terminal_reference: Option<String>,
    pub(super) since: Option<Timestamp>,
}

/// What was paid by hand for tickets of a tier, one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DifferenceSum {
    /// Of which tier the tickets are.
    pub tier: TierNo,
    /// In cash, or by the terminal.
    pub method: Method,
    /// What was taken, in minor units.
    pub taken_minor: i64,
    /// What of it goes back, or has gone back.
    pub back_minor: i64,
}

/// Records what was paid for tickets of a tier, the same for each.
pub(super) async fn insert(
    transaction: &Transaction<'_>,
    (event, booking, change): (EventNo, BookingId, ChangeId),
    (tier, seats): (TierNo, &[SeatNo]),
    each_minor: i64,
    by_hand: &ByHand,
) -> Result<(), Error> {
    let statement = transaction.prepare_cached(INSERT).await?;
    let (method, reference) = (by_hand.method().as_str(), by_hand.reference());
    let params: Params = &[
        &event,
        &booking,
        &change,
        &tier,
        &seats,
        &each_minor,
        &method,
        &reference,
    ];
    if transaction.execute(&statement, params).await? == seats.len() as u64 {
        Ok(())
    } else {
        let gone = format!("booking {booking} is not there to be paid");
        Err(Error::Inconsistent(gone))
    }
}

/// These tickets leave the booking. What was paid for them, and is due to go back from now on, in minor units.
pub(super) async fn leave(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    tickets: &[HeldTicket],
) -> Result<i64, Error> {
    let (tiers, seats): (Vec<TierNo>, Vec<SeatNo>) = tickets.iter().copied().unzip();
    let statement = transaction.prepare_cached(LEAVE).await?;
    let params: Params = &[&event, &booking, &tiers, &seats];
    let rows = transaction.query(&statement, params).await?;
    Ok(rows.iter().map(|row| row.get::<_, i64>(0)).sum())
}

/// Tickets of a tier are others of the same tier from now on, each the one at its place.
pub(super) async fn follow(
    transaction: &Transaction<'_>,
    (event, booking): (EventNo, BookingId),
    tier: TierNo,
    (before, now): (&[SeatNo], &[SeatNo]),
) -> Result<(), Error> {
    let statement = transaction.prepare_cached(MOVE).await?;
    let params: Params = &[&event, &booking, &tier, &before, &now];
    transaction.execute(&statement, params).await?;
    Ok(())
}

/// What was paid for tickets of a booking, the oldest first.
pub(super) async fn of_booking(db: &Db, booking: &Booking) -> Result<Vec<PaidDifference>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(OF_BOOKING).await?;
    let params: Params = &[&booking.event, &booking.id];
    let rows = client.query(&statement, params).await?;
    let read = |row: &Row| PaidDifference {
        ticket: (row.get("tier_no"), row.get("seat_no")),
        amount_minor: row.get("amount_minor"),
        method: read_method(row),
        terminal_reference: row.get("terminal_reference"),
        paid_at: row.get("paid_at"),
        due_since: row.get("due_since"),
        given_back_at: row.get("given_back_at"),
    };
    Ok(rows.iter().map(read).collect())
}

/// What is to be given back of an event, the oldest first, `at_most` exchanges.
pub(super) async fn due(db: &Db, event: EventNo, at_most: i64) -> Result<Vec<Due>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(DUE).await?;
    let rows = client.query(&statement, &[&event, &at_most]).await?;
    let read = |row: &Row| Due {
        booking: row.get("booking_id"),
        change: row.get("change_id"),
        amount_minor: row.get("amount_minor"),
        method: read_method(row),
        terminal_reference: row.get("terminal_reference"),
        since: row.get("due_since"),
    };
    Ok(rows.iter().map(read).collect())
}

/// Of how many exchanges of an event something is to be given back.
pub(super) async fn count_due(client: &Client, event: EventNo) -> Result<i64, Error> {
    let statement = client.prepare_cached(COUNT_DUE).await?;
    Ok(client.query_one(&statement, &[&event]).await?.get(0))
}

/// What was due of a booking, or of one exchange of it, is back. How much, in minor units.
pub(super) async fn give_back(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    change: Option<ChangeId>,
) -> Result<i64, Error> {
    let statement = transaction.prepare_cached(GIVE_BACK).await?;
    let params: Params = &[&event, &booking, &change];
    let rows = transaction.query(&statement, params).await?;
    Ok(rows.iter().map(|row| row.get::<_, i64>(0)).sum())
}

/// What was paid for tickets of an event, by tier and way.
///
/// # Errors
/// Those of the database.
pub async fn difference_sums(db: &Db, event: EventNo) -> Result<Vec<DifferenceSum>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(SUMS).await?;
    let rows = client.query(&statement, &[&event]).await?;
    let read = |row: &Row| DifferenceSum {
        tier: row.get("tier_no"),
        method: read_method(row),
        taken_minor: row.get("taken_minor"),
        back_minor: row.get("back_minor"),
    };
    Ok(rows.iter().map(read).collect())
}

/// Of a row with `method`.
fn read_method(row: &Row) -> Method {
    // The CHECK on the column allows no other value.
    row.get::<_, &str>("method").parse().unwrap_or(Method::Cash)
}
