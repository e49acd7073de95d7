//! Events and tiers as the database has them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono_tz::Tz;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::address;
use super::event::{Event, Tier, Venue, name_stocks};
use super::facts::{self, Facts};
use super::moved::read_moved;
use super::status::Status;
use super::terms::Terms;
use super::translation::Translations;
use crate::allocator::{Stock, TierStock, Window};
use crate::picture::Picture;
use crate::postgres::{Client, Error};
use crate::price::Charges;
use crate::seating::plan::Plan;
use crate::seating::{Rows, SeatKind};
use crate::types::{EventNo, SeatNo, TierCode, TierNo};

/// What [`read_event`] reads beside `IS_AMBIGUOUS`, of `events e` and `venues v`.
pub(super) const EVENT_COLUMNS: &str =
    "e.event_id, e.public_id, e.organisation_id, e.status, e.version, e.name, e.description, e.starts_at,
    e.on_sale_at, e.called_off_at, e.created_at, e.currency,
    e.moves, e.moved_at, e.moved_from, e.moved_from_place, e.answer_until,
    e.picture, e.picture_width, e.picture_height, e.max_tickets_per_booking,
    coalesce(e.max_tickets_per_buyer, 2 * e.max_tickets_per_booking) AS max_tickets_per_buyer, e.contact, e.asks,
    e.genre, e.doors_at, e.ends_at, e.age_min, e.lineup, e.accessibility, e.organiser, e.terms, e.refund_policy,
    e.series, e.featured, e.translations, e.taxes, e.fees, e.has_codes,
    v.name AS venue_name, v.city, v.country, v.time_zone, v.address, v.accessibility AS venue_accessibility";

/// The tiers of these events ($1), in the order in which they are shown: what [`read_tier`] reads beside the plan.
const TIERS: &str = "SELECT event_id, tier_no, code, name, price_minor, capacity, row_blocks,
        plan IS NOT NULL AS has_plan, wheelchair_seats, companion_seats, position, on_sale_at, off_sale_at,
        min_tickets, max_tickets, stock_tier_no, hidden
    FROM tiers WHERE event_id = ANY ($1) ORDER BY event_id, position, tier_no";

/// The parts of halls that tiers of these events ($1) have: up to some hundred kilobytes each.
const PLANS: &str = "SELECT event_id, tier_no, plan::text AS plan
    FROM tiers WHERE event_id = ANY ($1) AND plan IS NOT NULL";

/// The tiers of these events, each in the order in which they are shown. The plans that the caller knows already are not
/// read again.
pub(super) async fn read_tiers(
    client: &Client,
    events: &[EventNo],
    known: impl Fn(EventNo, TierNo) -> Option<Plan>,
) -> Result<HashMap<EventNo, Vec<Tier>>, Error> {
    let statement = client.prepare_cached(TIERS).await?;
    let rows = client.query(&statement, &[&events]).await?;
    let (mut plans, mut unknown) = (HashMap::new(), Vec::new());
    for row in rows.iter().filter(|row| row.get("has_plan")) {
        let (event, tier): (EventNo, TierNo) = (row.get("event_id"), row.get("tier_no"));
        match known(event, tier) {
            Some(plan) => {
                plans.insert((event, tier), plan);
            }
            None => unknown.push(event),
        }
    }
    if !unknown.is_empty() {
        unknown.dedup();
        let statement = client.prepare_cached(PLANS).await?;
        for row in client.query(&statement, &[&unknown]).await? {
            let plan = Plan::stored(row.get("plan"));
            plans.insert((row.get("event_id"), row.get("tier_no")), plan);
        }
    }
    let mut tiers: HashMap<EventNo, Vec<Tier>> = HashMap::with_capacity(events.len());
    for row in &rows {
        let event: EventNo = row.get("event_id");
        let plan = plans.remove(&(event, row.get("tier_no")));
        let of_event = tiers.entry(event).or_default();
        of_event.push(read_tier(row, plan));
    }
    Ok(tiers)
}

