//! What buyers answer to the questions of an event. Owns the table `answers`.
//!
//! What must hold: answers are apart from their booking, and can be deleted without it; a question that must be answered
//! is, before a payment begins; what others than the buyer say takes the place of nothing. An answer is in no log, in no
//! entry of the audit trail, and in nobody's page but its buyer's, its organiser's and, if the organiser wants, the door's.

use std::collections::BTreeSet;

use super::Booking;
use crate::catalog::{ANSWER_MAX, AskedOf, Kind, Question, questions};
use crate::postgres::{Client, Db, Error, Transaction};
use crate::types::{BookingId, EventNo, SeatNo, TierNo};

/// $1 event, $2 booking, then an array each of questions, tiers, seats and answers, and $7 whether they take the place of
/// others. From the booking's row, so that a distributed database runs it whole on one node.
const SAVE: &str = "
    INSERT INTO answers AS a (event_id, booking_id, question_no, tier_no, seat_no, answer)
    SELECT b.event_id, b.id, new.* FROM bookings AS b
    CROSS JOIN (SELECT unnest($3::smallint[]), unnest($4::smallint[]), unnest($5::int[]), unnest($6::text[])) AS new
    WHERE b.event_id = $1 AND b.id = $2
    ON CONFLICT ON CONSTRAINT answers_pkey DO UPDATE SET answer = excluded.answer, answered_at = now()
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

/// $1 event, $2 booking.
const FORGET: &str = "DELETE FROM answers WHERE event_id = $1 AND booking_id = $2";

/// $1 event, $2 booking. Whether it asks anything, and whether it has begun.
const ASKS: &str = "
    SELECT e.asks, e.starts_at <= now() OR e.status = 'called_off' AS is_over FROM events AS e WHERE e.event_id = $1";

/// $1 event, $2 booking.
const ITEMS: &str = "
    SELECT tier_no, seats FROM booking_items WHERE event_id = $1 AND booking_id = $2 ORDER BY tier_no";

/// What a request answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Which question.
    pub question: i16,
    /// Of which ticket of the booking: 1 is the first of the first item. `None`: of the order.
    pub ticket: Option<usize>,
    /// The answer; an empty one takes back what was said.
    pub answer: String,
}

/// What an answer must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerRule {
    /// To a question that the event asks.
    Asked,
    /// Of a ticket of the booking.
    OfTicket,
    /// Of the order, and of no ticket.
    OfOrder,
    /// The only one to its question.
    Once,
    /// At most so many characters.
    Short(usize),
    /// One of these.
    OneOf(Vec<String>),
    /// `yes` or `no`.
    YesOrNo,
    /// There.
    Given,
}

/// What is wrong with an answer, or which is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerWrong {
    /// Which of those that were given; `None` if it was not.
    pub index: Option<usize>,
    /// To which question.
    pub question: i16,
    /// Of which ticket.
    pub ticket: Option<usize>,
    /// What it must be.
    pub rule: AnswerRule,
}

/// Why answers are not taken.
#[derive(Debug)]
pub enum AnswersRefused {
    /// These are wrong or missing.
    Wrong(Vec<AnswerWrong>),
    /// The event has begun or does not take place, or the booking has ended.
    Over,
}

/// An answer that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// To which question.
    pub question: i16,
    /// Of which ticket of the booking, counted from 1; `None`: of the order.
    pub ticket: Option<usize>,
    /// What was said.
    pub answer: String,
}

/// The tickets of a booking, in the order in which they are counted.
fn tickets_of(booking: &Booking) -> Vec<(TierNo, SeatNo)> {
    let items = booking.items.iter();
    let tickets = items.flat_map(|item| item.seats.iter().map(|&seat| (item.tier, seat)));
    tickets.collect()
}

