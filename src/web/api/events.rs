//! Handlers under /api/events: events, the counts of their tickets, and their seat maps, with their JSON. What must
//! hold: the entity tag of the counts depends on nothing but the counts. Streams are in `stream` and `feed`.

use std::fmt::Write;
use std::sync::Arc;

use actix_web::http::header::{ETAG, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::moved_json::MovedJson;
use super::parameters::{CodeQuery, EventPath, KnownParam};
use crate::app::App;
use crate::availability::{Counts, TierCount};
use crate::booking::Rule;
use crate::catalog::{Access, Event, Facts, Tier, Translation, Translations};
use crate::price::{Bearer, Fee, Per, Tax};
use crate::seating::hall::{Hall, Layout};
use crate::seating::plan::Plan;
use crate::seating::{RowSeat, Rows};
use crate::types::contact::ContactRule;
use crate::types::{Currency, EventId, Fingerprint, Money, Timestamp};
use crate::web::error::Error;
use crate::web::finding::Asked;
use crate::web::headers::{REVALIDATE, is_known, link_to_next};
use crate::web::view::format::Format;
use crate::web::view::names;
use crate::web::{extract, find};

/// Events in a page unless the query says otherwise.
const LIMIT: usize = 20;
/// Events in a page at most.
const LIMIT_MAX: usize = 100;

/// A page of events.
#[derive(Serialize, ToSchema)]
#[schema(as = Events)]
struct EventsJson<'a> {
    /// By date.
    events: Vec<EventJson<'a>>,
    /// For the `cursor` of the next page; null on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// No event fits the words that were asked for: the events are those that fit these words.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<String>,
}

/// An event, with what is free of its tickets.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Event)]
struct EventJson<'a> {
    id: EventId,
    /// `published`, or `called_off`: then nothing is sold.
    status: &'static str,
    name: &'a str,
    description: &'a str,
    #[schema(value_type = DateTime<Utc>)]
    starts_at: Timestamp,
    /// Before this nobody can book.
    #[schema(value_type = DateTime<Utc>)]
    on_sale_at: Timestamp,
    /// When it was called off: it does not take place, nothing of it is sold, and what was paid goes back. Null if it was not.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    called_off_at: Option<Timestamp>,
    /// That it was moved to another date or elsewhere; null if it was not.
    #[schema(required = true)]
    moved: Option<MovedJson<'a>>,
    currency: Currency,
    max_tickets_per_booking: i32,
    /// What one buyer may hold or own of the event.
    max_tickets_per_buyer: i32,
    /// Whether buyers leave a name and an e-mail address.
    contact: ContactRule,
    venue: VenueJson<'a>,
    #[serde(flatten)]
    facts: &'a Facts,
    /// The organiser's texts in other languages, by ISO 639. Not in lists, which would be several times as long.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, Translation>>)]
    translations: Option<&'a Translations>,
    /// Of what is available.
    #[schema(value_type = DateTime<Utc>)]
    as_of: Timestamp,
    tiers: Vec<TierJson<'a>>,
    /// What is paid to the state, contained in the prices or beside them.
    taxes: &'a [Tax],
    /// What is paid beside the prices of the tiers.
    fees: Vec<FeeJson<'a>>,
    /// Whether there are promo codes.
    takes_codes: bool,
}

/// A fee that buyers bear.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Fee)]
struct FeeJson<'a> {
    name: &'a str,
    /// For each ticket, or for the order.
    per: Per,
    /// What it is, unless it is a part of what the tickets cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    /// That part, in hundredths of a percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent_bp: Option<i64>,
}

/// Where an event is.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Venue)]
struct VenueJson<'a> {
    name: &'a str,
    city: &'a str,
    /// ISO 3166-1 alpha-2.
    #[schema(pattern = "^[A-Z]{2}$", examples("SE"))]
    country: &'a str,
    /// IANA time zone.
    #[schema(examples("Europe/Stockholm"))]
    time_zone: &'static str,
    #[schema(required = true)]
    address: Option<&'a str>,
    /// What it offers to people with a disability.
    accessibility: &'a [Access],
}

