//! How many tickets are left, and which seats: what buyers see. No sale is decided by it.
//!
//! The cost of counting grows with the number of tickets, so each process keeps the last count of every event that
//! is viewed and recounts when it is old: one count of an event at a time, at most a twentieth of a core for all
//! counts of one event, and half of the connections for all events together. The seats of numbered tiers are kept
//! in the same way (`kept`, `live`). Sales and releases of this process are applied at once. While the database
//! does not answer, readers are shown what was counted up to five minutes ago
//! ([`STALE_MAX`](last_known::STALE_MAX)), with its time.
//!
//! A replica, if there is one, is read only for events of which it has all that this process knows ([`Floor`]): what
//! it has sold or released, what it was told is taken, what the primary was last counted to have. So an event that this
//! process sells is counted by the primary until about a second after its last sale, at the same bounded cost
//! as without a replica, and all others by the replica.
//!
//! What must hold: "sold out" is shown only when a count by the database found nothing free; what is kept is
//! bounded, and an event that is being sold or viewed is not evicted.

mod kept;
mod live;
pub mod runs;
pub mod seats;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::Row;

use crate::allocator::TierStock;
use crate::allocator::lanes::Listener;
use crate::catalog::{Event, Tier};
use crate::metrics::{Histogram, Sheet};
use crate::postgres::last_known::{self, Ages, LastKnown};
use crate::postgres::{Error, Floor, Reader, Reads};
use crate::types::{EventNo, SeatNo, TierNo, Timestamp};
use kept::{KeptSeats, Reading};
use seats::{SeatState, Seats};

/// A count is kept at least this long, however cheap the next one is.
const AGE_MIN: Duration = Duration::from_millis(200);
/// A count is kept at most this long, however expensive the next one is.
const AGE_MAX: Duration = Duration::from_secs(30);
/// From this age on the reader waits for the next count.
const AGE_USABLE: Duration = Duration::from_secs(60);
/// A count is kept this many times as long as it took.
const AGE_PER_COST: u32 = 20;
/// How long a count waits for its turn.
const TURN_WAIT: Duration = Duration::from_secs(10);
/// Events of which something is kept at most, if nobody looks at their seats.
const EVENTS_MAX: u64 = 10_000;
/// So many seats that somebody looks at count as one more event.
const SEATS_PER_EVENT: u64 = 1_024;

/// How old a count may be that took so long.
fn ages(cost: Duration) -> Ages {
    Ages {
        fresh: (cost * AGE_PER_COST).clamp(AGE_MIN, AGE_MAX),
        usable: AGE_USABLE,
        stale: last_known::STALE_MAX,
    }
}

/// The counts of one tier; they add up to the capacity. Tiers that share a stock have the same: those of the stock.
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
    /// Tickets that organisers keep off sale.
    pub blocked: i32,
}

impl TierCount {
    /// Tickets that are not to be had: for buyers it is the same whether they are sold or blocked.
    pub fn gone(&self) -> i32 {
        self.sold + self.blocked
    }
}

/// The counts of an event's tiers, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// When the database was counted, by its clock; of a replica, up to when it had replayed.
    pub as_of: Timestamp,
    /// A count per tier.
    pub tiers: Vec<TierCount>,
}

impl Counts {
    /// Those of an event of which every ticket is free, made or not.
    pub fn of_nothing_sold(event: &Event, as_of: Timestamp) -> Self {
        let tiers = event.tiers.iter().map(|tier| TierCount {
            tier: tier.no,
            capacity: tier.capacity,
            available: tier.capacity,
            held: 0,
            sold: 0,
            blocked: 0,
        });
        Self {
            as_of,
            tiers: tiers.collect(),
        }
    }

    /// Those of the tiers that the event has here: hidden ones are counted, and not shown.
    fn only_of(mut self, event: &Event) -> Self {
        self.tiers
            .retain(|count| event.tiers.iter().any(|tier| tier.no == count.tier));
        self
    }

    /// The counts of one tier.
    pub fn tier(&self, no: TierNo) -> Option<&TierCount> {
        self.tiers.iter().find(|tier| tier.tier == no)
    }
}

/// The counts and seats that this process keeps. Cheap to clone.
#[derive(Clone)]
pub struct Availability(Arc<Inner>);

struct Inner {
    reads: Reads,
    /// The counts that may run at once.
    turns: Semaphore,
    /// The least recently used entry is evicted first. A read and a sale are both uses, so an event on sale
    /// stays.
    events: Cache<EventNo, Arc<Entry>>,
    /// How old the counts were that were shown.
    shown_age: Histogram,
}

