//! The addresses of all events to come, for search engines: in sections by the events' numbers, so that a section is a
//! range of an index however many events there are.
//!
//! What must hold: of many who want the same, one reads it; nothing here is read into the cache of events.

use std::sync::Arc;
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::address::{self, IS_AMBIGUOUS};
use super::status::IS_PUBLIC;
use crate::postgres::last_known::{Ages, LastKnown, STALE_MAX};
use crate::postgres::{Error, Reader, Reads};
use crate::types::{EventId, Timestamp};

/// Events of a section at most.
pub const SECTION_EVENTS: i64 = 1_000;
/// Sections that are kept at most.
const SECTIONS_MAX: u64 = 16;

/// How old an answer may be.
const OF_SEARCH_ENGINES: Ages = Ages {
    fresh: Duration::from_secs(60),
    usable: STALE_MAX,
    stale: STALE_MAX,
};

/// A range of the events' numbers in which there are events to come.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The first is 0.
    pub number: i64,
    /// When its newest event was announced.
    pub changed_at: Timestamp,
}

/// An event of a section.
#[derive(Debug, Clone)]
pub struct Listed {
    /// That of its page.
    pub address: String,
    /// When it was announced.
    pub changed_at: Timestamp,
}

/// Reads the addresses of all events to come. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Listing {
    reads: Reads,
    sections: Arc<LastKnown<Arc<[Section]>>>,
    listed: Cache<i64, Arc<LastKnown<Arc<[Listed]>>>>,
}

impl Listing {
    pub(super) fn new(reads: Reads) -> Self {
        let listed = Cache::builder().max_capacity(SECTIONS_MAX);
        Self {
            reads,
            sections: Arc::default(),
            listed: listed.eviction_policy(EvictionPolicy::lru()).build(),
        }
    }

    /// The sections that have events to come.
    ///
    /// # Errors
    /// Those of the database, if there is nothing to show.
    pub async fn sections(&self) -> Result<Arc<[Section]>, Error> {
        let ask = || {
            let reads = self.reads.clone();
            async move {
                let sections = reads.read(None, read_sections).await?;
                Ok(sections.unwrap_or_default())
            }
        };
        let db = self.reads.primary();
        self.sections.get(db, |_| OF_SEARCH_ENGINES, ask).await
    }

    /// The events to come of a section.
    ///
    /// # Errors
    /// As [`Listing::sections`].
    pub async fn section(&self, number: i64) -> Result<Arc<[Listed]>, Error> {
        let known = self.listed.get_with(number, Arc::default);
        let ask = || {
            let reads = self.reads.clone();
            async move {
                let read = |reader| read_section(reader, number);
                let listed = reads.read(None, read).await?;
                Ok(listed.unwrap_or_default())
            }
        };
        let db = self.reads.primary();
        let listed = known.get(db, |_| OF_SEARCH_ENGINES, ask).await?;
        if listed.is_empty() {
            // Numbers that are made up must not push out sections that are there.
            self.listed.invalidate(&number);
        }
        Ok(listed)
    }
}

/// Never `None`.
async fn read_sections(reader: Reader) -> Result<Option<Arc<[Section]>>, Error> {
    let statement = format!(
        "SELECT e.event_id / $1 AS section, max(e.created_at) FROM events e
         WHERE {IS_PUBLIC} AND e.starts_at > now() GROUP BY section ORDER BY section"
    );
    let statement = reader.prepare_cached(&statement).await?;
    let rows = reader.query(&statement, &[&SECTION_EVENTS]).await?;
    let sections = rows.iter().map(|row| Section {
        number: row.get(0),
        changed_at: row.get(1),
    });
    Ok(Some(sections.collect()))
}

/// `None` if there are no events.
async fn read_section(reader: Reader, number: i64) -> Result<Option<Arc<[Listed]>>, Error> {
    let statement = format!(
        "SELECT e.public_id, e.name, v.city, e.created_at, {IS_AMBIGUOUS}
         FROM events e JOIN venues v USING (venue_id)
         WHERE e.event_id >= $1 AND e.event_id < $2 AND {IS_PUBLIC} AND e.starts_at > now() ORDER BY e.event_id"
    );
    let statement = reader.prepare_cached(&statement).await?;
    let first = number.saturating_mul(SECTION_EVENTS);
    let end = first.saturating_add(SECTION_EVENTS);
    let rows = reader.query(&statement, &[&first, &end]).await?;
    let listed = rows.iter().map(|row| {
        let id: EventId = row.get("public_id");
        let slug = address::slug(row.get("name"), row.get("city"));
        Listed {
            address: address::of(&slug, id, row.get("is_ambiguous")),
            changed_at: row.get("created_at"),
        }
    });
    let listed: Arc<[Listed]> = listed.collect();
    Ok(Some(listed).filter(|listed| !listed.is_empty()))
}
