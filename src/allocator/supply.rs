//! How many tickets there are: makes the tickets of a tier, and takes free ones out of sale.
//!
//! What must hold: only free tickets are withdrawn, and no order waits for that: what another transaction has locked is
//! skipped. A seat that is made again has a higher issue than any ticket that was there before, so that codes of
//! former buyers stay void. How many tickets a tier is to have is decided by `catalog`, which keeps its capacity in
//! the same transaction.

use super::statements::{MAKE_HALL_TICKETS, MAKE_TICKETS, WITHDRAW_TICKETS};
use crate::postgres::{Error, Transaction};
use crate::seating::Rows;
use crate::types::{EventNo, SeatNo, TierNo};

/// Makes free tickets of a tier, these seats inclusive.
///
/// # Errors
/// Those of the database.
pub async fn make_tickets(
    transaction: &Transaction<'_>,
    (event, tier): (EventNo, TierNo),
    rows: Option<&Rows>,
    (first, last): (SeatNo, SeatNo),
) -> Result<(), Error> {
    if let Some(rows) = rows.filter(|rows| rows.plan().is_some()) {
        let (row_nos, row_seats) = columns(rows, (first, last));
        MAKE_HALL_TICKETS
            .query(
                transaction,
                &[
                    ("event_id", &event),
                    ("tier_no", &tier),
                    ("first", &first),
                    ("rows", &row_nos),
                    ("row_seats", &row_seats),
                ],
            )
            .await?;
        return Ok(());
    }
    let seats_per_row = rows.map(Rows::seats_per_row);
    MAKE_TICKETS
        .query(
            transaction,
            &[
                ("event_id", &event),
                ("tier_no", &tier),
                ("seats_per_row", &seats_per_row),
                ("first", &first),
                ("last", &last),
            ],
        )
        .await?;
    Ok(())
}

/// The row of each of these tickets, and where it stands in its row.
fn columns(rows: &Rows, (first, last): (SeatNo, SeatNo)) -> (Vec<i16>, Vec<i16>) {
    let columns = (first.0..=last.0).map(|seat| rows.columns(SeatNo(seat)));
    columns.map(|(row, seat)| (row as i16, seat as i16)).unzip()
}

/// What was taken out of sale.
#[derive(Debug, Clone, Copy)]
pub struct Withdrawn {
    /// How many tickets.
    pub count: i64,
    /// The most often that one of them was issued.
    pub issue: i32,
}

/// Deletes free tickets of a tier from this seat on, the last first, as many as there are up to `count`.
///
/// # Errors
/// Those of the database.
pub async fn withdraw(
    transaction: &Transaction<'_>,
    event: EventNo,
    tier: TierNo,
    first: SeatNo,
    count: i64,
) -> Result<Withdrawn, Error> {
    let values: &[_] = &[
        ("event_id", &event as _),
        ("tier_no", &tier as _),
        ("first_seat", &first as _),
        ("count", &count as _),
    ];
    let rows = WITHDRAW_TICKETS.query(transaction, values).await?;
    let row = rows.first();
    Ok(Withdrawn {
        count: row.map_or(0, |row| row.get("count")),
        issue: row.and_then(|row| row.get("issue")).unwrap_or_default(),
    })
}