/// What is kept of one event.
#[derive(Default)]
struct Entry {
    /// Of its counts and seats. The same in an entry that takes the place of this one.
    floor: Arc<Floor>,
    /// Of the event, when it was made.
    version: i32,
    counts: Arc<LastKnown<Arc<Counted>>>,
    /// In the order of their numbers. None of an event that this process has sold and that nobody has looked at.
    tiers: Vec<TierEntry>,
}

/// What is kept of one tier.
struct TierEntry {
    no: TierNo,
    /// The tier whose tickets it is sold from: what is taken of them and their seats are kept there.
    stock: TierNo,
    capacity: i32,
    /// Tickets that this process has taken, less those it has released, since the entry was made.
    taken: AtomicI64,
    /// Of a numbered tier, once somebody has looked at it.
    seats: OnceLock<Arc<KeptSeats>>,
}

struct Counted {
    counts: Counts,
    /// `TierEntry::taken` at the start of the count: tickets taken since are not in the count.
    taken_then: Vec<i64>,
    counted_at: Instant,
    cost: Duration,
}

impl std::fmt::Debug for Availability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Availability").finish_non_exhaustive()
    }
}

impl Availability {
    /// Creates an empty cache. Counts take at most half of these connections.
    pub fn new(reads: impl Into<Reads>) -> Self {
        let reads = reads.into();
        Self(Arc::new(Inner {
            turns: Semaphore::new((reads.primary().connections_max() / 2).max(1)),
            reads,
            events: Cache::builder()
                .max_capacity(EVENTS_MAX)
                .weigher(|_, entry: &Arc<Entry>| entry.weight())
                .eviction_policy(EvictionPolicy::lru())
                .build(),
            shown_age: Histogram::of_seconds(),
        }))
    }

    /// The counts of an event: a recent count, less this process's own sales since. While the database does not
    /// answer, a count of at most [`STALE_MAX`](last_known::STALE_MAX) ago.
    ///
    /// # Errors
    /// Those of the database, if there is no count that may still be shown.
    pub async fn of(&self, event: &Event) -> Result<Counts, Error> {
        let entry = self.entry(event);
        let ages = |last: &Arc<Counted>| ages(last.cost);
        let count = || self.count(&entry, event.no);
        let last = entry
            .counts
            .get(self.0.reads.primary(), ages, count)
            .await?;
        self.0.shown_age.observe(last.counted_at.elapsed());
        Ok(self.current(&entry, event.no, &last).only_of(event))
    }

    /// The counts of some events.
    ///
    /// # Errors
    /// As [`Availability::of`].
    pub async fn of_all(&self, events: &[Arc<Event>]) -> Result<Vec<Counts>, Error> {
        futures::future::try_join_all(events.iter().map(|event| self.of(event))).await
    }

    /// The seats of a numbered tier: as they were read a short time ago, with this process's own sales and
    /// releases since. While the database does not answer, as they were at most
    /// [`STALE_MAX`](last_known::STALE_MAX) ago.
    ///
    /// # Errors
    /// Those of the database, if there is nothing to show.
    pub async fn seats(&self, event: &Event, tier: &Tier) -> Result<Arc<Seats>, Error> {
        let (entry, kept) = self.kept_seats(event, tier);
        let ask = || {
            let (kept, inner) = (kept.clone(), self.0.clone());
            let (floor, event, tier) = (entry.floor.clone(), event.no, tier.stock);
            async move {
                let _turn = inner.turn().await?;
                kept.read(&inner.reads, &floor, event, tier).await
            }
        };
        let ages = |last: &Reading| ages(last.cost);
        let db = self.0.reads.primary();
        let last = kept.last.get(db, ages, ask).await?;
        Ok(kept.live.show(last.as_of))
    }

    /// The last count, without waiting for the database; `None` if there is none that may still be shown.
    pub fn known(&self, event: &Event) -> Option<Counts> {
        let entry = self.entry(event);
        let (last, age) = entry.counts.peek()?;
        let ages = ages(last.cost);
        if age >= ages.fresh {
            let count = || self.count(&entry, event.no);
            entry.counts.refresh(self.0.reads.primary(), count);
        }
        (age < ages.usable).then(|| {
            self.0.shown_age.observe(age);
            self.current(&entry, event.no, &last).only_of(event)
        })
    }

    /// As [`Availability::known`]; if there is none, it is counted in the background for whoever asks next.
    pub fn known_or_soon(&self, event: &Event) -> Option<Counts> {
        let known = self.known(event);
        if known.is_none() {
            let entry = self.entry(event);
            let count = || self.count(&entry, event.no);
            entry.counts.refresh(self.0.reads.primary(), count);
        }
        known
    }

