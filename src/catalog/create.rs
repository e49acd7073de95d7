//! Creating an event: its venue if it is new, its tiers, and a row for every ticket.
//!
//! What must hold: an event is committed with all of its tickets or not at all. After that only the allocator
//! writes tickets.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::facts::{Access, Facts};
use super::index::{self, Searchable};
use super::prose::{DESCRIPTION_MAX, LINE_MAX, validate_prose};
use super::translation;
use crate::picture::Picture;
use crate::postgres::{AsDbError, Db, Error, Transaction};
use crate::seating::{Position, Rows, SeatKind, row_label};
use crate::types::contact::ContactRule;
use crate::types::{Currency, EventId, EventNo, OrganisationNo, SeatNo, TierCode, Timestamp};

/// Where an event is to take place.
#[derive(Debug, Clone)]
pub struct NewVenue {
    /// Its name; with city and country it identifies the venue.
    pub name: String,
    /// Its city.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The zone in which its times are shown; a venue that exists keeps its own.
    pub time_zone: Tz,
    /// Street and number; a venue that exists keeps its own if none is given.
    pub address: Option<String>,
    /// What it offers to people with a disability; a venue that exists keeps its own if nothing is given.
    pub accessibility: Vec<Access>,
}

/// A tier to create.
#[derive(Debug, Clone)]
pub struct NewTier {
    /// Its code in JSON.
    pub code: TierCode,
    /// Its name on pages.
    pub name: String,
    /// Price of a ticket in minor units.
    pub price_minor: i64,
    /// How many tickets to make.
    pub capacity: i32,
    /// The widths of a row's blocks for numbered seats; none for general admission.
    pub row_blocks: Option<Vec<i16>>,
    /// Places for wheelchairs, and the seats of who comes with them; each seat once.
    pub kinds: Vec<(Position, SeatKind)>,
}

impl NewTier {
    /// The seats of a kind; `None` if there are none. Only of a valid tier.
    fn seats_of(&self, kind: SeatKind) -> Option<Vec<SeatNo>> {
        let rows = Rows::new(self.row_blocks.clone()?)?;
        let of_kind = self.kinds.iter().filter(|(_, found)| *found == kind);
        let seats: Vec<SeatNo> = of_kind.filter_map(|(at, _)| rows.seat(*at)).collect();
        (!seats.is_empty()).then_some(seats)
    }
}

/// An event to create.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Who runs it.
    pub organisation: OrganisationNo,
    /// Its name.
    pub name: String,
    /// A few sentences.
    pub description: String,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When the sale opens; now if not given.
    pub on_sale_at: Option<Timestamp>,
    /// The currency of its prices.
    pub currency: Currency,
    /// Tickets that one booking may hold at most, 1 to 100.
    pub max_tickets_per_booking: i32,
    /// Tickets that one buyer may hold or own at most; twice the limit of a booking if not given.
    pub max_tickets_per_buyer: Option<i32>,
    /// Its picture, whose files have been written; drawn by the pages if there is none.
    pub picture: Option<Picture>,
    /// Whether buyers leave their name and e-mail address.
    pub contact: ContactRule,
    /// Where it is.
    pub venue: NewVenue,
    /// What a buyer wants to know before paying.
    pub facts: Facts,
    /// The best first.
    pub tiers: Vec<NewTier>,
}

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

const ADDRESS_MAX: usize = 300;
const TIERS_MAX: usize = 100;
const CAPACITY_MAX: i32 = 10_000_000;
const PRICE_MAX: i64 = 1_000_000_000_000;

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
            let no = insert_event(transaction, id, &event).await?;
            for (index, tier) in event.tiers.iter().enumerate() {
                insert_tier(transaction, no, index as i16 + 1, tier).await?;
            }
            Ok(id)
        })
    })
    .await
}

fn validate(event: &NewEvent) -> Result<(), String> {
    validate_text("the name", &event.name)?;
    validate_text("the venue", &event.venue.name)?;
    validate_text("the city", &event.venue.city)?;
    if event.description.chars().count() > DESCRIPTION_MAX || event.description.contains('\0') {
        return Err(format!(
            "the description must be at most {DESCRIPTION_MAX} characters"
        ));
    }
    if event.venue.country.len() != 2
        || !event.venue.country.bytes().all(|b| b.is_ascii_uppercase())
    {
        return Err("the country must be two capital letters, ISO 3166-1".into());
    }
    validate_prose("the address", event.venue.address.as_deref(), ADDRESS_MAX)?;
    event.facts.validate(event.starts_at)?;
    if event.tiers.is_empty() || event.tiers.len() > TIERS_MAX {
        return Err(format!("an event has 1 to {TIERS_MAX} tiers"));
    }
    if !(1..=100).contains(&event.max_tickets_per_booking) {
        return Err("a booking may hold 1 to 100 tickets".into());
    }
    if event
        .max_tickets_per_buyer
        .is_some_and(|limit| limit < event.max_tickets_per_booking)
    {
        return Err("a buyer may have as many tickets as a booking may hold, at least".into());
    }
    for (index, tier) in event.tiers.iter().enumerate() {
        let code = &tier.code;
        if event.tiers[..index].iter().any(|other| other.code == *code) {
            return Err(format!("two tiers have the code {code}"));
        }
        validate_tier(tier)?;
    }
    let tiers: Vec<&str> = event.tiers.iter().map(|tier| tier.code.as_str()).collect();
    translation::validate(&event.facts.translations, &tiers)
}

