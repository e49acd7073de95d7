//! Adds tiers, changes and removes them.

use tokio_postgres::types::Json;

use super::capacity::{CHUNK, follow, lower, raise, raise_some};
use super::own::{Own, count_version, lock};
use super::{EditError, difference};
use crate::allocator::supply::make_tickets;
use crate::audit::{self, Actor, Entry};
use crate::catalog::create::insert_tier;
use crate::catalog::details::{TIERS_MAX, TierDetails};
use crate::catalog::event::{Event, Tier};
use crate::catalog::must::{Must, Wrong};
use crate::catalog::new_event::NewTier;
use crate::catalog::status::Status;
use crate::postgres::{Db, Transaction};
use crate::seating::{SeatKind, parse_label};
use crate::types::{EventId, EventNo, SeatNo, TierCode, TierNo};

/// Adds a tier; if the event is published, with its tickets. Returns the event's version then.
///
/// # Errors
/// [`EditError`]; nothing was added. If the database fails while the tickets are made, the tier is there with some of
/// them, and its capacity says how many.
pub async fn add(
    db: &Db,
    by: &Actor,
    id: EventId,
    version: Option<i32>,
    details: &TierDetails,
) -> Result<i32, EditError> {
    let wrong = details.wrong();
    if !wrong.is_empty() {
        return Err(EditError::Invalid(wrong));
    }
    let (event, made, version) = db
        .transaction(|transaction| {
            let (by, details) = (by.clone(), details.clone());
            Box::pin(async move { insert(transaction, &by, id, version, &details).await })
        })
        .await?;
    if let Some((tier, new)) = made {
        make_the_rest(db, (event, tier), &new).await?;
    }
    Ok(version)
}

/// Returns the tier if its tickets are to be made.
async fn insert(
    transaction: &Transaction<'_>,
    by: &Actor,
    id: EventId,
    version: Option<i32>,
    details: &TierDetails,
) -> Result<(EventNo, Option<(TierNo, NewTier)>, i32), EditError> {
    let own = lock_for_tiers(transaction, id, by, version).await?;
    let event = &own.event;
    let stock = stock(event, details)?;
    let details = &stock.map_or_else(
        || details.clone(),
        |stock| details.sharing(&TierDetails::from(stock)),
    );
    let new = &details
        .to_new()
        .ok_or_else(|| EditError::Invalid(details.wrong()))?;
    if event.tiers.len() >= TIERS_MAX {
        let must = Must::HaveEntries(1, TIERS_MAX);
        return Err(EditError::wrong("/tier", must));
    }
    if event.tier(new.code.as_str()).is_some() {
        return Err(EditError::wrong("/tier", Must::BeAlone));
    }
    let no = next_no(event).ok_or_else(|| EditError::wrong("/tier", Must::BeAlone))?;
    let is_sold = event.status != Status::Draft && stock.is_none();
    // With its first tickets, so that its capacity is how many it has.
    let first = NewTier {
        capacity: if is_sold {
            new.capacity.min(CHUNK)
        } else {
            new.capacity
        },
        kinds: Vec::new(),
        ..new.clone()
    };
    let of = stock.map(|stock| stock.no);
    insert_tier(transaction, (event.no, no), of, &first, &details.terms()).await?;
    if is_sold {
        let seats = (SeatNo(1), SeatNo(first.capacity));
        let rows = details.rows();
        make_tickets(transaction, (event.no, no), rows.as_ref(), seats).await?;
    }
    set_kinds(transaction, (event.no, no), new).await?;
    if let Some(stock) = of {
        follow(transaction, event.no, stock).await?;
    }
    count_version(transaction, event.no).await?;
    let after = serde_json::to_value(details).unwrap_or_default();
    let entry = Entry::new(by, "tier.added", "tier", &new.code).of(event.organisation);
    audit::record(transaction, &entry.event(event.no).after(after)).await?;
    let made = is_sold.then(|| (no, new.clone()));
    Ok((event.no, made, event.version + 1))
}

