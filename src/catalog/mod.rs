//! Venues, events and tiers: what is sold, where and when.
//!
//! Owns their tables and the insertion of an event's tickets; after that tickets belong to the allocator.
//! Events are read often and written rarely, so each process keeps those that are requested, and the pages of
//! the list.
//!
//! What must hold: of many who want the same, one reads it; a sale is decided by what the primary said a few seconds
//! ago at most, while readers read from the replica, if there is one, and are shown facts up to five minutes old
//! ([`STALE_MAX`]) if the database does not answer; input from outside reaches SQL as a parameter only. Counts of
//! free tickets are not here: see `availability`.

mod address;
mod create;
pub mod demo;
mod fold;
mod listing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio_postgres::Row;
use uuid::Uuid;

use address::IS_AMBIGUOUS;
use fold::fold;

use crate::allocator::{Stock, TierStock};
use crate::picture::Picture;
use crate::postgres::last_known::{Ages, LastKnown, STALE_MAX};
use crate::postgres::{Error, Params, Reader, Reads};
use crate::seating::{Rows, SeatKind};
use crate::types::contact::ContactRule;
use crate::types::{
    Currency, EventId, EventNo, Invalid, Money, SeatNo, TierCode, TierNo, Timestamp,
};

pub use address::Address;
pub use create::{CreateError, NewEvent, NewTier, NewVenue, create};
pub use listing::{Listed, Listing, SECTION_EVENTS, Section};

/// How old an event may be that a sale relies on.
const OF_SALES: Ages = Ages {
    fresh: Duration::from_secs(5),
    usable: Duration::from_secs(5),
    stale: Duration::ZERO,
};
/// How old an event may be that is shown.
const OF_READERS: Ages = Ages {
    stale: STALE_MAX,
    ..OF_SALES
};
/// How old a page of the list may be.
const OF_LISTS: Ages = Ages {
    fresh: Duration::from_secs(1),
    usable: Duration::from_secs(1),
    stale: STALE_MAX,
};
/// Events that are kept at most.
const EVENTS_MAX: u64 = 10_000;
/// Events that share the first digits of their ids; more do not occur.
const GROUP_MAX: i64 = 32;
/// Pages of the list that are kept at most.
const PAGES_MAX: u64 = 200;
/// Characters of a search that are used; the rest is ignored.
const SEARCH_MAX: usize = 100;

/// One performance at a venue.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its id inside the database.
    pub no: EventNo,
    /// Its public id.
    pub id: EventId,
    /// What the address of its page ends with: `velvet-almanac-lisbon-90611f46`.
    pub address: String,
    /// Its name.
    pub name: String,
    /// A few sentences.
    pub description: String,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When the sale opens.
    pub on_sale_at: Timestamp,
    /// When it was announced.
    pub created_at: Timestamp,
    /// Its picture, if it has one.
    pub picture: Option<Picture>,
    /// The currency of all its prices.
    pub currency: Currency,
    /// Tickets that one booking may hold at most.
    pub max_tickets_per_booking: i32,
    /// Tickets that one buyer may hold or own at most.
    pub max_tickets_per_buyer: i32,
    /// Whether buyers leave their name and e-mail address.
    pub contact: ContactRule,
    /// Where it takes place.
    pub venue: Venue,
    /// The best first; at least one.
    pub tiers: Vec<Tier>,
    /// What the allocator needs of it.
    pub stock: Arc<Stock>,
}

impl Event {
    /// The tier with this code.
    pub fn tier(&self, code: &str) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.code.as_str() == code)
    }

    /// The tier with this number.
    pub fn tier_no(&self, no: TierNo) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.no == no)
    }

    /// The words of its address.
    fn slug(&self) -> String {
        address::slug(&self.name, &self.venue.city)
    }

    /// An amount in the event's currency.
    pub fn money(&self, minor: i64) -> Money {
        Money {
            minor,
            currency: self.currency,
        }
    }
}

/// Where events take place.
#[derive(Debug, Clone)]
pub struct Venue {
    /// Its name.
    pub name: String,
    /// Its city.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The zone in which its times are shown.
    pub time_zone: Tz,
}

/// A priced class of an event's tickets.
#[derive(Debug, Clone)]
pub struct Tier {
    /// Its number within the event.
    pub no: TierNo,
    /// Its code in JSON.
    pub code: TierCode,
    /// Its name on pages.
    pub name: String,
    /// Price of one ticket in minor units.
    pub price_minor: i64,
    /// Tickets in all.
    pub capacity: i32,
    /// Its rows if its seats are numbered; none for general admission.
    pub rows: Option<Rows>,
    /// Its places for wheelchairs, and the seats beside them.
    pub kinds: BTreeMap<SeatNo, SeatKind>,
}

