//! Guests without a code: found by the booking's reference, by their name, by their seat.

use uuid::Uuid;

use super::offline::read_ticket;
use super::{Desk, Holder, TicketName, reference};
use crate::postgres::{Error, like};
use crate::types::{Reference, SeatNo, TierNo, Timestamp};

const FIND: &str = include_str!("find.sql");

/// Bookings that are found by a name at most.
const BOOKINGS_MAX: i64 = 20;
/// Tickets that are found at most.
const TICKETS_MAX: i64 = 50;
/// Letters of a name at least: fewer are in most names.
const NAME_MIN: usize = 2;

/// A ticket of a confirmed booking.
#[derive(Debug, Clone)]
pub struct Found {
    /// Which one.
    pub ticket: TicketName,
    /// Whose it is.
    pub holder: Holder,
    /// When it was let in at the list.
    pub entered_at: Option<Timestamp>,
    /// When it left.
    pub left_at: Option<Timestamp>,
    /// Where it was let in.
    pub gate: Option<Uuid>,
}

/// The tickets of the event that a text may mean, [`TICKETS_MAX`] at most; `list` says where they would come in.
///
/// # Errors
/// Those of the database.
pub async fn find(desk: Desk<'_>, list: Uuid, text: &str) -> Result<Vec<Found>, Error> {
    let text = text.trim();
    let reference_asked: Option<Reference> = text.parse().ok();
    let is_name = text.chars().count() >= NAME_MIN;
    let name = is_name.then(|| format!("%{}%", like::literal(&text.to_lowercase())));
    let (tiers, seats) = seats(desk, text);
    let client = desk.db.get().await?;
    let statement = client.prepare_cached(FIND).await?;
    let rows = client
        .query(
            &statement,
            &[
                &desk.event.no,
                &list,
                &reference_asked,
                &name,
                &tiers,
                &seats,
                &BOOKINGS_MAX,
                &TICKETS_MAX,
                &desk.moved_at(),
            ],
        )
        .await?;
    let found = rows.iter().filter_map(|row| {
        Some(Found {
            ticket: read_ticket(row),
            holder: Holder {
                bought: row.get("bought_tier_no"),
                reference: reference(row)?,
                name: row.get("name"),
            },
            entered_at: row.get("entered_at"),
            left_at: row.get("left_at"),
            gate: row.get("gate_id"),
        })
    });
    Ok(found.collect())
}

/// The seats that a text names, of each stock that has one: `A-7`, or `123` of general admission.
fn seats(desk: Desk<'_>, text: &str) -> (Vec<TierNo>, Vec<SeatNo>) {
    let named = desk.event.stocks().filter_map(|tier| {
        let seat = match &tier.rows {
            Some(rows) => rows.find(text)?,
            None => SeatNo(text.parse().ok()?),
        };
        (1..=tier.capacity)
            .contains(&seat.0)
            .then_some((tier.no, seat))
    });
    named.unzip()
}
