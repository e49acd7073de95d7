//! What buyers answer to the questions of an event. Owns the table `answers`.
//!
//! What must hold: answers are apart from their booking, and can be deleted without it; a question that must be answered
//! is, before a payment begins; what others than the buyer say takes the place of nothing. An answer is in no log, in no
//! entry of the audit trail, and in nobody's page but its buyer's, its organiser's and, if the organiser wants, the door's.

use super::Booking;
use super::answer_rules::{Answer, AnswerWrong, Given, check_answers};
use crate::catalog::questions;
use crate::postgres::{Client, Db, Error, Params, Transaction};
use crate::types::{BookingId, EventNo, SeatNo, TierNo, Timestamp};

/// $1 event, $2 booking, then an array each of questions, tiers, seats and answers, and $7 whether they take the place of
/// others. From the booking's row, so that a distributed database runs it whole on one node.
const SAVE: &str = "
    INSERT INTO answers AS a (event_id, booking_id, question_no, tier_no, seat_no, answer)
    SELECT b.event_id, b.id, new.* FROM bookings AS b
    CROSS JOIN (SELECT unnest($3::smallint[]), unnest($4::smallint[]), unnest($5::int[]), unnest($6::text[])) AS new
    WHERE b.event_id = $1 AND b.id = $2
    ON CONFLICT ON CONSTRAINT answers_pkey DO UPDATE
    SET answer = excluded.answer, answered_at = excluded.answered_at
    WHERE $7";

/// $1 event, $2 booking, then an array each of questions, tiers and seats.
const UNSAY: &str = "
    DELETE FROM answers
    WHERE event_id = $1 AND booking_id = $2 AND (question_no, tier_no, seat_no) IN (
        SELECT * FROM unnest($3::smallint[], $4::smallint[], $5::int[]))";

/// $1 event, $2 booking.
const GET: &str = "
    SELECT question_no, tier_no, seat_no, answer FROM answers
    WHERE event_id = $1 AND booking_id = $2 ORDER BY question_no, tier_no, seat_no";

/// $1 event, $2 booking, $3 until when, or NULL.
const FORGET: &str = "
    DELETE FROM answers WHERE event_id = $1 AND booking_id = $2 AND ($3::timestamptz IS NULL OR answered_at <= $3)";

/// $1 event, $2 booking.
const ITEMS: &str = "
    SELECT tier_no, seats FROM booking_items WHERE event_id = $1 AND booking_id = $2 ORDER BY tier_no";

/// Why answers are not taken.
#[derive(Debug)]
pub enum AnswersRefused {
    /// These are wrong or missing.
    Wrong(Vec<AnswerWrong>),
    /// The event has begun or does not take place, or the booking has ended.
    Over,
    /// The booking is another buyer's by now.
    NotYours,
}

/// The tickets of a booking, in the order in which they are counted.
fn tickets_of(booking: &Booking) -> Vec<(TierNo, SeatNo)> {
    let items = booking.items.iter();
    let tickets = items.flat_map(|item| item.seats.iter().map(|&seat| (item.tier, seat)));
    tickets.collect()
}

/// Saves answers that are not wrong; instead of those that there are only if they `replace`.
async fn save(
    client: &Client,
    (event, booking): (EventNo, BookingId),
    tickets: &[(TierNo, SeatNo)],
    given: &[Given],
    replace: bool,
) -> Result<(), Error> {
    let no_ticket = (TierNo(0), SeatNo(0));
    let place = |one: &Given| {
        let at = one.ticket.and_then(|ticket| tickets.get(ticket - 1));
        (one.question, at.copied().unwrap_or(no_ticket))
    };
    let is_said = |one: &&Given| !one.answer.trim().is_empty();
    let (said, unsaid): (Vec<&Given>, Vec<&Given>) = given.iter().partition(is_said);
    let columns = |of: &[&Given]| {
        let (questions, places): (Vec<i16>, Vec<_>) = of.iter().map(|one| place(one)).unzip();
        let (tiers, seats): (Vec<TierNo>, Vec<SeatNo>) = places.into_iter().unzip();
        (questions, tiers, seats)
    };
    if replace && !unsaid.is_empty() {
        let (questions, tiers, seats) = columns(&unsaid);
        let unsay = client.prepare_cached(UNSAY).await?;
        client
            .execute(&unsay, &[&event, &booking, &questions, &tiers, &seats])
            .await?;
    }
    if !said.is_empty() {
        let (questions, tiers, seats) = columns(&said);
        let answers: Vec<&str> = said.iter().map(|one| one.answer.trim()).collect();
        let save = client.prepare_cached(SAVE).await?;
        client
            .execute(
                &save,
                &[
                    &event, &booking, &questions, &tiers, &seats, &answers, &replace,
                ],
            )
            .await?;
    }
    Ok(())
}

