//! That an event was moved to another date, or elsewhere: what is known of the last move, and who is asked about it.
//!
//! What must hold: whoever may have seen the date before when they booked is asked. Moves themselves are made by
//! `organise`; what buyers answer is for `booking` and `payment`.

use chrono::TimeDelta;

use super::status::Status;
use crate::postgres::last_known::STALE_MAX;
use crate::postgres::{Client, Error};
use crate::types::{EventNo, Timestamp};

/// The last move of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The first is 1.
    pub number: i32,
    /// When it was said.
    pub at: Timestamp,
    /// When the event would have started before.
    pub from: Timestamp,
    /// Where it would have taken place, if that was elsewhere: `Sala do Cais, Lisbon`.
    pub from_place: Option<String>,
    /// Until when buyers may return their tickets because of it.
    pub answer_until: Timestamp,
}

impl Moved {
    /// Bookings that were made before this are asked. For so long after a move a page may show what was before it.
    pub fn asks_until(&self) -> Timestamp {
        let shown = TimeDelta::from_std(STALE_MAX).unwrap_or_default();
        self.at.checked_add_signed(shown).unwrap_or(self.at)
    }

    /// Whether a booking of this time is asked.
    pub fn asks(&self, booked_at: Timestamp) -> bool {
        booked_at < self.asks_until()
    }

    /// Whether answers are taken.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now <= self.answer_until
    }
}

/// $1 event.
const NOW: &str = "
    SELECT moves, moved_at, moved_from, moved_from_place, answer_until, status, now() AS now
    FROM events WHERE event_id = $1";

/// The last move of an event as it is in the database now, and whether answers to it are taken. None of an event that was
/// never moved.
///
/// # Errors
/// Those of the database.
pub async fn last_move(client: &Client, event: EventNo) -> Result<Option<(Moved, bool)>, Error> {
    let statement = client.prepare_cached(NOW).await?;
    let row = client.query_opt(&statement, &[&event]).await?;
    let moved = row.as_ref().and_then(|row| {
        let moved = read_moved(row)?;
        let is_published = Status::read(row.get("status")) == Status::Published;
        let is_open = is_published && moved.is_open(row.get("now"));
        Some((moved, is_open))
    });
    Ok(moved)
}

/// Of a row with the columns of the last move.
pub(super) fn read_moved(row: &tokio_postgres::Row) -> Option<Moved> {
    Some(Moved {
        number: row.get("moves"),
        at: row.get::<_, Option<Timestamp>>("moved_at")?,
        from: row.get::<_, Option<Timestamp>>("moved_from")?,
        from_place: row.get("moved_from_place"),
        answer_until: row.get::<_, Option<Timestamp>>("answer_until")?,
    })
}
