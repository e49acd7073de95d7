//! Handlers under /api/events: events, the counts of their tickets, and their seat maps, with their JSON. What must
//! hold: the entity tag of the counts depends on nothing but the counts. Streams are in `stream` and `feed`.

use std::fmt::Write;

use actix_web::http::header::{ETAG, IF_NONE_MATCH, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::App;
use crate::availability::{Counts, TierCount};
use crate::catalog::{Access, Event, Facts, Tier};
use crate::seating::{Rows, row_label};
use crate::types::contact::ContactRule;
use crate::types::{Currency, EventId, Money, Timestamp};
use crate::web::error::Error;
use crate::web::finding::Asked;
use crate::web::headers::REVALIDATE;
use crate::web::view::format::Format;
use crate::web::view::names;
use crate::web::{extract, find};

/// Events in a page unless the query says otherwise.
const LIMIT: usize = 20;
/// Events in a page at most.
const LIMIT_MAX: usize = 100;

#[derive(Serialize)]
struct EventJson<'a> {
    id: EventId,
    name: &'a str,
    description: &'a str,
    starts_at: Timestamp,
    on_sale_at: Timestamp,
    currency: Currency,
    max_tickets_per_booking: i32,
    max_tickets_per_buyer: i32,
    contact: ContactRule,
    venue: VenueJson<'a>,
    #[serde(flatten)]
    facts: &'a Facts,
    /// Of what is available.
    as_of: Timestamp,
    tiers: Vec<TierJson<'a>>,
}

#[derive(Serialize)]
struct VenueJson<'a> {
    name: &'a str,
    city: &'a str,
    country: &'a str,
    time_zone: &'static str,
    address: Option<&'a str>,
    accessibility: &'a [Access],
}

#[derive(Serialize)]
struct TierJson<'a> {
    tier: &'a str,
    name: &'a str,
    price: Money,
    seating: &'static str,
    capacity: i32,
    available: i32,
}

impl<'a> EventJson<'a> {
    fn new(event: &'a Event, counts: &Counts) -> Self {
        let venue = &event.venue;
        let tiers = event.tiers.iter().map(|tier| TierJson {
            tier: tier.code.as_str(),
            name: &tier.name,
            price: event.money(tier.price_minor),
            seating: if tier.rows.is_some() {
                "numbered"
            } else {
                "general"
            },
            capacity: tier.capacity,
            available: counts.tier(tier.no).map_or(0, |count| count.available),
        });
        Self {
            id: event.id,
            name: &event.name,
            description: &event.description,
            starts_at: event.starts_at,
            on_sale_at: event.on_sale_at,
            currency: event.currency,
            max_tickets_per_booking: event.max_tickets_per_booking,
            max_tickets_per_buyer: event.max_tickets_per_buyer,
            contact: event.contact,
            venue: VenueJson {
                name: &venue.name,
                city: &venue.city,
                country: &venue.country,
                time_zone: venue.time_zone.name(),
                address: venue.address.as_deref(),
                accessibility: &venue.accessibility,
            },
            facts: &event.facts,
            as_of: counts.as_of,
            tiers: tiers.collect(),
        }
    }
}

/// GET /api/events: upcoming events by date, those that fit the filters. `did_you_mean` says that none fits the words,
/// and of which words the events are instead.
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let asked = Asked::of_program(&request)?;
    let names = names::of(Format::of(&request).words);
    let (filters, cursor) = asked.filters(&names)?;
    let limit = match asked.limit.as_str() {
        "" => LIMIT,
        text => extract::parse::<usize>("/limit", text)?,
    };
    if !(1..=LIMIT_MAX).contains(&limit) {
        let detail = format!("must be 1 to {LIMIT_MAX}");
        return Err(Error::invalid_field("/limit", detail));
    }
    let page = app.catalog.upcoming(filters, &names, cursor, limit).await?;
    let counts = app.availability.of_all(&page.events).await?;
    let events: Vec<_> = page
        .events
        .iter()
        .zip(&counts)
        .map(|(event, counts)| EventJson::new(event, counts))
        .collect();
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    let mut body = json!({"events": events, "next_cursor": next_cursor});
    if let Some(words) = &page.did_you_mean {
        body["did_you_mean"] = words.as_str().into();
    }
    // Names of countries and genres are looked for in the client's language too.
    let vary = (VARY, "accept-language");
    Ok(HttpResponse::Ok()
        .insert_header(REVALIDATE)
        .insert_header(vary)
        .json(body))
}

/// GET /api/events/{event_id}
pub async fn get(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let event = find::event_of_path(&app, &request).await?;
    let counts = app.availability.of(&event).await?;
    Ok(HttpResponse::Ok()
        .insert_header(REVALIDATE)
        .json(EventJson::new(&event, &counts)))
}