/// Takes what a payment answers, if it is what the event asks: within the transaction that begins the payment and has
/// locked the booking.
///
/// # Errors
/// Those of the database; inside, [`AnswersRefused`]: then nothing was saved.
pub async fn take_answers(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    given: &[Given],
    by_buyer: bool,
) -> Result<Result<(), AnswersRefused>, Error> {
    take(transaction, event, booking, given, (by_buyer, true)).await
}

/// The same; `is_paid` if nothing that must be answered may be missing.
pub(super) async fn take(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    given: &[Given],
    (by_buyer, is_paid): (bool, bool),
) -> Result<Result<(), AnswersRefused>, Error> {
    let asked = questions(transaction, event).await?;
    let items = transaction.prepare_cached(ITEMS).await?;
    let items = transaction.query(&items, &[&event, &booking]).await?;
    let tickets: Vec<(TierNo, SeatNo)> = items
        .iter()
        .flat_map(|row| {
            let (tier, seats): (TierNo, Vec<SeatNo>) = (row.get("tier_no"), row.get("seats"));
            seats.into_iter().map(move |seat| (tier, seat))
        })
        .collect();
    let known = read(transaction, event, booking, &tickets).await?;
    // Others than the buyer answer what the buyer has not; what they take back stays.
    let is_theirs = |one: &&Given| {
        let is_known = |it: &Answer| (it.question, it.ticket) == (one.question, one.ticket);
        by_buyer || !known.iter().any(is_known)
    };
    let given: Vec<Given> = given.iter().filter(is_theirs).cloned().collect();
    if let Err(wrong) = check_answers(&asked, tickets.len(), &given, &known, is_paid) {
        return Ok(Err(AnswersRefused::Wrong(wrong)));
    }
    save(transaction, (event, booking), &tickets, &given, by_buyer).await?;
    Ok(Ok(()))
}

/// Saves what came with an order that has just been booked; what was answered since stays.
///
/// # Errors
/// Those of the database.
pub(super) async fn save_first(
    client: &Client,
    booking: &Booking,
    given: &[Given],
) -> Result<(), Error> {
    let tickets = tickets_of(booking);
    let is_of = |one: &&Given| one.ticket.is_none_or(|ticket| ticket <= tickets.len());
    let given: Vec<Given> = given.iter().filter(is_of).cloned().collect();
    save(client, (booking.event, booking.id), &tickets, &given, false).await
}

/// The answers of a booking.
///
/// # Errors
/// Those of the database.
pub async fn answers(db: &Db, booking: &Booking) -> Result<Vec<Answer>, Error> {
    let client = db.get().await?;
    read(&client, booking.event, booking.id, &tickets_of(booking)).await
}

async fn read(
    client: &Client,
    event: EventNo,
    booking: BookingId,
    tickets: &[(TierNo, SeatNo)],
) -> Result<Vec<Answer>, Error> {
    let get = client.prepare_cached(GET).await?;
    let rows = client.query(&get, &[&event, &booking]).await?;
    let answer = |row: &tokio_postgres::Row| {
        let place: (TierNo, SeatNo) = (row.get("tier_no"), row.get("seat_no"));
        let ticket = match place.0 {
            TierNo(0) => None,
            // Of a ticket that the booking has given back.
            _ => Some(tickets.iter().position(|ticket| *ticket == place)? + 1),
        };
        Some(Answer {
            question: row.get("question_no"),
            ticket,
            answer: row.get("answer"),
        })
    };
    Ok(rows.iter().filter_map(answer).collect())
}

/// A ticket that a booking has got instead of another, each by the tier that was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatChange {
    /// The one that it had.
    pub from: (TierNo, SeatNo),
    /// The one that it has.
    pub to: (TierNo, SeatNo),
}

/// Gives the answers of tickets to the tickets that a booking has got instead of them.
///
/// # Errors
/// Those of the database.
pub async fn move_answers(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    moved: &[SeatChange],
) -> Result<(), Error> {
    let (from, to): (Vec<_>, Vec<_>) = moved.iter().map(|it| (it.from, it.to)).unzip();
    let known = read(transaction, event, booking, &from).await?;
    let of_tickets = known.into_iter().filter(|known| known.ticket.is_some());
    let given = of_tickets.map(|known| Given {
        question: known.question,
        ticket: known.ticket,
        answer: known.answer,
    });
    let given: Vec<Given> = given.collect();
    if given.is_empty() {
        return Ok(());
    }
    // First all are gone: a ticket that one loses another may get.
    let unsaid: Vec<Given> = given.iter().cloned().map(Given::unsaid).collect();
    save(transaction, (event, booking), &from, &unsaid, true).await?;
    save(transaction, (event, booking), &to, &given, true).await
}

/// Deletes the answers of a booking, within the transaction that forgets its buyer or gives it to another: all, or those
/// that were given `until` then.
///
/// # Errors
/// Those of the database.
pub(super) async fn forget_answers(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    until: Option<Timestamp>,
) -> Result<(), Error> {
    let forget = transaction.prepare_cached(FORGET).await?;
    let params: Params = &[&event, &booking, &until];
    transaction.execute(&forget, params).await?;
    Ok(())
}