/// The tier whose stock another one is to share; `None` if it has tickets of its own.
fn stock<'e>(event: &'e Event, details: &TierDetails) -> Result<Option<&'e Tier>, EditError> {
    let Some(code) = &details.shares else {
        return Ok(None);
    };
    let stock = event.tier(code).filter(|tier| tier.is_stock());
    let stock = stock.filter(|tier| tier.code.as_str() != details.tier);
    let stock = stock.ok_or_else(|| EditError::wrong("/shares", Must::BeStock))?;
    let wrong = details.differs(&TierDetails::from(stock));
    let wrong = wrong
        .into_iter()
        .map(|field| Wrong::at(format!("/{field}"), Must::BeOfStock));
    let wrong: Vec<Wrong> = wrong.collect();
    if wrong.is_empty() {
        Ok(Some(stock))
    } else {
        Err(EditError::Invalid(wrong))
    }
}

/// Behind the last; where that is the last there can be, the first that is free.
fn next_no(event: &Event) -> Option<TierNo> {
    let last = event.tiers.iter().map(|tier| tier.no.0).max();
    let numbers = (last.unwrap_or(0) + 1..=TIERS_MAX as i16).chain(1..=TIERS_MAX as i16);
    let mut numbers = numbers.map(TierNo);
    numbers.find(|no| event.tier_no(*no).is_none())
}

/// Makes the tickets that one transaction did not, and says which of them are not like others.
async fn make_the_rest(
    db: &Db,
    (event, tier): (EventNo, TierNo),
    new: &NewTier,
) -> Result<(), EditError> {
    raise(db, event, tier, new.capacity).await?;
    if new.kinds.is_empty() {
        return Ok(());
    }
    db.transaction(|transaction| {
        let new = new.clone();
        Box::pin(async move { set_kinds(transaction, (event, tier), &new).await })
    })
    .await
}

async fn lock_for_tiers(
    transaction: &Transaction<'_>,
    id: EventId,
    by: &Actor,
    version: Option<i32>,
) -> Result<Own, EditError> {
    let own = lock(transaction, id, by, version).await?;
    match own.event.status {
        Status::Publishing => Err(EditError::Publishing),
        _ => Ok(own),
    }
}

/// Seats that are beyond the tickets that there are yet would not be seats: the constraint allows them when the
/// capacity does.
async fn set_kinds(
    transaction: &Transaction<'_>,
    (event, tier): (EventNo, TierNo),
    new: &NewTier,
) -> Result<(), EditError> {
    let set = "UPDATE tiers AS t
               SET wheelchair_seats = (SELECT nullif(array_agg(s), '{}') FROM unnest($3::int[]) AS s WHERE s <= t.capacity),
                   companion_seats = (SELECT nullif(array_agg(s), '{}') FROM unnest($4::int[]) AS s WHERE s <= t.capacity)
               WHERE t.event_id = $1 AND t.tier_no = $2 AND t.plan IS NULL";
    let seats = |kind| new.seats_of(kind);
    let (wheelchair, companion) = (seats(SeatKind::Wheelchair), seats(SeatKind::Companion));
    transaction
        .execute(set, &[&event, &tier, &wheelchair, &companion])
        .await?;
    Ok(follow(transaction, event, tier).await?)
}

/// Changes a tier into what is said of it here. Tickets are added at once, also in the middle of a sale; free ones are
/// taken out of sale, all that are to be or none. Returns the event's version then.
///
/// # Errors
/// [`EditError`]; nothing was changed. If the database fails while tickets are added, the tier has some of them, and its
/// capacity says how many.
pub async fn change_tier(
    db: &Db,
    by: &Actor,
    id: EventId,
    version: i32,
    code: &str,
    details: &TierDetails,
) -> Result<i32, EditError> {
    let (event, tier, grown, version) = db
        .transaction(|transaction| {
            let (by, code, details) = (by.clone(), code.to_owned(), details.clone());
            Box::pin(async move { change(transaction, &by, id, version, &code, details).await })
        })
        .await?;
    if let Some(new) = grown {
        make_the_rest(db, (event, tier), &new).await?;
    }
    Ok(version)
}