/// One row of [`EVENT_COLUMNS`].
pub(super) fn read_event(row: &Row, mut tiers: Vec<Tier>) -> Event {
    name_stocks(&mut tiers);
    let (no, id, currency) = (
        row.get("event_id"),
        row.get("public_id"),
        row.get("currency"),
    );
    let (name, city): (String, String) = (row.get("name"), row.get("city"));
    let slug = address::slug(&name, &city);
    let stock = tiers.iter().map(|tier| TierStock {
        no: tier.no,
        stock: tier.stock,
        capacity: tier.capacity,
        rows: tier.rows.clone(),
        window: tier.terms.window,
    });
    let mut stock: Vec<TierStock> = stock.collect();
    stock.sort_unstable_by_key(|tier| tier.no);
    Event {
        no,
        id,
        organisation: row.get("organisation_id"),
        address: address::of(&slug, id, row.get("is_ambiguous")),
        status: Status::read(row.get("status")),
        version: row.get("version"),
        name,
        description: row.get("description"),
        starts_at: row.get("starts_at"),
        on_sale_at: row.get("on_sale_at"),
        called_off_at: row.get("called_off_at"),
        moved: read_moved(row),
        created_at: row.get("created_at"),
        picture: read_picture(row),
        currency,
        max_tickets_per_booking: row.get("max_tickets_per_booking"),
        max_tickets_per_buyer: row.get("max_tickets_per_buyer"),
        // The CHECK on the column allows no other value.
        contact: row.get::<_, &str>("contact").parse().unwrap_or_default(),
        asks: row.get("asks"),
        venue: Venue {
            name: row.get("venue_name"),
            city,
            country: row.get("country"),
            // Checked at creation; a zone that a later release of the IANA database has dropped reads as UTC.
            time_zone: row.get::<_, &str>("time_zone").parse().unwrap_or(Tz::UTC),
            address: row.get("address"),
            accessibility: facts::known_codes(&row.get::<_, Vec<String>>("venue_accessibility")),
        },
        facts: read_facts(row),
        charges: Charges {
            taxes: read_json(row, "taxes"),
            fees: read_json(row, "fees"),
        },
        has_codes: row.get("has_codes"),
        whole: None,
        stock: Arc::new(Stock {
            event: no,
            currency,
            tiers: stock,
        }),
        tiers,
        translated: BTreeMap::new(),
    }
    .translate()
}

fn read_picture(row: &Row) -> Option<Picture> {
    Some(Picture {
        name: row.get::<_, Option<String>>("picture")?,
        width: row.get("picture_width"),
        height: row.get("picture_height"),
    })
}

fn read_facts(row: &Row) -> Facts {
    Facts {
        genre: row.get::<_, &str>("genre").parse().unwrap_or_default(),
        doors_at: row.get("doors_at"),
        ends_at: row.get("ends_at"),
        age_min: row.get("age_min"),
        lineup: row.get("lineup"),
        accessibility: facts::known_codes(&row.get::<_, Vec<String>>("accessibility")),
        organiser: row.get("organiser"),
        terms: row.get("terms"),
        refund_policy: row.get("refund_policy"),
        series: row.get("series"),
        featured: row.get("featured"),
        translations: read_translations(row),
    }
}

/// None if a later version has written what this one does not know.
pub(super) fn read_translations(row: &Row) -> Translations {
    read_json(row, "translations")
}

fn read_json<T: Default + serde::de::DeserializeOwned>(row: &Row, column: &str) -> T {
    let Json(value) = row.get::<_, Json<Value>>(column);
    serde_json::from_value(value).unwrap_or_default()
}

/// One row of [`TIERS`].
fn read_tier(row: &Row, plan: Option<Plan>) -> Tier {
    let no = row.get("tier_no");
    let kinds: BTreeMap<SeatNo, SeatKind> = read_kinds(row).collect();
    let blocks = || Rows::new(row.get::<_, Option<_>>("row_blocks")?);
    let rows = plan.map(Rows::of_plan).or_else(blocks);
    Tier {
        no,
        stock: row.get::<_, Option<TierNo>>("stock_tier_no").unwrap_or(no),
        // As soon as all tiers are known.
        shares: None,
        code: row.get::<_, TierCode>("code"),
        name: row.get("name"),
        price_minor: row.get("price_minor"),
        capacity: row.get("capacity"),
        rows: rows.map(|rows| rows.with_special(kinds.keys().copied())),
        kinds,
        terms: Terms {
            position: row.get("position"),
            window: Window {
                opens_at: row.get("on_sale_at"),
                closes_at: row.get("off_sale_at"),
            },
            min_tickets: row.get("min_tickets"),
            max_tickets: row.get("max_tickets"),
            hidden: row.get("hidden"),
        },
    }
}

fn read_kinds(row: &Row) -> impl Iterator<Item = (SeatNo, SeatKind)> {
    let columns = [
        ("wheelchair_seats", SeatKind::Wheelchair),
        ("companion_seats", SeatKind::Companion),
    ];
    columns.into_iter().flat_map(|(column, kind)| {
        let seats: Option<Vec<SeatNo>> = row.get(column);
        let seats = seats.unwrap_or_default().into_iter();
        seats.map(move |seat| (seat, kind))
    })
}