impl Tier {
    /// The label of a ticket: `A-7` for a numbered seat, `123` for general admission.
    pub fn label(&self, seat: SeatNo) -> String {
        self.rows
            .as_ref()
            .map_or_else(|| seat.0.to_string(), |rows| rows.label(seat))
    }
}

/// The event after which a page of the list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    starts_at: Timestamp,
    id: EventId,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:x}.{}",
            self.starts_at.timestamp_micros(),
            self.id.0.simple()
        )
    }
}

impl std::str::FromStr for Cursor {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parse = || {
            let (micros, id) = text.split_once('.')?;
            let micros = i64::from_str_radix(micros, 16).ok()?;
            Some(Self {
                starts_at: Timestamp::from_timestamp_micros(micros)?,
                id: EventId(Uuid::try_parse(id).ok()?),
            })
        };
        parse()
            .filter(|cursor| cursor.to_string() == text)
            .ok_or_else(|| Invalid::new("must be a next_cursor of this list"))
    }
}

/// Some of the events, by date.
#[derive(Debug, Default)]
pub struct Page {
    /// At most as many as requested.
    pub events: Vec<Arc<Event>>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// Reads the catalogue through a cache. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// The addresses of all events to come.
    pub listing: Listing,
    reads: Reads,
    events: Cache<EventId, Arc<KnownEvent>>,
    /// The events whose ids begin with the same eight digits, the oldest first.
    groups: Cache<u32, Arc<LastKnown<Arc<[EventId]>>>>,
    pages: Cache<PageOf, Arc<LastKnown<Arc<Page>>>>,
}

/// What is known of an event.
#[derive(Debug, Default)]
struct KnownEvent {
    /// From the primary.
    to_sales: Arc<LastKnown<Option<Arc<Event>>>>,
    /// From the primary or a replica.
    to_readers: Arc<LastKnown<Option<Arc<Event>>>>,
}

/// Which page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct PageOf {
    pattern: String,
    cursor: Option<Cursor>,
    limit: usize,
}

const EVENT_COLUMNS: &str =
    "e.event_id, e.public_id, e.name, e.description, e.starts_at, e.on_sale_at, e.created_at, e.currency,
    e.picture, e.picture_width, e.picture_height, e.max_tickets_per_booking,
    coalesce(e.max_tickets_per_buyer, 2 * e.max_tickets_per_booking) AS max_tickets_per_buyer, e.contact,
    v.name AS venue_name, v.city, v.country, v.time_zone";

impl Catalog {
    /// Reads from this database, or these.
    pub fn new(reads: impl Into<Reads>) -> Self {
        let reads = reads.into();
        Self {
            listing: Listing::new(reads.clone()),
            reads,
            events: keep(EVENTS_MAX),
            groups: keep(EVENTS_MAX),
            pages: keep(PAGES_MAX),
        }
    }