/// Returns what the tier is to be, if it has grown: then some of its tickets may have to be made yet.
async fn change(
    transaction: &Transaction<'_>,
    by: &Actor,
    id: EventId,
    version: i32,
    code: &str,
    mut details: TierDetails,
) -> Result<(EventNo, TierNo, Option<NewTier>, i32), EditError> {
    let own = lock_for_tiers(transaction, id, by, Some(version)).await?;
    let event = &own.event;
    let tier = event.tier(code).ok_or(EditError::NoTier)?;
    let before = TierDetails::from(tier);
    let is_sold = event.status != Status::Draft;
    details.plan.clone_from(&before.plan);
    if details.shares.is_none() && before.shares.is_some() {
        leave_plan_of_stock(&before, &mut details);
    }
    let of = of_stock(event, tier, &before, &mut details)?;
    if details.plan.is_none() {
        forget_lost_seats(&before, &mut details);
    }
    let mut wrong = details.wrong();
    if details.tier != before.tier {
        wrong.push(Wrong::at("/tier", Must::StayAsItIs));
    }
    if is_sold && details.shares != before.shares {
        wrong.push(Wrong::at("/shares", Must::StayAsItIs));
    }
    if is_sold && details.row_blocks != before.row_blocks {
        wrong.push(Wrong::at("/row_blocks", Must::StayAsItIs));
    }
    let new = details.to_new().filter(|_| wrong.is_empty());
    let new = new.ok_or(EditError::Invalid(wrong))?;
    if is_sold && new.capacity < tier.capacity {
        forget_kinds(transaction, event.no, tier).await?;
        lower(transaction, event.no, tier.no, new.capacity).await?;
    }
    update(
        transaction,
        (event.no, tier.no, of),
        &new,
        &details,
        is_sold,
    )
    .await?;
    if is_sold && new.capacity > tier.capacity {
        let first = new.capacity.min(tier.capacity + CHUNK);
        raise_some(transaction, event.no, tier.no, first).await?;
    }
    set_kinds(transaction, (event.no, tier.no), &new).await?;
    if let Some(stock) = of {
        follow(transaction, event.no, stock).await?;
    }
    count_version(transaction, event.no).await?;
    let json = |details: &TierDetails| serde_json::to_value(details).unwrap_or_default();
    let (was, is) = difference(&json(&before), &json(&details));
    let entry = Entry::new(by, "tier.changed", "tier", code).of(event.organisation);
    audit::record(transaction, &entry.event(event.no).before(was).after(is)).await?;
    let grown = is_sold && new.capacity > tier.capacity;
    Ok((event.no, tier.no, grown.then_some(new), version + 1))
}

/// A tier that shares a stock no more has no part of the hall that is the stock's.
fn leave_plan_of_stock(before: &TierDetails, details: &mut TierDetails) {
    if details.plan.take().is_none() {
        return;
    }
    let leave = |labels: &mut Vec<String>, of_plan: &[String]| {
        if labels == of_plan {
            labels.clear();
        }
    };
    leave(&mut details.wheelchair, &before.wheelchair);
    leave(&mut details.companion, &before.companion);
}

/// Gives a tier that shares another's stock what is said of that one's tickets; what it had itself before is not what its
/// organiser means. Returns that tier.
fn of_stock(
    event: &Event,
    tier: &Tier,
    before: &TierDetails,
    details: &mut TierDetails,
) -> Result<Option<TierNo>, EditError> {
    if details.shares.is_some() && before.shares.is_none() {
        if event.sharing(tier).count() > 1 {
            // Others share its own.
            return Err(EditError::wrong("/shares", Must::BeStock));
        }
        details.plan = None;
        let was = |is_same: bool| is_same.then(TierDetails::default);
        if let Some(none) = was(details.capacity == before.capacity) {
            details.capacity = none.capacity;
        }
        if details.row_blocks == before.row_blocks {
            details.row_blocks = None;
            details.wheelchair.clear();
            details.companion.clear();
        }
    }
    let Some(stock) = stock(event, details)? else {
        return Ok(None);
    };
    *details = details.sharing(&TierDetails::from(stock));
    Ok(Some(stock.no))
}

/// Seats that are not like others are that no more when the tier loses them.
fn forget_lost_seats(before: &TierDetails, details: &mut TierDetails) {
    let rows = details.rows();
    let capacity = details.capacity;
    let is_there = |label: &String| {
        let seat = parse_label(label).and_then(|at| rows.as_ref()?.seat(at));
        seat.is_some_and(|seat| i64::from(seat.0) <= capacity)
    };
    let keep = |labels: &mut Vec<String>, known: &[String]| {
        labels.retain(|label| is_there(label) || !known.contains(label));
    };
    keep(&mut details.wheelchair, &before.wheelchair);
    keep(&mut details.companion, &before.companion);
}

