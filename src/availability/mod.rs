//! How many tickets are left: the counts that buyers see. No sale is decided by them.
//!
//! The cost of counting grows with the number of free tickets, so each process caches the last count of every
//! event that is viewed and recounts in the background when it is old: one count of an event at a time, and at
//! most a twentieth of a core for all counts of one event. Sales and releases of this process are applied to
//! the cached count at once.
//!
//! What must hold: "sold out" is shown only when a count by the database found nothing free; the cache is
//! bounded, and an event that is being sold or viewed is not evicted.

pub mod seats;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::allocator::lanes::Listener;
use crate::catalog::Event;
use crate::postgres::{Db, Error};
use crate::types::{EventNo, TierNo, Timestamp};

/// A count is kept at least this long, however cheap the next one is.
const AGE_MIN: Duration = Duration::from_millis(500);
/// A count is kept at most this long, however expensive the next one is. After twice this time it is not
/// shown any more: the reader waits for the next one.
const AGE_MAX: Duration = Duration::from_secs(30);
/// A count is kept this many times as long as it took.
const AGE_PER_COST: u32 = 20;
/// Events whose counts a process keeps at most.
const EVENTS_MAX: u64 = 10_000;

/// The counts of one tier; they add up to the capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierCount {
    /// Which tier.
    pub tier: TierNo,
    /// Tickets in all.
    pub capacity: i32,
    /// Tickets that are free.
    pub available: i32,
    /// Tickets of pending bookings, which may become free.
    pub held: i32,
    /// Tickets of confirmed bookings.
    pub sold: i32,
}

/// The counts of an event's tiers, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// When the database was counted, by its clock.
    pub as_of: Timestamp,
    /// A count per tier.
    pub tiers: Vec<TierCount>,
}

impl Counts {
    /// The counts of one tier.
    pub fn tier(&self, no: TierNo) -> Option<&TierCount> {
        self.tiers.iter().find(|tier| tier.tier == no)
    }
}

/// The counts that this process keeps. Cheap to clone.
#[derive(Clone)]
pub struct Availability(Arc<Inner>);

struct Inner {
    db: Db,
    runtime: tokio::runtime::Handle,
    /// The least recently used entry is evicted first. A read and a sale are both uses, so an event on sale
    /// stays.
    events: Cache<EventNo, Arc<Entry>>,
}

/// What is kept of one event.
struct Entry {
    last: Mutex<Option<Last>>,
    /// Locked while counting: one task counts, the others wait for it or use the old count.
    counting: tokio::sync::Mutex<()>,
    /// Tickets by tier that this process has taken, less those it has released, since the entry was made.
    taken: Vec<(TierNo, AtomicI64)>,
}

struct Last {
    counts: Counts,
    /// `Entry::taken` at the start of the count: tickets taken since are not in the count.
    taken_then: Vec<i64>,
    counted_at: Instant,
    cost: Duration,
}

impl Last {
    fn is_old(&self) -> bool {
        self.counted_at.elapsed() >= (self.cost * AGE_PER_COST).clamp(AGE_MIN, AGE_MAX)
    }
}

impl std::fmt::Debug for Availability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Availability").finish_non_exhaustive()
    }
}

impl Availability {
    /// Creates an empty cache. Background counts run on the runtime that this is called on.
    pub fn new(db: Db) -> Self {
        Self(Arc::new(Inner {
            db,
            runtime: tokio::runtime::Handle::current(),
            events: Cache::builder()
                .max_capacity(EVENTS_MAX)
                .eviction_policy(EvictionPolicy::lru())
                .build(),
        }))
    }

    /// The counts of an event: a recent count, less this process's own sales since.
    ///
    /// # Errors
    /// Those of the database, if there is no count that may still be shown.
    pub async fn of(&self, event: &Event) -> Result<Counts, Error> {
        let entry = self.entry(event);
        match entry.current() {
            Some((counts, false)) => Ok(counts),
            Some((counts, true)) => {
                self.count_behind(&entry, event);
                Ok(counts)
            }
            None => {
                let _turn = entry.counting.lock().await;
                if let Some((counts, false)) = entry.current() {
                    return Ok(counts);
                }
                entry.count(&self.0.db, event.no).await?;
                entry
                    .current()
                    .map(|(counts, _)| counts)
                    .ok_or_else(|| Error::Unavailable("no count".into()))
            }
        }
    }

