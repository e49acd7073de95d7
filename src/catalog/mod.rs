//! Venues, events and tiers: what is sold, where and when.
//!
//! Owns their tables and the insertion of an event's tickets; after that tickets belong to the allocator.
//! Events are read often and written rarely, so each process keeps those that are requested, and the pages of
//! the list. What a buyer wants to know beside is in `facts`, what a reader looks for in `filters`.
//!
//! What must hold: of many who want the same, one reads it; a sale is decided by what the primary said a few seconds
//! ago at most, while readers read from the replica, if there is one, and are shown facts up to five minutes old
//! ([`STALE_MAX`]) if the database does not answer; input from outside reaches SQL as a parameter only. Counts of
//! free tickets are not here: see `availability`.

mod address;
mod call_off;
mod charges;
mod choices;
pub mod code;
mod create;
pub mod demo;
mod details;
mod event;
mod facts;
mod filters;
pub mod index;
mod listing;
mod moved;
mod must;
mod nearest;
mod new_event;
pub mod organise;
mod owned;
mod page;
mod prose;
mod question;
mod rows;
mod status;
mod terms;
mod text;
mod translation;
mod wrongs;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::sync::Semaphore;
use tokio_postgres::Row;

use crate::postgres::last_known::{Ages, LastKnown, STALE_MAX};
use crate::postgres::{Error, Params, Reader, Reads};
use crate::types::{EventId, EventNo};

pub use address::Address;
pub use call_off::call_off;
pub use choices::Choices;
pub use create::{CreateError, create};
pub use details::{Details, TierDetails, VenueDetails};
pub use event::{Event, Tier, Venue};
pub use facts::{Access, Facts, Genre};
pub use listing::{Listed, Listing, SECTION_EVENTS, Section};
pub use moved::{Moved, last_move};
pub use must::{Must, Wrong};
pub use new_event::{NewEvent, NewTier, NewVenue};
pub use owned::{When, owned};
pub use page::{Cursor, Page};
pub use question::{ANSWER_MAX, AskedOf, Kind, QUESTIONS_MAX, Question, all_questions, questions};
pub use status::Status;
pub use terms::Terms;
pub use translation::{Translation, Translations};

use address::IS_AMBIGUOUS;
use filters::Query;
pub use filters::{Filters, Meaning, Names, Word};
use rows::{EVENT_COLUMNS, read_event, read_tiers};
use status::IS_PUBLIC;

/// A text as it is searched: in lower case, without accents.
pub fn folded(text: &str) -> String {
    text::fold(text.trim())
}

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
/// Pages of searches that are kept at most, beside those of the list: searches are of any number, and must not
/// push out what everybody reads.
const SEARCHES_MAX: u64 = 500;
/// Searches that this process lets the database work on at once.
const SEARCHES_AT_ONCE: usize = 4;
/// How long a search waits for its turn.
const TURN_WAIT: Duration = Duration::from_secs(3);

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
    searches: Cache<PageOf, Arc<LastKnown<Arc<Page>>>>,
    /// For the turn of a search.
    searching: Arc<Semaphore>,
    choices: Arc<LastKnown<Arc<Choices>>>,
}

/// What is known of an event.
#[derive(Debug, Default)]
struct KnownEvent {
    /// From the primary.
    to_sales: Arc<LastKnown<Option<Arc<Event>>>>,
    /// From the primary or a replica.
    to_readers: Arc<LastKnown<Option<Arc<Event>>>>,
}

/// An event as it was just read.
struct Found {
    whole: Arc<Event>,
    /// Without its hidden tiers. Whoever is shown the event is shown this one: what is made of it is kept for as long as
    /// it is the same.
    public: Arc<Event>,
}

