//! Creates drafts, deletes them, gives events pictures; and the statement that changes an event.

use serde_json::{Value, json};
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::EditError;
use super::ask::ask_nothing;
use super::own::{Own, lock, set_cheapest};
use super::seat::set_plan;
use crate::audit::{self, Actor, Entry};
use crate::catalog::create::{
    CreateError, codes, insert_event, insert_place_and_words, insert_tier,
};
use crate::catalog::details::{Details, TierDetails};
use crate::catalog::event::Event;
use crate::catalog::index;
use crate::catalog::must::{Must, Wrong};
use crate::catalog::new_event::{NewEvent, NewVenue};
use crate::catalog::status::Status;
use crate::catalog::translation;
use crate::picture::Picture;
use crate::postgres::{Db, Error, Transaction};
use crate::types::{EventId, EventNo, OrganisationNo, TierNo, Timestamp};

/// For so long before its sale opens an event's opening cannot be put off any more: a sale that begins meanwhile would
/// have sold before it opened.
const OPENING_STANDS: chrono::TimeDelta = chrono::TimeDelta::seconds(10);

/// Creates a draft with its tiers and without tickets.
///
/// # Errors
/// [`EditError::Invalid`], and those of the database; nothing was created.
pub async fn create(db: &Db, by: &Actor, details: &Details) -> Result<EventId, EditError> {
    let mut wrong = details.wrong();
    // By the clock as it was last read; `insert` asks the database.
    if details.starts_at.is_some_and(|at| at <= db.now()) {
        wrong.push(Wrong::at("/starts_at", Must::BeToCome));
    }
    if !wrong.is_empty() {
        return Err(EditError::Invalid(wrong));
    }
    let id = EventId(Uuid::new_v4());
    db.transaction(|transaction| {
        let (by, details) = (by.clone(), details.clone());
        Box::pin(async move {
            insert(transaction, &by, id, &details, None).await?;
            Ok(id)
        })
    })
    .await
}

/// Inserts a draft that is not wrong by itself.
pub(super) async fn insert(
    transaction: &Transaction<'_>,
    by: &Actor,
    id: EventId,
    details: &Details,
    picture: Option<Picture>,
) -> Result<EventNo, EditError> {
    let organisation = by.organisation.unwrap_or_default();
    let mut event = to_new(details, organisation, picture)?;
    let now: Timestamp = transaction.query_one("SELECT now()", &[]).await?.get(0);
    if event.starts_at <= now {
        return Err(EditError::wrong("/starts_at", Must::BeToCome));
    }
    check_venue(transaction, &mut event.venue, organisation).await?;
    let no = insert_event(transaction, id, &event, Status::Draft).await;
    let no = no.map_err(|error| match error {
        CreateError::Invalid(_) => EditError::wrong("/on_sale_at", Must::BeBeforeStart),
        CreateError::Db(error) => error.into(),
    })?;
    for (index, (tier, new)) in details.tiers.iter().zip(&event.tiers).enumerate() {
        let tier_no = TierNo(index as i16 + 1);
        let is_stock = |other: &TierDetails| Some(&other.tier) == tier.shares.as_ref();
        let stock = details.tiers.iter().position(is_stock);
        let stock = stock.map(|index| TierNo(index as i16 + 1));
        insert_tier(transaction, (no, tier_no), stock, new, &tier.terms()).await?;
        if let Some(plan) = &tier.plan {
            set_plan(transaction, (no, tier_no), plan).await?;
        }
    }
    if details.tiers.iter().any(|tier| tier.hidden) {
        set_cheapest(transaction, no).await?;
    }
    let entry = Entry::new(by, "event.created", "event", id).of(organisation);
    let entry = entry.event(no).after(as_json(details));
    audit::record(transaction, &entry).await?;
    Ok(no)
}

