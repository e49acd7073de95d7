//! How many tickets are left: the counts that buyers see. Never what decides a sale.
//!
//! Counting the tickets of an event costs as much as it has free tickets, so each process keeps
//! the last count of every event that somebody looks at, counts again in the background when it is
//! old, one count at a time, and so seldom that counting takes a twentieth of a core at most.
//! What this process itself sells and gives back in between is added and taken off at once.
//!
//! What must hold: "sold out" is shown only when a count of the database itself found nothing free.

pub mod seats;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use crate::allocator::lanes::Listener;
use crate::catalog::Event;
use crate::postgres::{Db, Error};
use crate::types::{EventNo, TierNo, Timestamp};

/// A count is not taken again before this time, however cheap it is.
const AGE_MIN: Duration = Duration::from_millis(500);
/// A count older than this is not shown any more, however dear the next one is: the reader waits.
const AGE_MAX: Duration = Duration::from_secs(30);
/// Counting takes one part in so many of a core's time at most.
const SHARE: u32 = 20;
/// Events whose counts a process keeps at most.
const EVENTS_MAX: usize = 10_000;

/// The counts of one tier; they add up to the capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierCount {
    /// Which tier.
    pub tier: TierNo,
    /// Tickets in all.
    pub capacity: i32,
    /// Tickets that can be had now.
    pub available: i32,
    /// Tickets of pending bookings, which may come back.
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
pub struct Availability(Arc<Shared>);

struct Shared {
    db: Db,
    runtime: tokio::runtime::Handle,
    events: RwLock<HashMap<EventNo, Arc<Entry>>>,
}

/// What is kept of one event.
struct Entry {
    last: Mutex<Option<Last>>,
    /// Held while counting, so that one counts and the others wait or go on with the old count.
    counting: tokio::sync::Mutex<()>,
    /// Tickets that this process has taken (less those it has given back) since the process began, by tier.
    taken: Vec<(TierNo, AtomicI64)>,
}

struct Last {
    counts: Counts,
    /// `Entry::taken` when the count began.
    taken_then: Vec<i64>,
    counted_at: Instant,
    cost: Duration,
}

impl Last {
    fn is_old(&self) -> bool {
        self.counted_at.elapsed() >= (self.cost * SHARE).clamp(AGE_MIN, AGE_MAX)
    }
}

impl std::fmt::Debug for Availability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Availability").finish_non_exhaustive()
    }
}

impl Availability {
    /// Nothing counted yet. Counts run on the runtime that this is called on.
    pub fn new(db: Db) -> Self {
        Self(Arc::new(Shared {
            db,
            runtime: tokio::runtime::Handle::current(),
            events: RwLock::default(),
        }))
    }

    /// What is left of an event: a recent count, and this process's own sales since.
    ///
    /// # Errors
    /// Those of the database, if there is no count to go on with.
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

    /// What is left of some events.
    ///
    /// # Errors
    /// As [`Availability::of`].
    pub async fn of_all(&self, events: &[Arc<Event>]) -> Result<Vec<Counts>, Error> {
        futures::future::try_join_all(events.iter().map(|event| self.of(event))).await
    }

    /// What is known without asking the database; `None` if nobody has looked lately.
    pub fn known(&self, event: &Event) -> Option<Counts> {
        let entry = self.entry(event);
        let (counts, old) = entry.current()?;
        if old {
            self.count_behind(&entry, event);
        }
        Some(counts)
    }

    fn entry(&self, event: &Event) -> Arc<Entry> {
        if let Some(entry) = self
            .0
            .events
            .read()
            .expect("no panic under the lock")
            .get(&event.no)
        {
            return entry.clone();
        }
        let mut events = self.0.events.write().expect("no panic under the lock");
        if events.len() >= EVENTS_MAX {
            events.clear();
        }
        events
            .entry(event.no)
            .or_insert_with(|| Arc::new(Entry::new(event)))
            .clone()
    }

    /// Counts in the background unless somebody is at it.
    fn count_behind(&self, entry: &Arc<Entry>, event: &Event) {
        let (entry, shared, event) = (entry.clone(), self.0.clone(), event.no);
        if entry.counting.try_lock().is_err() {
            return;
        }
        self.0.runtime.spawn(async move {
            let Ok(_turn) = entry.counting.try_lock() else {
                return;
            };
            if let Err(error) = entry.count(&shared.db, event).await {
                log::warn!("tickets could not be counted: {error}");
            }
        });
    }
}

impl Listener for Availability {
    fn taken(&self, event: EventNo, tier: TierNo, quantity: i32) {
        if let Some(entry) = self
            .0
            .events
            .read()
            .expect("no panic under the lock")
            .get(&event)
        {
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

    /// The counts with this process's own sales since, and whether it is time to count again.
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
            // A sale may have been counted and added both; the last ticket is only gone when a count says so.
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
