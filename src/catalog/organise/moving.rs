//! Moves a published event to another date, or elsewhere: it stays the same event with the same tickets.
//!
//! What must hold: the times of a published event change only by a move, so that its buyers are asked; a move is one
//! transaction, which stops no sale. What buyers answer is for `payment`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::EditError;
use super::edit::update;
use super::own::{Own, lock};
use crate::audit::{self, Actor, Entry};
use crate::catalog::details::{Details, VenueDetails};
use crate::catalog::must::{Must, Wrong};
use crate::catalog::status::Status;
use crate::postgres::{Db, Error, Transaction};
use crate::types::{EventId, Timestamp};

/// A tier whose sale ends within this before the start, or later, ends relative to the start: it moves along.
const ENDS_WITH_START: TimeDelta = TimeDelta::hours(24);

/// $1 event, $2 move, $3 to $5 what it was: start, doors, end, $6 the new start, $7 until when buyers may answer. The
/// venue is the one that the event still has.
const INSERT: &str = "
    INSERT INTO moves AS m (event_id, move_no, from_starts_at, from_doors_at, from_ends_at, from_venue_id, starts_at,
                            answer_until)
    SELECT e.event_id, $2, $3, $4, $5, e.venue_id, $6, $7 FROM events AS e WHERE e.event_id = $1";

/// $1 event, $2 move, $3 the start before, $4 the place before or NULL, $5 until when buyers may answer.
const SAY: &str = "
    UPDATE events
    SET moves = $2, moved_at = now(), moved_from = $3, moved_from_place = $4, answer_until = $5
    WHERE event_id = $1";

/// Where an event is moved to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Move {
    /// When it starts then.
    pub starts_at: Option<Timestamp>,
    /// When doors open; as long before the start as they did, if it is not said.
    pub doors_at: Option<Timestamp>,
    /// When it ends; as long after the start as it did, if it is not said.
    pub ends_at: Option<Timestamp>,
    /// Where it takes place; where it did if it is not said.
    pub venue: Option<VenueDetails>,
    /// Until when buyers may return their tickets.
    pub answer_until: Option<Timestamp>,
}

/// Moves an event. `version` is what the organiser has seen. Returns the version that it is at then.
///
/// # Errors
/// [`EditError`]; nothing was changed.
pub async fn move_to(
    db: &Db,
    by: &Actor,
    id: EventId,
    version: i32,
    to: &Move,
) -> Result<i32, EditError> {
    db.transaction(|transaction| {
        let (by, to) = (by.clone(), to.clone());
        Box::pin(async move {
            let own = lock(transaction, id, &by, Some(version)).await?;
            if own.event.status != Status::Published {
                return Err(EditError::NotPublished);
            }
            let (details, answer_until) = check(&own, &to)?;
            move_in(transaction, &own, &details, answer_until).await?;
            let place = |details: &Details| json!(details.venue);
            let of = |details: &Details| times(details, place(details));
            let entry = Entry::new(&by, "event.moved", "event", id).of(own.event.organisation);
            let mut after = of(&details);
            after["answer_until"] = json!(answer_until);
            let entry = entry
                .event(own.event.no)
                .before(of(&own.details()))
                .after(after);
            audit::record(transaction, &entry).await?;
            Ok(version + 1)
        })
    })
    .await
}

fn times(details: &Details, venue: Value) -> Value {
    json!({
        "starts_at": details.starts_at,
        "doors_at": details.facts.doors_at,
        "ends_at": details.facts.ends_at,
        "venue": venue,
    })
}