    /// One event, as it was at most a few seconds ago: what a sale may rely on.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn event(&self, id: EventId) -> Result<Option<Arc<Event>>, Error> {
        let known = self.events.get_with(id, Arc::default);
        let ask = || {
            let catalog = self.clone();
            async move {
                let reader = catalog.reads.of_primary().await?;
                catalog.read_one(reader, id).await
            }
        };
        let db = self.reads.primary();
        let event = known.to_sales.get(db, |_| OF_SALES, ask).await?;
        Ok(self.unless_unknown(id, event))
    }

    /// One event for a reader: while the database does not answer, as it was at most [`STALE_MAX`] ago.
    ///
    /// # Errors
    /// Those of the database, if there is nothing to show.
    pub async fn event_to_show(&self, id: EventId) -> Result<Option<Arc<Event>>, Error> {
        let known = self.events.get_with(id, Arc::default);
        let ask = || {
            let catalog = self.clone();
            async move {
                let read = |reader| catalog.read_one(reader, id);
                catalog.reads.read(None, read).await
            }
        };
        let db = self.reads.primary();
        let event = known.to_readers.get(db, |_| OF_READERS, ask).await?;
        Ok(self.unless_unknown(id, event))
    }

    /// The event with this address, for a reader; of several with these digits the one that the slug names, and of
    /// those that it does not tell apart the oldest, which had the address first.
    ///
    /// # Errors
    /// As [`Catalog::event_to_show`].
    pub async fn event_at(&self, address: &Address) -> Result<Option<Arc<Event>>, Error> {
        let (slug, digits) = match address {
            Address::Id(id) => return self.event_to_show(*id).await,
            Address::Readable { slug, digits } => (slug, digits),
        };
        let group = self.group(digits.group()).await?;
        let ids: Vec<EventId> = group
            .iter()
            .copied()
            .filter(|id| digits.begin(*id))
            .collect();
        if let [id] = ids[..] {
            return self.event_to_show(id).await;
        }
        for id in ids {
            let event = self.event_to_show(id).await?;
            if let Some(event) = event.filter(|event| event.slug() == *slug) {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// The events whose ids begin with these eight digits.
    async fn group(&self, group: u32) -> Result<Arc<[EventId]>, Error> {
        let known = self.groups.get_with(group, Arc::default);
        let ask = || {
            let catalog = self.clone();
            async move {
                let read = |reader| read_group(reader, group);
                let found = catalog.reads.read(None, read).await?;
                Ok(found.unwrap_or_default())
            }
        };
        let found = known.get(self.reads.primary(), |_| OF_READERS, ask).await?;
        if found.is_empty() {
            // As ids that are made up.
            self.groups.invalidate(&group);
        }
        Ok(found)
    }

    /// Ids that are made up must not push out events that are there.
    fn unless_unknown(&self, id: EventId, event: Option<Arc<Event>>) -> Option<Arc<Event>> {
        if event.is_none() {
            self.events.invalidate(&id);
        }
        event
    }

    async fn read_one(&self, reader: Reader, id: EventId) -> Result<Option<Arc<Event>>, Error> {
        let statement = format!(
            "SELECT {EVENT_COLUMNS}, {IS_AMBIGUOUS} FROM events e JOIN venues v USING (venue_id) WHERE e.public_id = $1"
        );
        Ok(self.read(&reader, &statement, &[&id]).await?.pop())
    }

    /// The events with these numbers, in no particular order: those of bookings, so all that the primary has.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn events_by_no(&self, numbers: &[EventNo]) -> Result<Vec<Arc<Event>>, Error> {
        let statement = format!(
            "SELECT {EVENT_COLUMNS}, {IS_AMBIGUOUS} FROM events e JOIN venues v USING (venue_id) WHERE e.event_id = ANY ($1)"
        );
        let reader = self.reads.of_primary().await?;
        self.read(&reader, &statement, &[&numbers]).await
    }

    /// Upcoming events by date: those whose name or city holds `search`, after `cursor`, `limit` at most. As they
    /// were a second ago; while the database does not answer, at most [`STALE_MAX`] ago.
    ///
    /// # Errors
    /// Those of the database, if there is nothing to show.
    pub async fn upcoming(
        &self,
        search: &str,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Arc<Page>, Error> {
        let of = PageOf {
            pattern: pattern(search),
            cursor,
            limit,
        };
        let known = self.pages.get_with(of.clone(), Arc::default);
        let ask = || {
            let catalog = self.clone();
            async move {
                let read = |reader| catalog.read_page(reader, &of);
                let page = catalog.reads.read(None, read).await?;
                Ok(Arc::new(page.unwrap_or_default()))
            }
        };
        known.get(self.reads.primary(), |_| OF_LISTS, ask).await
    }

    /// Never `None`.
    async fn read_page(&self, reader: Reader, of: &PageOf) -> Result<Option<Page>, Error> {
        let statement = format!(
            "SELECT {EVENT_COLUMNS}, {IS_AMBIGUOUS} FROM events e JOIN venues v USING (venue_id)
             WHERE e.starts_at > now() AND e.search_text LIKE $1
               AND ($2::timestamptz IS NULL OR (e.starts_at, e.public_id) > ($2, $3))
             ORDER BY e.starts_at, e.public_id LIMIT $4"
        );
        let starts_at = of.cursor.map(|cursor| cursor.starts_at);
        let id = of.cursor.map(|cursor| cursor.id);
        let more = of.limit as i64 + 1;
        let params: Params<'_> = &[&of.pattern, &starts_at, &id, &more];
        let mut events = self.read(&reader, &statement, params).await?;
        let next = (events.len() > of.limit).then(|| {
            events.truncate(of.limit);
            events.last().map(|event| Cursor {
                starts_at: event.starts_at,
                id: event.id,
            })
        });
        Ok(Some(Page {
            events,
            next: next.flatten(),
        }))
    }

    /// Reads events with their tiers into the cache.
    async fn read(
        &self,
        reader: &Reader,
        statement: &str,
        params: Params<'_>,
    ) -> Result<Vec<Arc<Event>>, Error> {
        let rows = reader
            .query(&reader.prepare_cached(statement).await?, params)
            .await?;
        let numbers: Vec<EventNo> = rows.iter().map(|row| row.get("event_id")).collect();
        let tiers = reader
            .prepare_cached(
                "SELECT event_id, tier_no, code, name, price_minor, capacity, row_blocks,
                        wheelchair_seats, companion_seats
                 FROM tiers WHERE event_id = ANY ($1) ORDER BY event_id, tier_no",
            )
            .await?;
        let tiers = reader.query(&tiers, &[&numbers]).await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            let no: EventNo = row.get("event_id");
            let of_event = tiers
                .iter()
                .filter(|tier| tier.get::<_, EventNo>("event_id") == no);
            let event = Arc::new(read_event(row, of_event.map(read_tier).collect()));
            let known = self.events.get_with(event.id, Arc::default);
            known.to_readers.learn(Some(event.clone()));
            if reader.is_primary() {
                known.to_sales.learn(Some(event.clone()));
            }
            events.push(event);
        }
        Ok(events)
    }
}

/// A cache from which the least recently used entry is evicted first: what a reader has just made stays until it
/// is read.
fn keep<K, V>(entries_max: u64) -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(entries_max)
        .eviction_policy(EvictionPolicy::lru())
        .build()
}