pub(super) fn to_new(
    details: &Details,
    organisation: OrganisationNo,
    picture: Option<Picture>,
) -> Result<NewEvent, EditError> {
    let event = details.to_new(organisation, picture);
    event.ok_or_else(|| EditError::Invalid(details.wrong()))
}

pub(super) fn as_json(details: &Details) -> Value {
    let mut json = serde_json::to_value(details).unwrap_or_default();
    // It says what it has; what it lacks is not worth a line.
    if let Some(fields) = json.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    json
}

/// A known venue keeps its zone; what else is known of it is changed by the organisation alone that uses it.
async fn check_venue(
    transaction: &Transaction<'_>,
    venue: &mut NewVenue,
    organisation: OrganisationNo,
) -> Result<(), EditError> {
    let find = "SELECT v.time_zone, EXISTS (
                    SELECT FROM events AS e WHERE e.venue_id = v.venue_id AND e.organisation_id <> $4
                ) AS is_shared
                FROM venues AS v WHERE v.name = $1 AND v.city = $2 AND v.country = $3";
    let found = transaction
        .query_opt(
            find,
            &[&venue.name, &venue.city, &venue.country, &organisation],
        )
        .await?;
    let Some(found) = found else {
        return Ok(());
    };
    let zone: &str = found.get("time_zone");
    if zone != venue.time_zone.name() {
        let must = Must::BeZoneOfVenue(zone.to_owned());
        return Err(EditError::wrong("/venue/time_zone", must));
    }
    if found.get("is_shared") {
        venue.address = None;
        venue.accessibility.clear();
    }
    Ok(())
}

/// What cannot be changed so any more.
pub(super) fn wrong_now(own: &Own, details: &Details) -> Vec<Wrong> {
    let (event, now) = (&own.event, own.now);
    let mut wrong = Vec::new();
    let starts_at = details.starts_at.unwrap_or(event.starts_at);
    let is_draft = event.status == Status::Draft;
    if starts_at != event.starts_at {
        // The buyers of what is published are asked: see `moving`.
        let must = if is_draft {
            Must::BeToCome
        } else {
            Must::BeMoved
        };
        if !is_draft || starts_at <= now {
            wrong.push(Wrong::at("/starts_at", must));
        }
    }
    if is_draft {
        return wrong;
    }
    let (venue, was) = (&details.venue, &event.venue);
    for (pointer, text, was) in [
        ("/venue/name", &venue.name, &was.name),
        ("/venue/city", &venue.city, &was.city),
        ("/venue/country", &venue.country, &was.country),
    ] {
        if text.trim() != was {
            wrong.push(Wrong::at(pointer, Must::BeMoved));
        }
    }
    if details.currency != event.currency.code() {
        wrong.push(Wrong::at("/currency", Must::StayAsItIs));
    }
    let opens = details.on_sale_at.unwrap_or(event.on_sale_at);
    if opens > event.on_sale_at && event.on_sale_at <= now + OPENING_STANDS {
        let must = Must::NotBeLater(event.on_sale_at);
        wrong.push(Wrong::at("/on_sale_at", must));
    }
    wrong
}

pub(super) async fn update(
    transaction: &Transaction<'_>,
    own: &Own,
    details: &Details,
) -> Result<(), EditError> {
    let organisation = own.event.organisation;
    let mut event = to_new(details, organisation, None)?;
    check_venue(transaction, &mut event.venue, organisation).await?;
    let (venue, facts) = (&event.venue, &event.facts);
    let (venue_id, found_by) = insert_place_and_words(transaction, &event).await?;
    let lineup: Vec<&str> = facts.lineup.iter().map(|name| name.trim()).collect();
    let trimmed = |text: &Option<String>| text.as_deref().map(|text| text.trim().to_owned());
    transaction
        .execute(
            include_str!("update_event.sql"),
            &[
                &own.event.no,
                &venue_id,
                &event.name.trim(),
                &event.description.trim(),
                &event.starts_at,
                &event.on_sale_at,
                &event.currency.code(),
                &event.max_tickets_per_booking,
                &event.max_tickets_per_buyer,
                &facts.genre.as_str(),
                &facts.doors_at,
                &facts.ends_at,
                &facts.age_min,
                &lineup,
                &codes(&facts.accessibility),
                &trimmed(&facts.organiser),
                &trimmed(&facts.terms),
                &trimmed(&facts.refund_policy),
                &facts.series,
                &facts.featured,
                &found_by.text,
                &found_by.city_key,
                &venue.country,
                &index::VERSION,
                &event.contact.as_str(),
                &Json(translation::trimmed(&facts.translations)),
                &event.hold_seconds,
                &Json(&event.charges.taxes),
                &Json(&event.charges.fees),
            ],
        )
        .await?;
    Ok(())
}

