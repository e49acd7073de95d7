//! What an event asks of its buyers is written as a whole: questions are added, changed, put in order and withdrawn.

use serde_json::{Value, json};

use super::EditError;
use super::own::{count_version, lock, read_in};
use crate::audit::{self, Actor, Entry};
use crate::catalog::must::{Must, Wrong};
use crate::catalog::question::{QUESTIONS_MAX, Question, all_questions, questions};
use crate::postgres::{Db, Error, Transaction};
use crate::types::{EventId, EventNo};

/// Inserts a question, or writes one anew. $1 event, $2 number, $3 of what, $4 kind, $5 label, $6 options, $7 whether it
/// must be answered, $8 whether door staff see it, $9 position.
const WRITE: &str = "
    INSERT INTO questions AS q (event_id, question_no, asked_of, kind, label, options, is_required, at_door, position)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT ON CONSTRAINT questions_pkey DO UPDATE
    SET label = excluded.label, options = excluded.options, is_required = excluded.is_required,
        at_door = excluded.at_door, position = excluded.position, withdrawn_at = NULL";

/// What an event of whoever asks asks of its buyers.
///
/// # Errors
/// [`EditError::NoEvent`], and those of the database.
pub async fn asked(db: &Db, by: &Actor, id: EventId) -> Result<(i32, Vec<Question>), EditError> {
    let client = db.get().await?;
    let own = read_in(&client, id, by.organisation).await?;
    let asked = questions(&client, own.event.no).await?;
    Ok((own.event.version, asked))
}

/// Makes these the questions of an event, in this order; those that are not among them are asked no more, and keep their
/// answers. Returns the event's version then.
///
/// # Errors
/// [`EditError`]; nothing was changed.
pub async fn ask(
    db: &Db,
    by: &Actor,
    id: EventId,
    version: i32,
    questions: &[Question],
) -> Result<i32, EditError> {
    let mut wrong = Vec::new();
    if questions.len() > QUESTIONS_MAX {
        let must = Must::HaveEntries(0, QUESTIONS_MAX);
        wrong.push(Wrong::at("/questions", must));
    }
    for (index, question) in questions.iter().take(QUESTIONS_MAX).enumerate() {
        wrong.extend(question.wrong(&format!("/questions/{index}")));
    }
    if !wrong.is_empty() {
        return Err(EditError::Invalid(wrong));
    }
    db.transaction(|transaction| {
        let (by, questions) = (by.clone(), questions.to_vec());
        Box::pin(async move { ask_in(transaction, &by, id, version, questions).await })
    })
    .await
}

async fn ask_in(
    transaction: &Transaction<'_>,
    by: &Actor,
    id: EventId,
    version: i32,
    mut asked: Vec<Question>,
) -> Result<i32, EditError> {
    let own = lock(transaction, id, by, Some(version)).await?;
    let event = own.event.no;
    let known = all_questions(transaction, event).await?;
    let wrong = wrong_now(&known, &asked);
    if !wrong.is_empty() {
        return Err(EditError::Invalid(wrong));
    }
    let before: Vec<Question> = known
        .iter()
        .filter(|it| !it.is_withdrawn)
        .cloned()
        .collect();
    let mut last = known.iter().map(Question::no).max().unwrap_or(0);
    for question in asked.iter_mut().filter(|it| it.question.is_none()) {
        last += 1;
        question.question = Some(last);
    }
    write(transaction, event, &asked).await?;
    let stays: Vec<i16> = asked.iter().map(Question::no).collect();
    let withdraw = "UPDATE questions SET withdrawn_at = now()
                    WHERE event_id = $1 AND NOT question_no = ANY ($2) AND withdrawn_at IS NULL";
    transaction.execute(withdraw, &[&event, &stays]).await?;
    count_version(transaction, event).await?;
    let entry = Entry::new(by, "questions.changed", "event", id).of(own.event.organisation);
    let entry = entry.event(event).before(as_json(&before));
    audit::record(transaction, &entry.after(as_json(&asked))).await?;
    Ok(version + 1)
}

/// What cannot be asked so, because of what was asked before.
fn wrong_now(known: &[Question], asked: &[Question]) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for (index, question) in asked.iter().enumerate() {
        let at = |name: &str| format!("/questions/{index}/{name}");
        let Some(no) = question.question else {
            continue;
        };
        if asked[..index]
            .iter()
            .any(|other| other.question == Some(no))
        {
            wrong.push(Wrong::at(at("question"), Must::BeAlone));
        }
        let Some(before) = known.iter().find(|known| known.no() == no) else {
            wrong.push(Wrong::at(at("question"), Must::BeQuestion));
            continue;
        };
        if before.asked_of != question.asked_of {
            wrong.push(Wrong::at(at("asked_of"), Must::StayAsAsked));
        }
        if before.kind != question.kind {
            wrong.push(Wrong::at(at("kind"), Must::StayAsAsked));
        }
    }
    wrong
}

async fn write(
    transaction: &Transaction<'_>,
    event: EventNo,
    asked: &[Question],
) -> Result<(), Error> {
    for (position, question) in (0_i16..).zip(asked) {
        let options = (!question.options.is_empty()).then_some(&question.options);
        transaction
            .execute(
                WRITE,
                &[
                    &event,
                    &question.no(),
                    &question.asked_of.as_str(),
                    &question.kind.as_str(),
                    &question.label.trim(),
                    &options,
                    &question.required,
                    &question.at_door,
                    &position,
                ],
            )
            .await?;
    }
    let set = "UPDATE events SET asks = $2 WHERE event_id = $1";
    transaction
        .execute(set, &[&event, &!asked.is_empty()])
        .await?;
    Ok(())
}

/// Lets a copy of an event ask the same.
pub(super) async fn ask_the_same(
    transaction: &Transaction<'_>,
    from: EventNo,
    to: EventNo,
) -> Result<(), Error> {
    let asked = questions(transaction, from).await?;
    if asked.is_empty() {
        return Ok(());
    }
    write(transaction, to, &asked).await
}

/// What a draft that is deleted has asked goes with it.
pub(super) async fn ask_nothing(
    transaction: &Transaction<'_>,
    event: EventNo,
) -> Result<(), Error> {
    let delete = "DELETE FROM questions WHERE event_id = $1";
    transaction.execute(delete, &[&event]).await?;
    Ok(())
}

fn as_json(questions: &[Question]) -> Value {
    json!({ "questions": questions })
}