/// GET /api/events/{event_id}/availability
pub async fn availability(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let event = find::event_of_path(&app, &request).await?;
    let counts = app.availability.of(&event).await?;
    let body = || AvailabilityJson::new(&event, &counts);
    Ok(unless_known(&request, etag(&counts), body))
}

/// The body, or 304 if the client has it, with its entity tag.
fn unless_known<T: Serialize>(
    request: &HttpRequest,
    etag: String,
    body: impl FnOnce() -> T,
) -> HttpResponse {
    let known = request.headers().get(IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return HttpResponse::NotModified()
            .insert_header((ETAG, etag))
            .insert_header(REVALIDATE)
            .finish();
    }
    HttpResponse::Ok()
        .insert_header((ETAG, etag))
        .insert_header(REVALIDATE)
        .json(body())
}

/// The counts of an event, as the endpoint and the stream send them.
#[derive(Serialize)]
pub(super) struct AvailabilityJson<'a> {
    event_id: EventId,
    as_of: Timestamp,
    tiers: Vec<TierCountJson<'a>>,
}

#[derive(Serialize)]
struct TierCountJson<'a> {
    tier: &'a str,
    capacity: i32,
    available: i32,
    held: i32,
    sold: i32,
}

impl<'a> AvailabilityJson<'a> {
    /// The counts of this event.
    pub(super) fn new(event: &'a Event, counts: &Counts) -> Self {
        let tiers = event.tiers.iter().filter_map(|tier| {
            let TierCount {
                capacity,
                available,
                held,
                sold,
                ..
            } = *counts.tier(tier.no)?;
            Some(TierCountJson {
                tier: tier.code.as_str(),
                capacity,
                available,
                held,
                sold,
            })
        });
        Self {
            event_id: event.id,
            as_of: counts.as_of,
            tiers: tiers.collect(),
        }
    }
}

/// An entity tag over the counts alone: it does not change with the time of counting.
pub(super) fn etag(counts: &Counts) -> String {
    let mut etag = String::from('"');
    for tier in &counts.tiers {
        write!(
            etag,
            "{:x}.{:x}.{:x}-",
            tier.available, tier.held, tier.sold
        )
        .ok();
    }
    etag.push('"');
    etag
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeatsQuery {
    tier: String,
}

#[derive(Serialize)]
struct SeatsJson<'a> {
    event_id: EventId,
    tier: &'a str,
    as_of: Timestamp,
    blocks: &'a [i16],
    available: usize,
    rows: Vec<RowJson>,
    /// Seats that are not like others.
    kinds: Vec<KindJson>,
}

#[derive(Serialize)]
struct RowJson {
    row: String,
    seats: String,
}

#[derive(Serialize)]
struct KindJson {
    row: String,
    number: i32,
    kind: &'static str,
}

/// GET /api/events/{event_id}/seats?tier=vip: the seat map of a numbered tier, row by row. A row's
/// seats are one letter each, left to right: `f` free, `h` held, `s` sold. Places
/// for wheelchairs and the seats beside them are named in `kinds`.
pub async fn seats(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let event = find::event_of_path(&app, &request).await?;
    let query: SeatsQuery = extract::query(&request)?;
    let (tier, rows) = numbered_tier(&event, "/tier", &query.tier)?;
    let seats = app.availability.seats(&event, tier).await?;
    let body = || {
        let in_rows = seats.states.chunks(rows.seats_per_row() as usize);
        let in_rows = in_rows.zip(1..).map(|(seats, row)| RowJson {
            row: row_label(row),
            seats: seats.iter().map(|seat| seat.letter()).collect(),
        });
        let kinds = tier.kinds.iter().map(|(&seat, kind)| {
            let position = rows.position(seat);
            KindJson {
                row: row_label(position.row),
                number: position.number,
                kind: kind.as_str(),
            }
        });
        SeatsJson {
            event_id: event.id,
            tier: tier.code.as_str(),
            as_of: seats.as_of,
            blocks: rows.blocks(),
            available: seats.free(),
            rows: in_rows.collect(),
            kinds: kinds.collect(),
        }
    };
    Ok(unless_known(
        &request,
        format!("\"{:016x}\"", seats.tag),
        body,
    ))
}

/// The tier with this code and its rows; `pointer` is where the request names it.
///
/// # Errors
/// 404 if there is no such tier, 422 if its seats are not numbered.
pub(super) fn numbered_tier<'e>(
    event: &'e Event,
    pointer: &str,
    code: &str,
) -> Result<(&'e Tier, &'e Rows), Error> {
    let tier = event.tier(code).ok_or_else(|| Error::not_found("tier"))?;
    match &tier.rows {
        Some(rows) => Ok((tier, rows)),
        None => {
            let detail = "must be a tier with numbered seats";
            Err(Error::invalid_field(pointer, detail))
        }
    }
}