/// Makes an event one of a series.
pub(super) async fn update_series(
    transaction: &Transaction<'_>,
    by: &Actor,
    event: &Event,
    series: &str,
) -> Result<(), Error> {
    let update = "UPDATE events SET series = $2, version = version + 1 WHERE event_id = $1";
    transaction.execute(update, &[&event.no, &series]).await?;
    let entry = Entry::new(by, "event.changed", "event", event.id).of(event.organisation);
    let entry = entry.event(event.no).after(json!({"series": series}));
    audit::record(transaction, &entry).await
}

/// Deletes a draft.
///
/// # Errors
/// [`EditError::NoEvent`]; [`EditError::NoDraft`] of what is published, or is being; those of the database.
pub async fn delete(db: &Db, by: &Actor, id: EventId) -> Result<(), EditError> {
    db.transaction(|transaction| {
        let by = by.clone();
        Box::pin(async move {
            let own = lock(transaction, id, &by, None).await?;
            if own.event.status != Status::Draft {
                return Err(EditError::NoDraft);
            }
            ask_nothing(transaction, own.event.no).await?;
            for delete in [
                "DELETE FROM promo_codes WHERE event_id = $1",
                "DELETE FROM tiers WHERE event_id = $1",
                "DELETE FROM events WHERE event_id = $1",
            ] {
                transaction.execute(delete, &[&own.event.no]).await?;
            }
            let entry = Entry::new(&by, "event.deleted", "event", id).of(own.event.organisation);
            let entry = entry.event(own.event.no).before(as_json(&own.details()));
            audit::record(transaction, &entry).await?;
            Ok(())
        })
    })
    .await
}

/// Gives an event a picture whose files have been written, or takes its picture away.
///
/// # Errors
/// [`EditError::NoEvent`], and those of the database.
pub async fn set_picture(
    db: &Db,
    by: &Actor,
    id: EventId,
    picture: Option<&Picture>,
) -> Result<(), EditError> {
    db.transaction(|transaction| {
        let (by, picture) = (by.clone(), picture.cloned());
        Box::pin(async move {
            let own = lock(transaction, id, &by, None).await?;
            set_picture_of(transaction, own.event.no, picture.as_ref()).await?;
            let name = |picture: Option<&Picture>| picture.map(|it| it.name.clone());
            let entry = Entry::new(&by, "event.changed", "event", id).of(own.event.organisation);
            let entry = entry
                .event(own.event.no)
                .before(json!({"picture": name(own.event.picture.as_ref())}))
                .after(json!({"picture": name(picture.as_ref())}));
            audit::record(transaction, &entry).await?;
            Ok(())
        })
    })
    .await
}

async fn set_picture_of(
    transaction: &Transaction<'_>,
    event: EventNo,
    picture: Option<&Picture>,
) -> Result<(), Error> {
    let update = "UPDATE events SET picture = $2, picture_width = $3, picture_height = $4, version = version + 1
                  WHERE event_id = $1";
    transaction
        .execute(
            update,
            &[
                &event,
                &picture.map(|picture| &picture.name),
                &picture.map(|picture| picture.width),
                &picture.map(|picture| picture.height),
            ],
        )
        .await?;
    Ok(())
}