    /// Tells how old the counts were that buyers were shown.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn tell(&self, sheet: &mut Sheet<'_>) -> std::fmt::Result {
        let events = self.0.events.entry_count() as f64;
        sheet.gauge(
            "availability_events",
            "Events whose counts are kept",
            events,
        )?;
        sheet.histogram(
            "availability_age_seconds",
            "How long ago the counts were made that were shown",
            self.0.shown_age.read(),
        )
    }

    fn entry(&self, event: &Event) -> Arc<Entry> {
        let new = |floor| Arc::new(Entry::new(event, floor));
        let entry = self.0.events.get_with(event.no, || new(Arc::default()));
        if entry.has_all(event) {
            return entry;
        }
        // A tier was added, or has another number of tickets, or nobody has looked before.
        let entry = new(entry.floor.clone());
        self.0.events.insert(event.no, entry.clone());
        entry
    }

    /// What is kept of the seats of a tier from now on.
    fn kept_seats(&self, event: &Event, tier: &Tier) -> (Arc<Entry>, Arc<KeptSeats>) {
        let entry = self.entry(event);
        let known = entry.tier(tier.stock).expect("an entry has all tiers");
        let is_new = known.seats.get().is_none();
        let new = || Arc::new(KeptSeats::new(known.capacity));
        let kept = known.seats.get_or_init(new).clone();
        if is_new {
            // It weighs more now.
            self.0.events.insert(event.no, entry.clone());
        }
        (entry, kept)
    }

    /// A count less this process's own sales since; counts again if that may show "sold out" too early.
    fn current(&self, entry: &Arc<Entry>, event: EventNo, last: &Counted) -> Counts {
        let (counts, may_be_wrong) = entry.less_sales_since(last);
        if may_be_wrong {
            let count = || self.count(entry, event);
            entry.counts.refresh(self.0.reads.primary(), count);
        }
        counts
    }

    fn count(
        &self,
        entry: &Arc<Entry>,
        event: EventNo,
    ) -> impl Future<Output = Result<Arc<Counted>, Error>> + Send + 'static {
        let (entry, inner) = (entry.clone(), self.0.clone());
        async move { entry.count(&inner, event).await.map(Arc::new) }
    }
}

impl Inner {
    /// Waits until a count may run.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, Error> {
        let turn = tokio::time::timeout(TURN_WAIT, self.turns.acquire()).await;
        match turn {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Error::Unavailable("too many counts are waiting".into())),
        }
    }

    /// The entry of an event of which something is about to be recorded that a replica may not have. `None` if nothing
    /// is kept of it; with a replica that is remembered for whoever looks first.
    fn changing(&self, event: EventNo) -> Option<Arc<Entry>> {
        if !self.reads.has_replica() {
            return self.events.get(&event);
        }
        let entry = self.events.get_with(event, Arc::default);
        entry.floor.raise();
        Some(entry)
    }
}

impl Listener for Availability {
    fn taken(&self, event: EventNo, tier: TierNo, quantity: i32, seats: &[SeatNo]) {
        self.changed(event, tier, quantity, seats, SeatState::Held);
    }

    fn released(&self, event: EventNo, tier: TierNo, seats: &[SeatNo]) {
        self.changed(event, tier, -(seats.len() as i32), seats, SeatState::Free);
    }

    fn found_taken(&self, event: EventNo, seats: &[(TierNo, SeatNo)]) {
        let Some(entry) = self.0.changing(event) else {
            return;
        };
        for (tier, seat) in seats {
            if let Some(kept) = entry.tier(*tier).and_then(|tier| tier.seats.get()) {
                kept.live.set_taken(*seat);
            }
        }
    }
}

impl Availability {
    fn changed(
        &self,
        event: EventNo,
        tier: TierNo,
        taken: i32,
        seats: &[SeatNo],
        state: SeatState,
    ) {
        let Some(entry) = self.0.changing(event) else {
            return;
        };
        let Some(tier) = entry.tier(tier) else {
            return;
        };
        tier.taken.fetch_add(taken.into(), Ordering::Release);
        if let Some(kept) = tier.seats.get() {
            kept.live.set(seats, state);
        }
    }
}