/// A priced class of an event's tickets.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Tier)]
struct TierJson<'a> {
    /// Its code.
    tier: &'a str,
    name: &'a str,
    price: Money,
    /// What one ticket costs with its fees and taxes, without those of the order.
    full_price: Money,
    seating: Seating,
    /// The code of the tier whose tickets are sold as this tier's too: they have the same stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    shares: Option<&'a str>,
    /// All tickets.
    capacity: i32,
    /// Tickets that are free.
    available: i32,
    /// Before this nobody can book of it, even if the event's sale is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    on_sale_at: Option<Timestamp>,
    /// From then on nobody can book of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    off_sale_at: Option<Timestamp>,
    /// Tickets that an order has at least if it has any of the tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    min_tickets: Option<i16>,
    /// Tickets that an order may have of the tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tickets: Option<i16>,
}

/// How the tickets of a tier are told apart.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Seating {
    /// By row and number.
    Numbered,
    /// Not at all.
    General,
}

impl<'a> EventJson<'a> {
    fn new(event: &'a Event, counts: &Counts) -> Self {
        let venue = &event.venue;
        let tiers = event.tiers.iter().map(|tier| TierJson {
            tier: tier.code.as_str(),
            name: &tier.name,
            price: event.money(tier.price_minor),
            full_price: event.money(event.price_of_one(tier, None)),
            seating: if tier.rows.is_some() {
                Seating::Numbered
            } else {
                Seating::General
            },
            shares: tier.shares.as_ref().map(|code| code.as_str()),
            capacity: tier.capacity,
            available: counts.tier(tier.no).map_or(0, |count| count.available),
            on_sale_at: tier.terms.window.opens_at,
            off_sale_at: tier.terms.window.closes_at,
            min_tickets: tier.terms.min_tickets,
            max_tickets: tier.terms.max_tickets,
        });
        Self {
            id: event.id,
            status: event.status.as_str(),
            name: &event.name,
            description: &event.description,
            starts_at: event.starts_at,
            on_sale_at: event.on_sale_at,
            called_off_at: event.called_off_at,
            moved: MovedJson::of(event),
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
            translations: None,
            as_of: counts.as_of,
            tiers: tiers.collect(),
            taxes: &event.charges.taxes,
            fees: {
                let fees = event.charges.fees.iter();
                let fees = fees.filter(|fee| fee.borne_by == Bearer::Buyer);
                let fee = |fee: &'a Fee| FeeJson {
                    name: &fee.name,
                    per: fee.per,
                    amount: fee.amount_minor.map(|minor| event.money(minor)),
                    percent_bp: fee.percent_bp,
                };
                fees.map(fee).collect()
            },
            takes_codes: event.has_codes,
        }
    }

    /// An entity tag over all but the time of counting.
    fn etag(&self) -> Result<String, Error> {
        let timeless = EventJson {
            as_of: Timestamp::default(),
            ..self.clone()
        };
        let json = serde_json::to_vec(&timeless).map_err(|error| Error::defect(&error))?;
        let hash = Fingerprint::of([json.as_slice()]).0;
        Ok(format!("\"{:032x}\"", u128::from_be_bytes(hash)))
    }
}

/// Find events
///
/// Upcoming events by date, those that fit all that is asked for. `did_you_mean` says that none fits the words, and of
/// which words the events are instead.
#[utoipa::path(
    get,
    path = "/api/events",
    operation_id = "listEvents",
    tag = "events",
    params(Asked),
    responses(
        (status = 200, description = "A page of events.", body = EventsJson,
            headers(("Link" = Option<String>, description = "`rel=\"next\"`: the next page, if there is one."))),
    ),
    security(()),
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let asked = Asked::of_program(&request)?;
    let names = names::of(Format::of(&request).words);
    let (filters, cursor) = asked.filters(&names)?;
    let limit = match asked.limit.as_str() {
        "" => LIMIT,
        text => extract::parse::<usize>("/limit", text)?,
    };
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Error::out_of_range("/limit", 1, LIMIT_MAX));
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
    let body = EventsJson {
        events,
        next_cursor: next_cursor.clone(),
        did_you_mean: page.did_you_mean.clone(),
    };
    // Names of countries and genres are looked for in the client's language too.
    let vary = (VARY, "accept-language");
    let mut response = HttpResponse::Ok();
    response.insert_header(REVALIDATE).insert_header(vary);
    // The next page of other words has another query.
    let next_cursor = next_cursor.filter(|_| page.did_you_mean.is_none());
    link_to_next(&mut response, &request, next_cursor);
    Ok(response.json(body))
}