/// Which page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct PageOf {
    filters: Filters,
    /// Of the names that mistyped words are compared with.
    language: &'static str,
    cursor: Option<Cursor>,
    limit: usize,
}

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
            searches: keep(SEARCHES_MAX),
            searching: Arc::new(Semaphore::new(SEARCHES_AT_ONCE)),
            choices: Arc::default(),
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

    /// Forgets what is kept of an event that this process has changed, so that its readers see it as it is now. Other
    /// processes see it within some seconds.
    pub fn forget(&self, id: EventId) {
        self.events.invalidate(&id);
        self.groups.invalidate(&address::group(id));
    }

    async fn read_one(&self, reader: Reader, id: EventId) -> Result<Option<Arc<Event>>, Error> {
        let statement = format!(
            "SELECT {EVENT_COLUMNS}, {IS_AMBIGUOUS} FROM events e JOIN venues v USING (venue_id) WHERE e.public_id = $1 AND {IS_PUBLIC}"
        );
        let found = self.read_by(&reader, &statement, &[&id]).await?.pop();
        Ok(found.map(|found| found.public))
    }

    /// The events with these numbers, in no particular order: those of bookings, so all that the primary has, with their
    /// hidden tiers.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn events_by_no(&self, numbers: &[EventNo]) -> Result<Vec<Arc<Event>>, Error> {
        let statement = format!(
            "SELECT {EVENT_COLUMNS}, {IS_AMBIGUOUS} FROM events e JOIN venues v USING (venue_id) WHERE e.event_id = ANY ($1)"
        );
        let reader = self.reads.of_primary().await?;
        let found = self.read_by(&reader, &statement, &[&numbers]).await?;
        Ok(found.into_iter().map(|found| found.whole).collect())
    }

    /// Upcoming events by date: those that fit, after `cursor`, `limit` at most. As they were a second ago; while the
    /// database does not answer, at most [`STALE_MAX`] ago. If no event fits the words, those that fit the nearest
    /// words that there are; `names` are the reader's.
    ///
    /// # Errors
    /// Those of the database, if there is nothing to show.
    pub async fn upcoming(
        &self,
        filters: Filters,
        names: &Arc<Names>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Arc<Page>, Error> {
        let is_search = filters != Filters::default();
        let language = if filters.words.is_empty() {
            ""
        } else {
            names.language()
        };
        let of = PageOf {
            filters,
            language,
            cursor,
            limit,
        };
        let cache = if is_search {
            &self.searches
        } else {
            &self.pages
        };
        let known = cache.get_with(of.clone(), Arc::default);
        let ask = || {
            let (catalog, names) = (self.clone(), names.clone());
            async move {
                let turn = if is_search {
                    Some(catalog.turn().await?)
                } else {
                    None
                };
                let read = |reader| catalog.read_page(reader, &of, &names);
                let page = catalog.reads.read(None, read).await?;
                drop(turn);
                Ok(Arc::new(page.unwrap_or_default()))
            }
        };
        known.get(self.reads.primary(), |_| OF_LISTS, ask).await
    }

    /// What readers may choose from in the list's filters.
    ///
    /// # Errors
    /// Those of the database, if there is nothing to show.
    pub async fn choices(&self) -> Result<Arc<Choices>, Error> {
        let ask = || {
            let catalog = self.clone();
            async move {
                let choices = catalog.reads.read(None, choices::read).await?;
                Ok(Arc::new(choices.unwrap_or_default()))
            }
        };
        let db = self.reads.primary();
        self.choices.get(db, |_| choices::AGES, ask).await
    }

    async fn turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Error> {
        let turn = tokio::time::timeout(TURN_WAIT, self.searching.acquire()).await;
        let too_many = || Error::Unavailable("too many searches at once".into());
        turn.ok().and_then(Result::ok).ok_or_else(too_many)
    }

    /// Never `None`.
    async fn read_page(
        &self,
        reader: Reader,
        of: &PageOf,
        names: &Names,
    ) -> Result<Option<Page>, Error> {
        let page = self.read_found(&reader, &of.filters, of).await?;
        if page.events.is_empty() && of.cursor.is_none() && !of.filters.words.is_empty() {
            for meant in nearest::searches(&reader, &of.filters, names).await? {
                let found = self.read_found(&reader, &meant, of).await?;
                if !found.events.is_empty() {
                    let did_you_mean = Some(meant.search());
                    return Ok(Some(Page {
                        did_you_mean,
                        ..found
                    }));
                }
            }
        }
        Ok(Some(page))
    }

    async fn read_found(
        &self,
        reader: &Reader,
        filters: &Filters,
        of: &PageOf,
    ) -> Result<Page, Error> {
        let query = Query::page(filters, of.cursor, of.limit);
        let rows = reader.query_planned(&query.text, &query.params()).await?;
        let found = self.read(reader, &rows).await?;
        let mut events: Vec<_> = found.into_iter().map(|found| found.public).collect();
        let next = (events.len() > of.limit).then(|| {
            events.truncate(of.limit);
            events.last().map(|event| Cursor {
                starts_at: event.starts_at,
                id: event.id,
            })
        });
        Ok(Page {
            events,
            next: next.flatten(),
            did_you_mean: None,
        })
    }

    async fn read_by(
        &self,
        reader: &Reader,
        statement: &str,
        params: Params<'_>,
    ) -> Result<Vec<Found>, Error> {
        let rows = reader
            .query(&reader.prepare_cached(statement).await?, params)
            .await?;
        self.read(reader, &rows).await
    }

    /// Reads the tiers of events, and keeps the events without those that are hidden.
    async fn read(&self, reader: &Reader, rows: &[Row]) -> Result<Vec<Found>, Error> {
        let numbers: Vec<EventNo> = rows.iter().map(|row| row.get("event_id")).collect();
        let unchanged = |row: &Row| Some((row.get("event_id"), self.unchanged(row)?));
        let unchanged: HashMap<EventNo, Arc<Event>> = rows.iter().filter_map(unchanged).collect();
        let plan = |event, tier| {
            let tier = unchanged.get(&event)?.tier_no(tier)?;
            tier.rows.as_ref()?.plan().cloned()
        };
        let mut tiers = read_tiers(reader, &numbers, plan).await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let tiers = tiers.remove(&row.get("event_id")).unwrap_or_default();
            let whole = Arc::new(read_event(row, tiers));
            let public = whole.public();
            if public.status.is_public() {
                let known = self.events.get_with(public.id, Arc::default);
                known.to_readers.learn(Some(public.clone()));
                if reader.is_primary() {
                    known.to_sales.learn(Some(public.clone()));
                }
            }
            events.push(Found { whole, public });
        }
        Ok(events)
    }

    /// What is known of an event that nobody has changed since.
    fn unchanged(&self, row: &Row) -> Option<Arc<Event>> {
        let id: EventId = row.get("public_id");
        let known = self.events.get(&id)?;
        let (event, _) = known.to_readers.peek()?;
        event.filter(|event| event.version == row.get::<_, i32>("version"))
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
