//! What organisers write down about a booking, for each other. Owns the table `booking_notes`.
//!
//! What must hold: buyers are never shown a note; none is changed or removed.

use std::sync::Arc;

use crate::audit::{self, Actor, Entry};
use crate::catalog::Event;
use crate::postgres::{Db, Error};
use crate::types::{BookingId, EventNo, Timestamp};

/// Characters of a note at most.
pub const NOTE_MAX: usize = 2_000;
/// Notes of a booking that are shown at most, the newest.
const NOTES_MAX: i64 = 200;

/// $1 event, $2 booking, $3 id, $4 text, $5 who writes it. From the booking's row, so that a distributed database runs it
/// whole on one node.
const INSERT: &str = "
    INSERT INTO booking_notes AS n (event_id, booking_id, id, text, written_by)
    SELECT b.event_id, b.id, $3, $4, $5 FROM bookings AS b WHERE b.event_id = $1 AND b.id = $2";

/// $1 event, $2 booking, $3 how many at most.
const GET: &str = "
    SELECT text, written_by, written_at FROM booking_notes
    WHERE event_id = $1 AND booking_id = $2
    ORDER BY id DESC LIMIT $3";

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it says; 1 to [`NOTE_MAX`] characters.
    pub text: String,
    /// Whoever wrote it, as they were called then.
    pub written_by: String,
    /// When.
    pub written_at: Timestamp,
}

/// Adds a note of 1 to [`NOTE_MAX`] characters to a booking. False if there is no such booking.
///
/// # Errors
/// Those of the database.
pub async fn add_note(
    db: &Db,
    by: &Actor,
    event: &Event,
    booking: BookingId,
    text: &str,
) -> Result<bool, Error> {
    let entry = Entry::new(by, "booking.noted", "booking", booking);
    let entry = Arc::new(entry.event(event.no).of(event.organisation));
    let (event, id) = (event.no, BookingId::make().0);
    let written: Arc<(String, String)> = Arc::new((text.to_owned(), by.name.clone()));
    db.transaction(|transaction| {
        let (entry, written) = (entry.clone(), written.clone());
        Box::pin(async move {
            let (text, by) = &*written;
            let statement = transaction.prepare_cached(INSERT).await?;
            let inserted = transaction
                .execute(&statement, &[&event, &booking, &id, text, by])
                .await?;
            if inserted == 1 {
                audit::record(transaction, &entry).await?;
            }
            Ok(inserted == 1)
        })
    })
    .await
}

/// The notes of a booking, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn notes(db: &Db, event: EventNo, booking: BookingId) -> Result<Vec<Note>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(GET).await?;
    let rows = client
        .query(&statement, &[&event, &booking, &NOTES_MAX])
        .await?;
    let note = |row: &tokio_postgres::Row| Note {
        text: row.get("text"),
        written_by: row.get("written_by"),
        written_at: row.get("written_at"),
    };
    Ok(rows.iter().map(note).collect())
}