/// Read an event
#[utoipa::path(
    get,
    path = "/api/events/{event_id}",
    operation_id = "getEvent",
    tag = "events",
    params(EventPath, CodeQuery, KnownParam),
    responses(
        (status = 200, description = "The event.", body = EventJson, headers(("ETag" = String))),
        (status = 304, description = "The client has it.", headers(("ETag" = String))),
    ),
    security(()),
    extensions(("x-problems" = json!(["not-found", "code-refused"]))),
)]
pub async fn get(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let event = asked_for(&app, &request).await?;
    let counts = app.availability.of(&event).await?;
    let json = EventJson {
        translations: Some(&event.facts.translations),
        ..EventJson::new(&event, &counts)
    };
    let etag = json.etag()?;
    Ok(unless_known(&request, etag, || json))
}

/// Count an event's tickets
///
/// A few seconds old at most; `as_of` says when they were counted.
#[utoipa::path(
    get,
    path = "/api/events/{event_id}/availability",
    operation_id = "getAvailability",
    tag = "events",
    params(EventPath, CodeQuery, KnownParam),
    responses(
        (status = 200, description = "The counts of all tiers.", body = AvailabilityJson, headers(("ETag" = String))),
        (status = 304, description = "The client has them.", headers(("ETag" = String))),
    ),
    security(()),
    extensions(("x-problems" = json!(["not-found", "code-refused"]))),
)]
pub async fn availability(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let event = asked_for(&app, &request).await?;
    let counts = app.availability.of(&event).await?;
    let body = || AvailabilityJson::new(&event, &counts);
    Ok(unless_known(&request, etag(&counts), body))
}

/// The event that the path names, with what the code of the query unlocks.
async fn asked_for(app: &App, request: &HttpRequest) -> Result<Arc<Event>, Error> {
    let query: CodeQuery = extract::query(request)?;
    let event = find::event_of_path(app, request).await?;
    find::unlocked(app, request, event, query.code.as_deref()).await
}

/// The body, or 304 if the client has it, with its entity tag.
fn unless_known<T: Serialize>(
    request: &HttpRequest,
    etag: String,
    body: impl FnOnce() -> T,
) -> HttpResponse {
    if is_known(request, &etag) {
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
#[derive(Serialize, ToSchema)]
#[schema(as = Availability)]
pub(super) struct AvailabilityJson<'a> {
    event_id: EventId,
    /// When they were counted.
    #[schema(value_type = DateTime<Utc>)]
    as_of: Timestamp,
    tiers: Vec<TierCountJson<'a>>,
}

/// The counts of a tier.
#[derive(Serialize, ToSchema)]
#[schema(as = TierCount)]
struct TierCountJson<'a> {
    /// The tier's code.
    tier: &'a str,
    /// The code of the tier whose tickets these are too, if it shares that one's stock: the same counts twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    shares: Option<&'a str>,
    /// All tickets: `available`, `held` and `sold` together.
    capacity: i32,
    /// Free tickets.
    available: i32,
    /// Tickets of pending bookings.
    held: i32,
    /// Tickets that are not to be had: sold, or not for sale.
    sold: i32,
}