/// Until they are written again: the constraints compare them with the capacity.
async fn forget_kinds(
    transaction: &Transaction<'_>,
    event: EventNo,
    tier: &Tier,
) -> Result<(), EditError> {
    let forget = "UPDATE tiers SET wheelchair_seats = NULL, companion_seats = NULL
                  WHERE event_id = $1 AND (tier_no = $2 OR stock_tier_no = $2)";
    transaction.execute(forget, &[&event, &tier.no]).await?;
    Ok(())
}

/// All but the number of tickets of what is sold.
async fn update(
    transaction: &Transaction<'_>,
    (event, tier, stock): (EventNo, TierNo, Option<TierNo>),
    new: &NewTier,
    details: &TierDetails,
    is_sold: bool,
) -> Result<(), EditError> {
    let terms = details.terms();
    let seating = match new.row_blocks {
        Some(_) => "numbered",
        None => "general",
    };
    let capacity = (!is_sold).then_some(new.capacity);
    // That of a stock comes with its seats.
    let keeps_plan = stock.is_none() && details.plan.is_some();
    let update = "UPDATE tiers
                  SET name = $3, price_minor = $4, seating = CASE WHEN $14 THEN seating ELSE $5 END,
                      row_blocks = CASE WHEN $14 THEN row_blocks ELSE $6 END, position = $7, on_sale_at = $8,
                      off_sale_at = $9, min_tickets = $10, max_tickets = $11, capacity = coalesce($12, capacity),
                      wheelchair_seats = CASE WHEN $14 THEN wheelchair_seats END,
                      companion_seats = CASE WHEN $14 THEN companion_seats END,
                      plan = CASE WHEN $14 THEN plan END, stock_tier_no = $13, hidden = $15
                  WHERE event_id = $1 AND tier_no = $2";
    transaction
        .execute(
            update,
            &[
                &event,
                &tier,
                &new.name.trim(),
                &new.price_minor,
                &seating,
                &new.row_blocks,
                &terms.position,
                &terms.window.opens_at,
                &terms.window.closes_at,
                &terms.min_tickets,
                &terms.max_tickets,
                &capacity,
                &stock,
                &keeps_plan,
                &terms.hidden,
            ],
        )
        .await?;
    Ok(())
}

/// Removes a tier of a draft. Returns the event's version then.
///
/// # Errors
/// [`EditError::NoEvent`], [`EditError::NoTier`]; [`EditError::NoDraft`] of what is published, or is being;
/// [`EditError::Shared`]; those of the database.
pub async fn remove(db: &Db, by: &Actor, id: EventId, code: &TierCode) -> Result<i32, EditError> {
    db.transaction(|transaction| {
        let (by, code) = (by.clone(), code.clone());
        Box::pin(async move {
            let own = lock(transaction, id, &by, None).await?;
            let event = &own.event;
            let tier = event.tier(code.as_str()).ok_or(EditError::NoTier)?;
            if event.status != Status::Draft {
                return Err(EditError::NoDraft);
            }
            if event.sharing(tier).any(|other| !other.is_stock()) && tier.is_stock() {
                return Err(EditError::Shared);
            }
            let delete = "DELETE FROM tiers WHERE event_id = $1 AND tier_no = $2";
            transaction.execute(delete, &[&event.no, &tier.no]).await?;
            let mut translations = event.facts.translations.clone();
            for texts in translations.values_mut() {
                texts.tiers.remove(code.as_str());
            }
            let mut taxes = event.charges.taxes.clone();
            for tiers in taxes.iter_mut().filter_map(|tax| tax.tiers.as_mut()) {
                tiers.retain(|of| of != code.as_str());
            }
            let set = "UPDATE events SET translations = $2, taxes = $3 WHERE event_id = $1";
            transaction
                .execute(set, &[&event.no, &Json(translations), &Json(taxes)])
                .await?;
            count_version(transaction, event.no).await?;
            let before = serde_json::to_value(TierDetails::from(tier)).unwrap_or_default();
            let entry = Entry::new(&by, "tier.removed", "tier", &code).of(event.organisation);
            audit::record(transaction, &entry.event(event.no).before(before)).await?;
            Ok(event.version + 1)
        })
    })
    .await
}