    /// The counts of some events.
    ///
    /// # Errors
    /// As [`Availability::of`].
    pub async fn of_all(&self, events: &[Arc<Event>]) -> Result<Vec<Counts>, Error> {
        futures::future::try_join_all(events.iter().map(|event| self.of(event))).await
    }

    /// The last count, without waiting for the database; `None` if there is none that may still be shown.
    pub fn known(&self, event: &Event) -> Option<Counts> {
        let entry = self.entry(event);
        let (counts, old) = entry.current()?;
        if old {
            self.count_behind(&entry, event);
        }
        Some(counts)
    }

    fn entry(&self, event: &Event) -> Arc<Entry> {
        let new = || Arc::new(Entry::new(event));
        self.0.events.get_with(event.no, new)
    }

    /// Counts in the background unless a count is under way.
    fn count_behind(&self, entry: &Arc<Entry>, event: &Event) {
        let (entry, inner, event) = (entry.clone(), self.0.clone(), event.no);
        if entry.counting.try_lock().is_err() {
            return;
        }
        self.0.runtime.spawn(async move {
            let Ok(_turn) = entry.counting.try_lock() else {
                return;
            };
            if let Err(error) = entry.count(&inner.db, event).await {
                log::warn!("tickets could not be counted: {error}");
            }
        });
    }
}

impl Listener for Availability {
    fn taken(&self, event: EventNo, tier: TierNo, quantity: i32) {
        if let Some(entry) = self.0.events.get(&event) {
            entry.add(tier, quantity.into());
        }
    }

    fn released(&self, event: EventNo, tier: TierNo, quantity: i32) {
        self.taken(event, tier, -quantity);
    }
}

impl Entry {
    fn new(event: &Event) -> Self {
        Self {
            last: Mutex::default(),
            counting: tokio::sync::Mutex::default(),
            taken: event
                .tiers
                .iter()
                .map(|tier| (tier.no, AtomicI64::new(0)))
                .collect(),
        }
    }

    fn add(&self, tier: TierNo, quantity: i64) {
        if let Some((_, taken)) = self.taken.iter().find(|(no, _)| *no == tier) {
            taken.fetch_add(quantity, Ordering::Relaxed);
        }
    }

    fn taken_now(&self) -> Vec<i64> {
        self.taken
            .iter()
            .map(|(_, taken)| taken.load(Ordering::Relaxed))
            .collect()
    }

    /// The last count less this process's own sales since, and whether it is time to recount.
    fn current(&self) -> Option<(Counts, bool)> {
        let last = self.last.lock().expect("no panic under the lock");
        let last = last
            .as_ref()
            .filter(|last| last.counted_at.elapsed() < AGE_MAX * 2)?;
        let mut counts = last.counts.clone();
        let mut old = last.is_old();
        let since = self.taken_now();
        for (tier, (now, then)) in counts
            .tiers
            .iter_mut()
            .zip(since.iter().zip(&last.taken_then))
        {
            let counted = tier.available;
            let available = i64::from(counted) - (now - then);
            // A sale committed during the count may be subtracted twice: recount before showing "sold out".
            old |= available <= 0 && counted > 0 && last.counted_at.elapsed() > last.cost;
            tier.available = available.clamp(0, i64::from(tier.capacity - tier.sold)) as i32;
            tier.held = tier.capacity - tier.sold - tier.available;
        }
        Some((counts, old))
    }

    async fn count(&self, db: &Db, event: EventNo) -> Result<(), Error> {
        let started = Instant::now();
        let taken_then = self.taken_now();
        let client = db.get().await?;
        let statement = client
            .prepare_cached(include_str!("count_tickets.sql"))
            .await?;
        let rows = client.query(&statement, &[&event]).await?;
        let tiers = rows.iter().map(|row| {
            let (capacity, available, held): (i32, i64, i64) =
                (row.get("capacity"), row.get("available"), row.get("held"));
            let sold = (i64::from(capacity) - available - held).max(0);
            TierCount {
                tier: row.get("tier_no"),
                capacity,
                available: available as i32,
                held: held as i32,
                sold: sold as i32,
            }
        });
        let counts = Counts {
            as_of: rows
                .first()
                .map_or_else(Timestamp::default, |row| row.get("now")),
            tiers: tiers.collect(),
        };
        *self.last.lock().expect("no panic under the lock") = Some(Last {
            counts,
            taken_then,
            counted_at: Instant::now(),
            cost: started.elapsed(),
        });
        Ok(())
    }
}
