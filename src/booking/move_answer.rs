//! What buyers answer when their event is moved: they keep their tickets, or return them. Owns the table `move_answers`.
//!
//! What must hold: an answer is to one move; whoever has given none keeps the tickets. An answer to return is written in
//! the transaction that cancels the booking. Whether a booking may be returned is decided in `payment`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Booking;
use crate::catalog::Moved;
use crate::postgres::{Db, Error, Params, Transaction};
use crate::types::{BookingId, EventNo, Timestamp};

/// $1 event, $2 booking, $3 move, $4 answer.
const SAVE: &str = "
    INSERT INTO move_answers AS a (event_id, booking_id, move_no, answer) VALUES ($1, $2, $3, $4)
    ON CONFLICT ON CONSTRAINT move_answers_pkey DO UPDATE
    SET answer = excluded.answer, answered_at = excluded.answered_at
    WHERE a.answer <> excluded.answer";

/// $1 events, $2 bookings.
const GIVEN: &str = "
    SELECT booking_id, move_no, answer, answered_at FROM move_answers
    WHERE event_id = ANY ($1) AND booking_id = ANY ($2) ORDER BY move_no";

/// $1 event, $2 move, $3 before when a booking was made that is asked. Those that were returned are cancelled. Nobody is asked
/// about a block.
const COUNTS: &str = "
    SELECT count(*) FILTER (WHERE a.answer = 'keep') AS keep, count(*) FILTER (WHERE a.answer IS NULL) AS silent,
           (SELECT count(*) FROM move_answers
            WHERE event_id = $1 AND move_no = $2 AND answer = 'return') AS returned
    FROM bookings AS b
    LEFT JOIN move_answers AS a ON a.event_id = $1 AND a.booking_id = b.id AND a.move_no = $2
    WHERE b.event_id = $1 AND b.confirmed_at IS NOT NULL AND b.status = 'confirmed' AND b.created_at < $3
      AND b.kind <> 'withheld'";

/// What a buyer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = MoveAnswer)]
pub enum Answer {
    /// The tickets are good for the new date.
    Keep,
    /// The booking is cancelled, and its money goes back.
    Return,
}

impl Answer {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Return => "return",
        }
    }

    fn parse(text: &str) -> Self {
        // The CHECK on the column allows no other value.
        match text {
            "return" => Self::Return,
            _ => Self::Keep,
        }
    }
}

/// An answer that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// For which booking.
    pub booking: BookingId,
    /// To which move.
    pub number: i32,
    /// What.
    pub answer: Answer,
    /// When.
    pub at: Timestamp,
}

/// What the buyers of an event have answered to a move.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AnswerCounts {
    /// Bookings that are kept.
    pub keep: i64,
    /// Bookings that were returned.
    pub returned: i64,
    /// Bookings without an answer: they are kept too.
    pub silent: i64,
}

/// Saves an answer, instead of another one to the same move. The booking's row is locked.
///
/// # Errors
/// Those of the database.
pub async fn save_answer(
    transaction: &Transaction<'_>,
    (event, booking): (EventNo, BookingId),
    number: i32,
    answer: Answer,
) -> Result<(), Error> {
    let statement = transaction.prepare_cached(SAVE).await?;
    let answer = answer.as_str();
    let params: Params = &[&event, &booking, &number, &answer];
    transaction.execute(&statement, params).await?;
    Ok(())
}

/// What was answered for these bookings, the first move first.
///
/// # Errors
/// Those of the database.
pub async fn answers<'a>(
    db: &Db,
    bookings: impl IntoIterator<Item = &'a Booking>,
) -> Result<Vec<Answered>, Error> {
    let bookings = bookings.into_iter();
    let (events, ids): (Vec<EventNo>, Vec<BookingId>) =
        bookings.map(|booking| (booking.event, booking.id)).unzip();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let client = db.get().await?;
    let statement = client.prepare_cached(GIVEN).await?;
    let rows = client.query(&statement, &[&events, &ids]).await?;
    let answered = |row: &tokio_postgres::Row| Answered {
        booking: row.get("booking_id"),
        number: row.get("move_no"),
        answer: Answer::parse(row.get("answer")),
        at: row.get("answered_at"),
    };
    Ok(rows.iter().map(answered).collect())
}

/// How many bookings are kept, were returned, and have no answer.
///
/// # Errors
/// Those of the database.
pub async fn count_answers(db: &Db, event: EventNo, moved: &Moved) -> Result<AnswerCounts, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(COUNTS).await?;
    let params: Params = &[&event, &moved.number, &moved.asks_until()];
    let row = client.query_one(&statement, params).await?;
    Ok(AnswerCounts {
        keep: row.get("keep"),
        returned: row.get("returned"),
        silent: row.get("silent"),
    })
}