impl Entry {
    fn new(event: &Event, floor: Arc<Floor>) -> Self {
        // All that are counted, hidden or not.
        let tiers = event.stock.tiers.iter().map(|tier| TierEntry {
            no: tier.no,
            stock: tier.stock,
            capacity: tier.capacity,
            taken: AtomicI64::new(0),
            seats: OnceLock::new(),
        });
        let mut tiers: Vec<TierEntry> = tiers.collect();
        tiers.sort_unstable_by_key(|tier| tier.no);
        Self {
            floor,
            version: event.version,
            counts: Arc::default(),
            tiers,
        }
    }

    fn tier(&self, no: TierNo) -> Option<&TierEntry> {
        self.tiers.iter().find(|tier| tier.no == no)
    }

    /// Whether it has a place for every ticket of the event, and none for one that is out of sale; whoever knows an
    /// older event sees more.
    fn has_all(&self, event: &Event) -> bool {
        let is_older = event.version <= self.version;
        let has = |tier: &TierStock| {
            self.tier(tier.no).is_some_and(|known| {
                known.capacity == tier.capacity || (known.capacity > tier.capacity && is_older)
            })
        };
        event.stock.tiers.iter().all(has)
    }

    /// In events.
    fn weight(&self) -> u32 {
        let kept = self.tiers.iter().filter(|tier| tier.seats.get().is_some());
        let seats: u64 = kept.map(|tier| tier.capacity as u64).sum();
        // A part of what there is room for, however large the hall.
        (1 + seats / SEATS_PER_EVENT).min(EVENTS_MAX / 4) as u32
    }

    fn taken_now(&self) -> Vec<i64> {
        let taken = |tier: &TierEntry| {
            let stock = if tier.stock == tier.no {
                Some(tier)
            } else {
                self.tier(tier.stock)
            };
            stock.map_or(0, |stock| stock.taken.load(Ordering::Acquire))
        };
        self.tiers.iter().map(taken).collect()
    }

    /// A count less this process's own sales since, and whether it may show a tier as sold out that is not.
    fn less_sales_since(&self, last: &Counted) -> (Counts, bool) {
        let mut counts = last.counts.clone();
        let mut may_be_wrong = false;
        let since = self.taken_now();
        for (tier, (now, then)) in counts
            .tiers
            .iter_mut()
            .zip(since.iter().zip(&last.taken_then))
        {
            let counted = tier.available;
            let available = i64::from(counted) - (now - then);
            // A sale committed during the count may be subtracted twice: recount before showing "sold out".
            may_be_wrong |= available <= 0 && counted > 0 && last.counted_at.elapsed() > last.cost;
            let left = tier.capacity - tier.gone();
            tier.available = available.clamp(0, i64::from(left)) as i32;
            tier.held = left - tier.available;
        }
        (counts, may_be_wrong)
    }

    async fn count(&self, inner: &Inner, event: EventNo) -> Result<Counted, Error> {
        let _turn = inner.turn().await?;
        let read = |reader| self.count_by(reader, event);
        let counted = inner.reads.read(Some(&self.floor), read).await?;
        counted.ok_or_else(|| Error::Unavailable("the event is gone".into()))
    }

    /// `None` if it is not there, or not all of it yet.
    async fn count_by(&self, reader: Reader, event: EventNo) -> Result<Option<Counted>, Error> {
        let statement = reader
            .prepare_cached(include_str!("count_tickets.sql"))
            .await?;
        let started = Instant::now();
        let taken_then = self.taken_now();
        let rows = reader.query(&statement, &[&event]).await?;
        let has_all = rows.len() >= self.tiers.len() || reader.is_primary();
        let Some(first) = rows.first().filter(|_| has_all) else {
            return Ok(None);
        };
        let as_of = reader.as_of(first.get("now"));
        let tiers = rows.iter().filter_map(|row| read_count(row, &rows));
        let counts = Counts {
            as_of,
            tiers: tiers.collect(),
        };
        Ok(Some(Counted {
            counts,
            taken_then,
            counted_at: Instant::now(),
            cost: started.elapsed(),
        }))
    }
}

/// The counts of a tier, which are in the row of its stock.
fn read_count(row: &Row, rows: &[Row]) -> Option<TierCount> {
    let stock: TierNo = row.get("stock_tier_no");
    let of = rows
        .iter()
        .find(|of| of.get::<_, TierNo>("tier_no") == stock)?;
    let capacity: i32 = of.get("capacity");
    let count = |name| of.get::<_, Option<i64>>(name);
    let (available, held, blocked) = (count("available")?, count("held")?, count("blocked")?);
    let sold = (i64::from(capacity) - available - held - blocked).max(0);
    Some(TierCount {
        tier: row.get("tier_no"),
        capacity,
        available: available as i32,
        held: held as i32,
        sold: sold as i32,
        blocked: blocked as i32,
    })
}