fn validate_text(what: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() || text.chars().count() > LINE_MAX || text.contains('\0') {
        return Err(format!("{what} must be 1 to {LINE_MAX} characters"));
    }
    Ok(())
}

fn validate_tier(tier: &NewTier) -> Result<(), String> {
    let code = &tier.code;
    validate_text("a tier's name", &tier.name)?;
    if !(0..=PRICE_MAX).contains(&tier.price_minor) {
        return Err(format!(
            "tier {code}: the price must be 0 to {PRICE_MAX} minor units"
        ));
    }
    if !(1..=CAPACITY_MAX).contains(&tier.capacity) {
        return Err(format!(
            "tier {code}: the capacity must be 1 to {CAPACITY_MAX}"
        ));
    }
    if let Some(blocks) = &tier.row_blocks {
        let rows = Rows::new(blocks.clone()).filter(|rows| rows.seats_per_row() <= 1_000);
        let rows = rows.ok_or_else(|| {
            format!("tier {code}: a row must have 1 to 1000 seats in blocks of at least 1")
        })?;
        // A row's number is a smallint.
        if tier.capacity / rows.seats_per_row() >= 32_000 {
            return Err(format!("tier {code}: more than 32000 rows"));
        }
    }
    validate_kinds(tier)
}

fn validate_kinds(tier: &NewTier) -> Result<(), String> {
    let code = &tier.code;
    let rows = tier.row_blocks.clone().and_then(Rows::new);
    let mut seen = BTreeSet::new();
    for (position, _) in &tier.kinds {
        let seat = rows.as_ref().and_then(|rows| rows.seat(*position));
        let seat = seat.filter(|seat| seat.0 <= tier.capacity);
        let label = format!("{}-{}", row_label(position.row), position.number);
        let seat = seat.ok_or_else(|| format!("tier {code}: there is no seat {label}"))?;
        if !seen.insert(seat) {
            return Err(format!(
                "tier {code}: seat {label} is for wheelchairs or for companions once"
            ));
        }
    }
    Ok(())
}

async fn insert_venue(transaction: &Transaction<'_>, venue: &NewVenue) -> Result<i64, CreateError> {
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

async fn insert_event(
    transaction: &Transaction<'_>,
    id: EventId,
    event: &NewEvent,
) -> Result<EventNo, CreateError> {
    let (venue, facts) = (&event.venue, &event.facts);
    let venue_id = insert_venue(transaction, venue).await?;
    let place = [venue.name.as_str(), &venue.city, &venue.country];
    let names = translation::names(&event.name, &facts.translations);
    let found_by = Searchable::new(&names, &facts.lineup, facts.genre.as_str(), place);
    index::insert_words(transaction, &found_by.words).await?;
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
fn codes(offers: &[Access]) -> Vec<&'static str> {
    let mut offers = offers.to_vec();
    offers.sort_unstable();
    offers.dedup();
    offers.into_iter().map(Access::as_str).collect()
}

async fn insert_tier(
    transaction: &Transaction<'_>,
    event: EventNo,
    no: i16,
    tier: &NewTier,
) -> Result<(), CreateError> {
    let seating = if tier.row_blocks.is_some() {
        "numbered"
    } else {
        "general"
    };
    let insert = "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating, row_blocks,
                                     wheelchair_seats, companion_seats)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
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
            ],
        )
        .await?;
    // NULL for general admission, and so are row and number then.
    let seats_per_row = tier
        .row_blocks
        .as_ref()
        .map(|blocks| blocks.iter().map(|&width| i32::from(width)).sum::<i32>());
    transaction
        .execute(
            "INSERT INTO tickets (event_id, tier_no, seat_no, row_no, row_seat)
             SELECT $1, $2, seat_no, (seat_no - 1) / $4 + 1, (seat_no - 1) % $4 + 1
             FROM generate_series(1, $3::int) AS s (seat_no)",
            &[&event, &no, &tier.capacity, &seats_per_row],
        )
        .await?;
    Ok(())
}