/// `None` if there are none.
async fn read_group(reader: Reader, group: u32) -> Result<Option<Arc<[EventId]>>, Error> {
    let (first, last) = address::range(group);
    let statement =
        "SELECT public_id FROM events WHERE public_id BETWEEN $1 AND $2 ORDER BY event_id LIMIT $3";
    let statement = reader.prepare_cached(statement).await?;
    let rows = reader
        .query(&statement, &[&first, &last, &GROUP_MAX])
        .await?;
    let ids: Arc<[EventId]> = rows.iter().map(|row| row.get(0)).collect();
    Ok(Some(ids).filter(|ids| !ids.is_empty()))
}

fn read_event(row: &Row, tiers: Vec<Tier>) -> Event {
    let (no, id, currency) = (
        row.get("event_id"),
        row.get("public_id"),
        row.get("currency"),
    );
    let (name, city): (String, String) = (row.get("name"), row.get("city"));
    let slug = address::slug(&name, &city);
    let stock = tiers.iter().map(|tier| TierStock {
        no: tier.no,
        capacity: tier.capacity,
        rows: tier.rows.clone(),
    });
    Event {
        no,
        id,
        address: address::of(&slug, id, row.get("is_ambiguous")),
        name,
        description: row.get("description"),
        starts_at: row.get("starts_at"),
        on_sale_at: row.get("on_sale_at"),
        created_at: row.get("created_at"),
        picture: read_picture(row),
        currency,
        max_tickets_per_booking: row.get("max_tickets_per_booking"),
        max_tickets_per_buyer: row.get("max_tickets_per_buyer"),
        // The CHECK on the column allows no other value.
        contact: row.get::<_, &str>("contact").parse().unwrap_or_default(),
        venue: Venue {
            name: row.get("venue_name"),
            city,
            country: row.get("country"),
            // Checked at creation; a zone that a later release of the IANA database has dropped reads as UTC.
            time_zone: row.get::<_, &str>("time_zone").parse().unwrap_or(Tz::UTC),
        },
        stock: Arc::new(Stock {
            event: no,
            currency,
            tiers: stock.collect(),
        }),
        tiers,
    }
}

fn read_picture(row: &Row) -> Option<Picture> {
    Some(Picture {
        name: row.get::<_, Option<String>>("picture")?,
        width: row.get("picture_width"),
        height: row.get("picture_height"),
    })
}

fn read_tier(row: &Row) -> Tier {
    Tier {
        no: row.get("tier_no"),
        code: row.get::<_, TierCode>("code"),
        name: row.get("name"),
        price_minor: row.get("price_minor"),
        capacity: row.get("capacity"),
        rows: row
            .get::<_, Option<Vec<i16>>>("row_blocks")
            .and_then(Rows::new),
        kinds: read_kinds(row).collect(),
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

/// A LIKE pattern for texts that contain the search; its wildcards are escaped.
fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for letter in fold(search.trim())
        .chars()
        .filter(|letter| !letter.is_control())
        .take(SEARCH_MAX)
    {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_round_trip_and_nothing_else_passes() {
        let cursor = Cursor {
            starts_at: Timestamp::from_timestamp_micros(1_800_000_000_000_001).unwrap(),
            id: EventId(Uuid::from_u128(7)),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in [
            "",
            "1",
            ".",
            "zz.00",
            "1.x",
            "' OR 1=1",
            "7fffffffffffffff.00000000000000000000000000000007",
        ] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_search_is_folded_and_its_wildcards_are_escaped() {
        assert_eq!(pattern(" São "), "%sao%");
        assert_eq!(pattern("100%_\\"), "%100\\%\\_\\\\%");
    }
}