/// What the event becomes, and until when its buyers may answer.
fn check(own: &Own, to: &Move) -> Result<(Details, Timestamp), EditError> {
    let before = own.details();
    let mut wrong = Vec::new();
    let Some(starts_at) = to.starts_at else {
        return Err(EditError::wrong("/starts_at", Must::BeGiven));
    };
    let Some(answer_until) = to.answer_until else {
        return Err(EditError::wrong("/answer_until", Must::BeGiven));
    };
    let venue = to.venue.clone().unwrap_or_else(|| before.venue.clone());
    let by = starts_at - own.event.starts_at;
    let along = |said: Option<Timestamp>, was: Option<Timestamp>| {
        said.or_else(|| was.and_then(|was| was.checked_add_signed(by)))
    };
    let mut details = Details {
        starts_at: Some(starts_at),
        venue,
        ..before.clone()
    };
    details.facts.doors_at = along(to.doors_at, before.facts.doors_at);
    details.facts.ends_at = along(to.ends_at, before.facts.ends_at);
    if by.is_zero() && is_same_place(&details.venue, &before.venue) {
        wrong.push(Wrong::at("/starts_at", Must::BeAnother));
    }
    if starts_at <= own.now {
        wrong.push(Wrong::at("/starts_at", Must::BeToCome));
    }
    if answer_until <= own.now {
        wrong.push(Wrong::at("/answer_until", Must::BeToCome));
    } else if answer_until > starts_at {
        wrong.push(Wrong::at("/answer_until", Must::BeBeforeStart));
    }
    wrong.extend(details.wrong().into_iter().map(of_move));
    if wrong.is_empty() {
        Ok((details, answer_until))
    } else {
        Err(EditError::Invalid(wrong))
    }
}

fn is_same_place(one: &VenueDetails, other: &VenueDetails) -> bool {
    let place =
        |of: &VenueDetails| [&of.name, &of.city, &of.country].map(|text| text.trim().to_owned());
    place(one) == place(other)
}

/// What is wrong with the event, as what is wrong with where it is moved to.
fn of_move(wrong: Wrong) -> Wrong {
    match wrong.pointer.as_str() {
        "/on_sale_at" => Wrong::at("/starts_at", Must::BeAfter("on_sale_at")),
        "/facts/doors_at" => Wrong::at("/doors_at", wrong.must),
        "/facts/ends_at" => Wrong::at("/ends_at", wrong.must),
        _ => wrong,
    }
}

async fn move_in(
    transaction: &Transaction<'_>,
    own: &Own,
    details: &Details,
    answer_until: Timestamp,
) -> Result<(), EditError> {
    let (event, before) = (&own.event, own.details());
    let number = event.moved.as_ref().map_or(0, |moved| moved.number) + 1;
    let facts = &before.facts;
    let starts_at = details.starts_at.unwrap_or(event.starts_at);
    transaction
        .execute(
            INSERT,
            &[
                &event.no,
                &number,
                &event.starts_at,
                &facts.doors_at,
                &facts.ends_at,
                &starts_at,
                &answer_until,
            ],
        )
        .await?;
    update(transaction, own, details).await?;
    let venue = &event.venue;
    let place = (!is_same_place(&details.venue, &before.venue))
        .then(|| format!("{}, {}", venue.name, venue.city));
    transaction
        .execute(
            SAY,
            &[&event.no, &number, &event.starts_at, &place, &answer_until],
        )
        .await?;
    move_sales(transaction, own, starts_at).await?;
    Ok(())
}

/// The sales of tiers that end with the event's start end with the new one.
async fn move_sales(
    transaction: &Transaction<'_>,
    own: &Own,
    starts_at: Timestamp,
) -> Result<(), Error> {
    let by = starts_at - own.event.starts_at;
    let ends_from = own.event.starts_at - ENDS_WITH_START;
    for tier in &own.event.tiers {
        let window = tier.terms.window;
        let closes_at = window.closes_at.filter(|&at| at >= ends_from);
        let closes_at = closes_at.and_then(|at| at.checked_add_signed(by));
        let closes_at = closes_at.filter(|&at| window.opens_at.is_none_or(|opens| at > opens));
        if let Some(closes_at) = closes_at {
            let update = "UPDATE tiers SET off_sale_at = $3 WHERE event_id = $1 AND tier_no = $2";
            let params: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
                [&own.event.no, &tier.no, &closes_at];
            transaction.execute(update, &params).await?;
        }
    }
    Ok(())
}
