//! Creating an event: its venue if it is new, its tiers, and a row for every ticket.
//!
//! What must hold: an event is committed with all of its tickets or not at all. After that only the allocator
//! writes tickets.

use tokio_postgres::types::Json;
use uuid::Uuid;

use super::details::Details;
use super::facts::Access;
use super::index::{self, Searchable};
use super::must::Wrong;
use super::new_event::{NewEvent, NewTier, NewVenue};
use super::status::Status;
use super::terms::Terms;
use super::translation;
use crate::allocator::supply::make_tickets;
use crate::postgres::{AsDbError, Db, Error, Transaction};
use crate::seating::{Rows, SeatKind};
use crate::types::{EventId, EventNo, SeatNo, TierNo};

/// Why an event was not created; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The event is not valid; says why.
    #[error("{0}")]
    Invalid(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

impl AsDbError for CreateError {
    fn as_db_error(&self) -> Option<&Error> {
        if let Self::Db(error) = self {
            Some(error)
        } else {
            None
        }
    }
}

/// Creates an event with all its tickets in one transaction. A million tickets take a few seconds.
///
/// # Errors
/// [`CreateError`].
pub async fn create(db: &Db, event: &NewEvent) -> Result<EventId, CreateError> {
    validate(event).map_err(CreateError::Invalid)?;
    let event = std::sync::Arc::new(event.clone());
    let id = EventId(Uuid::new_v4());
    db.transaction(|transaction| {
        let event = event.clone();
        Box::pin(async move {
            let no = insert_event(transaction, id, &event, Status::Published).await?;
            for (index, tier) in event.tiers.iter().enumerate() {
                let tier_no = TierNo(index as i16 + 1);
                insert_tier(transaction, (no, tier_no), None, tier, &Terms::default()).await?;
                let rows = tier.row_blocks.clone().and_then(Rows::new);
                let seats = (SeatNo(1), SeatNo(tier.capacity));
                make_tickets(transaction, (no, tier_no), rows.as_ref(), seats).await?;
            }
            Ok(id)
        })
    })
    .await
}

fn validate(event: &NewEvent) -> Result<(), String> {
    let wrong = Details::of_new(event).wrong();
    if event.tiers.is_empty() {
        return Err("an event has at least one tier".into());
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Wrong::list(&wrong))
    }
}

/// The number of a venue, which is inserted if it is new.
async fn insert_venue(transaction: &Transaction<'_>, venue: &NewVenue) -> Result<i64, Error> {
    let row = transaction
        .query_one(
            "INSERT INTO venues AS v (name, city, country, time_zone, address, accessibility)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT ON CONSTRAINT venues_place_key DO UPDATE
             SET address = coalesce(excluded.address, v.address),
                 accessibility = CASE WHEN excluded.accessibility = '{}' THEN v.accessibility
                                      ELSE excluded.accessibility END
             RETURNING venue_id",
            &[
                &venue.name,
                &venue.city,
                &venue.country,
                &venue.time_zone.name(),
                &venue.address.as_deref().map(str::trim),
                &codes(&venue.accessibility),
            ],
        )
        .await?;
    Ok(row.get(0))
}

/// Inserts what an event refers to: its venue, whose id it returns, and the words that it is found by.
pub(super) async fn insert_place_and_words(
    transaction: &Transaction<'_>,
    event: &NewEvent,
) -> Result<(i64, Searchable), Error> {
    let (venue, facts) = (&event.venue, &event.facts);
    let venue_id = insert_venue(transaction, venue).await?;
    let place = [venue.name.as_str(), &venue.city, &venue.country];
    let names = translation::names(&event.name, &facts.translations);
    let found_by = Searchable::new(&names, &facts.lineup, facts.genre.as_str(), place);
    index::insert_words(transaction, &found_by.words).await?;
    Ok((venue_id, found_by))
}

/// Inserts an event without its tiers.
pub(super) async fn insert_event(
    transaction: &Transaction<'_>,
    id: EventId,
    event: &NewEvent,
    status: Status,
) -> Result<EventNo, CreateError> {
    let (venue, facts) = (&event.venue, &event.facts);
    let (venue_id, found_by) = insert_place_and_words(transaction, event).await?;
    let lineup: Vec<&str> = facts.lineup.iter().map(|name| name.trim()).collect();
    let row = transaction
        .query_one(
            include_str!("insert_event.sql"),
            &[
                &id,
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
                &facts.organiser.as_deref().map(str::trim),
                &facts.terms.as_deref().map(str::trim),
                &facts.refund_policy.as_deref().map(str::trim),
                &facts.series,
                &facts.featured,
                &found_by.text,
                &found_by.city_key,
                &venue.country,
                &event.tiers.iter().map(|tier| tier.price_minor).min(),
                &index::VERSION,
                &event.contact.as_str(),
                &event.picture.as_ref().map(|picture| &picture.name),
                &event.picture.as_ref().map(|picture| picture.width),
                &event.picture.as_ref().map(|picture| picture.height),
                &Json(translation::trimmed(&facts.translations)),
                &event.organisation,
                &status.as_str(),
                &event.hold_seconds,
                &Json(&event.charges.taxes),
                &Json(&event.charges.fees),
            ],
        )
        .await
        .map_err(|error| match error {
            Error::Constraint { name, .. } if name.starts_with("events_on_sale_before_start") => {
                CreateError::Invalid(
                    "the sale must open before the event starts, and the event must be to come"
                        .into(),
                )
            }
            error => error.into(),
        })?;
    Ok(row.get(0))
}

/// Each code once.
pub(super) fn codes(offers: &[Access]) -> Vec<&'static str> {
    let mut offers = offers.to_vec();
    offers.sort_unstable();
    offers.dedup();
    offers.into_iter().map(Access::as_str).collect()
}

/// Inserts a tier without its tickets. `stock` is the tier whose tickets are sold as its own, if it shares another's.
pub(super) async fn insert_tier(
    transaction: &Transaction<'_>,
    (event, no): (EventNo, TierNo),
    stock: Option<TierNo>,
    tier: &NewTier,
    terms: &Terms,
) -> Result<(), Error> {
    let seating = if tier.row_blocks.is_some() {
        "numbered"
    } else {
        "general"
    };
    let insert = "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks,
                                     wheelchair_seats, companion_seats, position, on_sale_at, off_sale_at,
                                     min_tickets, max_tickets, stock_tier_no, hidden)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    transaction
        .execute(
            insert,
            &[
                &event,
                &no,
                &tier.code,
                &tier.name.trim(),
                &tier.price_minor,
                &tier.capacity,
                &seating,
                &tier.row_blocks,
                &tier.seats_of(SeatKind::Wheelchair),
                &tier.seats_of(SeatKind::Companion),
                &terms.position,
                &terms.window.opens_at,
                &terms.window.closes_at,
                &terms.min_tickets,
                &terms.max_tickets,
                &stock,
                &terms.hidden,
            ],
        )
        .await?;
    Ok(())
}