impl<'a> AvailabilityJson<'a> {
    /// The counts of this event.
    pub(super) fn new(event: &'a Event, counts: &Counts) -> Self {
        let tiers = event.tiers.iter().filter_map(|tier| {
            let count = counts.tier(tier.no)?;
            let TierCount {
                capacity,
                available,
                held,
                ..
            } = *count;
            Some(TierCountJson {
                tier: tier.code.as_str(),
                shares: tier.shares.as_ref().map(|code| code.as_str()),
                capacity,
                available,
                held,
                sold: count.gone(),
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
            tier.available,
            tier.held,
            tier.gone()
        )
        .ok();
    }
    etag.push('"');
    etag
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SeatsQuery {
    /// The code of a numbered tier.
    #[param(example = "vip")]
    tier: String,
    /// A promo code that unlocks it, if it is hidden.
    #[param(max_length = 64, example = "SUMMER")]
    code: Option<String>,
}

/// The seat map of a numbered tier.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatMap)]
struct SeatsJson<'a> {
    event_id: EventId,
    /// The tier's code.
    tier: &'a str,
    /// When the seats were looked at.
    #[schema(value_type = DateTime<Utc>)]
    as_of: Timestamp,
    /// How many seats stand together in a row before an aisle, from left to right.
    blocks: &'a [i16],
    /// Where the seats are, if they are a part of a hall: sections and rows as they are listed in `rows`.
    #[serde(skip_serializing_if = "Option::is_none")]
    layout: Option<Layout>,
    /// Free seats.
    available: usize,
    /// From the front.
    rows: Vec<RowJson>,
    /// Seats that are not like others.
    kinds: Vec<KindJson>,
}

/// A row of seats.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatRow)]
struct RowJson {
    /// Its letters.
    row: String,
    /// The numbers of its seats, if they are not 1, 2, 3.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<i32>,
    /// A letter for each seat, from left to right: `f` free, `h` held, `s` sold.
    #[schema(pattern = "^[fhs]*$", examples("ffhsff"))]
    seats: String,
}

/// A seat that is not like others.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatKind)]
struct KindJson {
    /// The row's letters.
    row: String,
    /// Its number in the row.
    number: i32,
    /// What is special.
    #[schema(examples("wheelchair"))]
    kind: &'static str,
}

/// Read a seat map
///
/// Of a numbered tier, row by row. Places for wheelchairs and the seats beside them are named in `kinds`.
#[utoipa::path(
    get,
    path = "/api/events/{event_id}/seats",
    operation_id = "getSeats",
    tag = "events",
    params(EventPath, SeatsQuery, KnownParam),
    responses(
        (status = 200, description = "The seat map.", body = SeatsJson, headers(("ETag" = String))),
        (status = 304, description = "The client has it.", headers(("ETag" = String))),
    ),
    security(()),
    extensions(("x-problems" = json!(["not-found", "code-refused"]))),
)]
pub async fn seats(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let query: SeatsQuery = extract::query(&request)?;
    let event = find::event_of_path(&app, &request).await?;
    let event = find::unlocked(&app, &request, event, query.code.as_deref()).await?;
    let (tier, rows) = numbered_tier(&event, "/tier", &query.tier)?;
    let seats = app.availability.seats(&event, tier).await?;
    let body = || {
        let capacity = seats.states.len() as i32;
        let in_rows = (1..=rows.count_rows(capacity)).map(|row| {
            let in_row = rows.seats_of_row(row, capacity);
            let state = |seat: &RowSeat| seats.states.get(seat.no.0 as usize - 1);
            let numbers = in_row.iter().map(|seat| seat.number);
            let is_counted = numbers.clone().eq(1..=in_row.len() as i32);
            RowJson {
                row: rows.row_label(row),
                numbers: if is_counted {
                    Vec::new()
                } else {
                    numbers.collect()
                },
                seats: in_row
                    .iter()
                    .filter_map(state)
                    .map(|it| it.letter())
                    .collect(),
            }
        });
        let kinds = tier.kinds.iter().map(|(&seat, kind)| {
            let position = rows.position(seat);
            KindJson {
                row: rows.row_label(position.row),
                number: position.number,
                kind: kind.as_str(),
            }
        });
        SeatsJson {
            event_id: event.id,
            tier: tier.code.as_str(),
            as_of: seats.as_of,
            blocks: rows.blocks(),
            layout: rows.plan().and_then(Plan::hall).map(Hall::layout),
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
        None => Err(Error::invalid_field(pointer, Rule::NumberedTier)),
    }
}