/// What of these answers is wrong; and which are missing, if none may be: of so many tickets, beside those that are known.
///
/// # Errors
/// All that are wrong or missing.
pub fn check_answers(
    questions: &[Question],
    tickets: usize,
    given: &[Given],
    known: &[Answer],
    is_paid: bool,
) -> Result<(), Vec<AnswerWrong>> {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, one) in given.iter().enumerate() {
        let question = questions.iter().find(|it| it.no() == one.question);
        let rule = match question {
            None => Some(AnswerRule::Asked),
            Some(_) if !seen.insert((one.question, one.ticket)) => Some(AnswerRule::Once),
            Some(question) => rule_broken(question, tickets, one),
        };
        wrong.extend(rule.map(|rule| AnswerWrong {
            index: Some(index),
            question: one.question,
            ticket: one.ticket,
            rule,
        }));
    }
    if is_paid {
        let missing = questions.iter().filter(|question| question.required);
        for question in missing {
            let of: Vec<Option<usize>> = match question.asked_of {
                AskedOf::Order => vec![None],
                AskedOf::Ticket => (1..=tickets).map(Some).collect(),
            };
            let is_missing = |ticket: &Option<usize>| {
                let (no, ticket) = (question.no(), *ticket);
                let is_it = |one: &&Given| (one.question, one.ticket) == (no, ticket);
                match given.iter().find(is_it) {
                    Some(one) => one.answer.trim().is_empty(),
                    None => !known.iter().any(|it| (it.question, it.ticket) == (no, ticket)),
                }
            };
            wrong.extend(of.into_iter().filter(is_missing).map(|ticket| AnswerWrong {
                index: None,
                question: question.no(),
                ticket,
                rule: AnswerRule::Given,
            }));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn rule_broken(question: &Question, tickets: usize, one: &Given) -> Option<AnswerRule> {
    let is_of = match (question.asked_of, one.ticket) {
        (AskedOf::Order, None) => true,
        (AskedOf::Ticket, Some(ticket)) => (1..=tickets).contains(&ticket),
        (AskedOf::Order, Some(_)) => return Some(AnswerRule::OfOrder),
        (AskedOf::Ticket, None) => false,
    };
    if !is_of {
        return Some(AnswerRule::OfTicket);
    }
    let answer = one.answer.trim();
    if answer.is_empty() {
        return None;
    }
    let is_right = match question.kind {
        Kind::Text => answer.chars().count() <= ANSWER_MAX && !answer.contains('\0'),
        Kind::Choice => question.options.iter().any(|option| option == answer),
        Kind::YesNo => ["yes", "no"].contains(&answer),
    };
    (!is_right).then(|| match question.kind {
        Kind::Text => AnswerRule::Short(ANSWER_MAX),
        Kind::Choice => AnswerRule::OneOf(question.options.clone()),
        Kind::YesNo => AnswerRule::YesOrNo,
    })
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
                &[&event, &booking, &questions, &tiers, &seats, &answers, &replace],
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

async fn take(
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

/// Saves what a buyer answers to a booking that holds its tickets, until the event begins. What must be answered stays
/// answered once the booking is confirmed.
///
/// # Errors
/// Those of the database; inside, [`AnswersRefused`]: then nothing was saved.
pub async fn answer(
    db: &Db,
    booking: &Booking,
    given: Vec<Given>,
) -> Result<Result<(), AnswersRefused>, Error> {
    let (event, id, given) = (booking.event, booking.id, std::sync::Arc::new(given));
    db.transaction(|transaction| {
        let given = given.clone();
        Box::pin(async move {
            let asks = transaction.prepare_cached(ASKS).await?;
            let is_over: bool = transaction.query_one(&asks, &[&event]).await?.get("is_over");
            let locked = super::lock(transaction, event, id).await?;
            let Some(status) = locked.map(|it| it.status).filter(|it| it.holds_tickets()) else {
                return Ok(Err(AnswersRefused::Over));
            };
            if is_over {
                return Ok(Err(AnswersRefused::Over));
            }
            let must_stay = status == super::Status::Confirmed;
            take(transaction, event, id, &given, (true, must_stay)).await
        })
    })
    .await
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

/// Deletes the answers of a booking, within the transaction that forgets its buyer.
///
/// # Errors
/// Those of the database.
pub(super) async fn forget_answers(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
) -> Result<(), Error> {
    transaction.execute(FORGET, &[&event, &booking]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(no: i16, asked_of: AskedOf, kind: Kind, required: bool) -> Question {
        let options = ["red", "blue"].map(str::to_owned).to_vec();
        Question {
            question: Some(no),
            label: "?".into(),
            asked_of,
            kind,
            options: if kind == Kind::Choice { options } else { Vec::new() },
            required,
            ..Question::default()
        }
    }

    fn given(question: i16, ticket: Option<usize>, answer: &str) -> Given {
        let answer = answer.to_owned();
        Given {
            question,
            ticket,
            answer,
        }
    }

    fn rules(found: Result<(), Vec<AnswerWrong>>) -> Vec<AnswerRule> {
        let found = found.err().unwrap_or_default();
        found.into_iter().map(|wrong| wrong.rule).collect()
    }

    #[test]
    fn an_answer_is_to_a_question_of_its_kind_and_of_what_it_is_asked_of() {
        let asked = [
            question(1, AskedOf::Order, Kind::Text, false),
            question(2, AskedOf::Ticket, Kind::Choice, false),
            question(3, AskedOf::Order, Kind::YesNo, false),
        ];
        let long = "x".repeat(501);
        for (one, rule) in [
            (given(1, None, "vegan"), None),
            (given(1, None, &long), Some(AnswerRule::Short(500))),
            (given(1, None, "a\0"), Some(AnswerRule::Short(500))),
            (given(1, Some(1), "vegan"), Some(AnswerRule::OfOrder)),
            (given(2, Some(2), "red"), None),
            (given(2, Some(2), ""), None),
            (given(2, Some(3), "red"), Some(AnswerRule::OfTicket)),
            (given(2, Some(0), "red"), Some(AnswerRule::OfTicket)),
            (given(2, None, "red"), Some(AnswerRule::OfTicket)),
            (
                given(2, Some(1), "green"),
                Some(AnswerRule::OneOf(vec!["red".into(), "blue".into()])),
            ),
            (given(3, None, "yes"), None),
            (given(3, None, "true"), Some(AnswerRule::YesOrNo)),
            (given(4, None, "x"), Some(AnswerRule::Asked)),
        ] {
            let found = check_answers(&asked, 2, std::slice::from_ref(&one), &[], false);
            assert_eq!(rules(found), Vec::from_iter(rule), "{one:?}");
        }
        let twice = [given(1, None, "a"), given(1, None, "b")];
        assert_eq!(rules(check_answers(&asked, 2, &twice, &[], false)), [AnswerRule::Once]);
    }

    #[test]
    fn what_must_be_answered_is_before_a_payment() {
        let asked = [
            question(1, AskedOf::Order, Kind::Text, true),
            question(2, AskedOf::Ticket, Kind::YesNo, true),
        ];
        let missing = |given: &[Given], known: &[Answer], is_paid| {
            let found = check_answers(&asked, 2, given, known, is_paid);
            let found = found.err().unwrap_or_default().into_iter();
            found.map(|it| (it.question, it.ticket)).collect::<Vec<_>>()
        };
        assert_eq!(missing(&[], &[], false), []);
        assert_eq!(missing(&[], &[], true), [(1, None), (2, Some(1)), (2, Some(2))]);
        let known = [Answer { question: 2, ticket: Some(1), answer: "no".into() }];
        let now = [given(1, None, "x"), given(2, Some(2), "yes")];
        assert_eq!(missing(&now, &known, true), []);
        let unsaid = [given(1, None, " "), given(2, Some(1), ""), given(2, Some(2), "yes")];
        assert_eq!(missing(&unsaid, &known, true), [(1, None), (2, Some(1))]);
    }
}
