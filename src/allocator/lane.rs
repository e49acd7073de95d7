//! Lanes: how orders become batches.
//!
//! An event that somebody orders from has a lane in this process (or as many as the setting
//! says): a bounded queue, and at most one batch in flight. While a batch commits the next one
//! gathers; under light load a batch is one order and waits for nothing. There is no timer.
//! A lane holds no connection between batches, and goes away when its event has been quiet.
//!
//! What must hold: every order that enters gets exactly one answer, also when its batch fails,
//! the database goes away or the lane dies; and an order that nobody waits for any more, or that
//! waited too long, never reaches the database.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use super::batch::{self, Candidate, Verdict};
use super::first_free::FirstFree;
use super::release::{self, Released};
use super::{Order, Outcome, Retaken, Shortage, Stock};
use crate::config::AllocatorConfig;
use crate::postgres::{Db, Error};
use crate::types::{BookingId, EventNo, TierNo};

/// How soon orders that wait for others' tickets try again when nothing else happens.
const HELD_RETRY: Duration = Duration::from_millis(5);
/// How often a batch is tried when the database fails, with a pause that doubles from this one on.
const ATTEMPTS_MAX: u32 = 6;
const RETRY_PAUSE: Duration = Duration::from_millis(20);

/// What the lanes tell of tickets that changed hands in this process, after the commit.
pub trait Listener: Send + Sync + 'static {
    /// So many tickets of the tier are held now.
    fn taken(&self, event: EventNo, tier: TierNo, quantity: i32);
    /// So many tickets of the tier are free again.
    fn released(&self, event: EventNo, tier: TierNo, quantity: i32);
}

/// All lanes of this process. Cheap to clone.
#[derive(Clone)]
pub struct Lanes(Arc<Shared>);

struct Shared {
    db: Db,
    config: AllocatorConfig,
    hold: Duration,
    listener: Arc<dyn Listener>,
    runtime: tokio::runtime::Handle,
    tasks: TaskTracker,
    /// Orders that have come in and are not answered.
    waiting: AtomicUsize,
    events: RwLock<HashMap<EventNo, EventLanes>>,
}

/// The way into an event's lanes. Only the registry holds one: dropped, the lanes finish and end.
struct EventLanes {
    event: Arc<EventState>,
    queues: Vec<mpsc::Sender<Box<Waiting>>>,
}

/// What the lanes of an event share.
struct EventState {
    stock: Arc<Stock>,
    first_free: FirstFree,
}

/// An order in a queue.
struct Waiting {
    /// What its booking will be called, in all tries; given by [`name`].
    id: Option<BookingId>,
    order: Order,
    answer: oneshot::Sender<Outcome>,
    deadline: Instant,
    /// Until when it may wait for tickets that others hold; set when it first finds them held.
    held_until: Option<Instant>,
}

impl std::fmt::Debug for Lanes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lanes")
            .field("tasks", &self.0.tasks.len())
            .finish_non_exhaustive()
    }
}

impl Lanes {
    /// No lane yet. Lanes run on the runtime that this is called on.
    pub fn new(
        db: Db,
        config: AllocatorConfig,
        hold: Duration,
        listener: Arc<dyn Listener>,
    ) -> Self {
        Self(Arc::new(Shared {
            db,
            config,
            hold,
            listener,
            runtime: tokio::runtime::Handle::current(),
            tasks: TaskTracker::new(),
            waiting: AtomicUsize::new(0),
            events: RwLock::default(),
        }))
    }

    /// Puts an order in its event's queue and waits for its outcome. Drop the future and an order
    /// that is still in the queue is forgotten.
    pub async fn book(&self, stock: &Arc<Stock>, order: Order) -> Outcome {
        let (answer, answered) = oneshot::channel();
        let deadline = Instant::now() + self.0.config.order_deadline();
        let _waits = Counted::one(&self.0.waiting);
        let waiting = Box::new(Waiting {
            id: None,
            order,
            answer,
            deadline,
            held_until: None,
        });
        match self.enter(stock, waiting) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Outcome::Overloaded,
            Err(TrySendError::Closed(_)) => return lost(),
        }
        // A lane that died dropped the other end.
        answered.await.unwrap_or_else(|_| lost())
    }

    fn enter(
        &self,
        stock: &Arc<Stock>,
        waiting: Box<Waiting>,
    ) -> Result<(), TrySendError<Box<Waiting>>> {
        let waiting = {
            let events = self.0.events.read().expect("no panic under the lock");
            match events.get(&stock.event) {
                Some(lanes) => match lanes.send(waiting) {
                    // A dead lane is replaced below.
                    Err(TrySendError::Closed(waiting)) => waiting,
                    sent => return sent,
                },
                None => waiting,
            }
        };
        let mut events = self.0.events.write().expect("no panic under the lock");
        if events
            .get(&stock.event)
            .is_none_or(|lanes| lanes.queues.iter().any(mpsc::Sender::is_closed))
        {
            events.insert(stock.event, self.open(stock));
        }
        events[&stock.event].send(waiting)
    }

    fn open(&self, stock: &Arc<Stock>) -> EventLanes {
        let count = usize::from(self.0.config.lanes);
        let queue = (self.0.config.queue_orders as usize / count).max(1);
        let (queues, receivers): (Vec<_>, Vec<_>) =
            (0..count).map(|_| mpsc::channel(queue)).unzip();
        let event = Arc::new(EventState {
            stock: stock.clone(),
            first_free: FirstFree::new(stock),
        });
        for receiver in receivers {
            let lane = Lane {
                shared: self.0.clone(),
                event: event.clone(),
                queue: receiver,
                again: Vec::new(),
            };
            self.0.tasks.spawn_on(lane.run(), &self.0.runtime);
        }
        EventLanes { event, queues }
    }

    /// Tells lanes and listener of tickets that have been given back.
    pub fn released(&self, event: EventNo, released: &[Released]) {
        self.0.released(event, released);
    }

    /// Tells the listener of tickets that were taken without a lane.
    pub fn retaken(&self, event: EventNo, retaken: &[Retaken]) {
        for tier in retaken {
            let quantity = tier.seats.len() as i32;
            self.0.listener.taken(event, tier.tier, quantity);
        }
    }

    /// Ends the holds of one event that are over, all of them. How many there were.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn expire(&self, event: EventNo) -> Result<usize, Error> {
        self.0.expire(event).await
    }

    /// Orders that wait in queues or are being allocated.
    pub fn waiting(&self) -> usize {
        self.0.waiting.load(Ordering::Relaxed)
    }

    /// Lanes that are open now.
    pub fn count(&self) -> usize {
        self.0.tasks.len()
    }

    /// Takes no more orders and waits until those inside are answered.
    pub async fn drain(&self) {
        self.0.tasks.close();
        self.0
            .events
            .write()
            .expect("no panic under the lock")
            .clear();
        self.0.tasks.wait().await;
    }
}

/// Counts something for as long as it is there.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn one(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn lost() -> Outcome {
    Outcome::Failed(Error::Unavailable("the lane went away".into()))
}

impl EventLanes {
    fn send(&self, waiting: Box<Waiting>) -> Result<(), TrySendError<Box<Waiting>>> {
        let queue = match self.queues.as_slice() {
            [only] => only,
            queues => {
                // The same key goes to the same lane: a double click meets itself there.
                let hash = BuildHasherDefault::<DefaultHasher>::default()
                    .hash_one(waiting.order.identity());
                &queues[hash as usize % queues.len()]
            }
        };
        queue.try_send(waiting)
    }
}

impl Shared {
    fn released(&self, event: EventNo, released: &[Released]) {
        let state = self
            .events
            .read()
            .expect("no panic under the lock")
            .get(&event)
            .map(|lanes| lanes.event.clone());
        for tier in released {
            if let Some(state) = &state {
                state.first_free.retreat(tier.tier, tier.first_seat);
            }
            self.listener.released(event, tier.tier, tier.quantity);
        }
    }

    /// Forgets the lanes of an event whose queues are all empty. Orders enter under the read lock,
    /// so none can slip in between.
    fn retire(&self, event: EventNo) {
        let mut events = self.events.write().expect("no panic under the lock");
        let quiet = |lanes: &EventLanes| {
            lanes
                .queues
                .iter()
                .all(|queue| queue.capacity() == queue.max_capacity())
        };
        if events.get(&event).is_some_and(quiet) {
            events.remove(&event);
        }
    }

    async fn expire(&self, event: EventNo) -> Result<usize, Error> {
        let mut total = 0;
        loop {
            let (ended, released) = release::expire(&self.db, event).await?;
            self.released(event, &released);
            total += ended;
            if ended == 0 {
                return Ok(total);
            }
        }
    }
}

/// One lane at work.
struct Lane {
    shared: Arc<Shared>,
    event: Arc<EventState>,
    queue: mpsc::Receiver<Box<Waiting>>,
    /// Orders that must be looked at again: their tickets may come back, or their twin with the
    /// same key is in the batch before. They go first in the next batch.
    again: Vec<Box<Waiting>>,
}

impl Lane {
    async fn run(mut self) {
        let mut batch = Vec::new();
        while self.gather(&mut batch).await {
            let mut parts = vec![self.admit(std::mem::take(&mut batch))];
            while let Some(mut part) = parts.pop() {
                match self.allocate(&part).await {
                    Ok(verdicts) => self.answer(part, verdicts).await,
                    Err(error @ Error::Unavailable(_)) => fail(part, &error),
                    // One order that cannot be written must not fail its neighbours: halve until it is alone.
                    Err(error) if part.len() > 1 => {
                        log::warn!(
                            "a batch of {} orders failed and is halved: {error}",
                            part.len()
                        );
                        let rest = part.split_off(part.len() / 2);
                        parts.extend([rest, part]);
                    }
                    Err(error) => {
                        log::error!("an order failed: {error}");
                        fail(part, &error);
                    }
                }
            }
        }
    }

    /// Waits for orders; false when the lane is to end.
    async fn gather(&mut self, batch: &mut Vec<Box<Waiting>>) -> bool {
        let orders_max = usize::from(self.shared.config.batch_orders);
        let rest = self.again.len().min(orders_max);
        batch.extend(self.again.drain(..rest));
        if !batch.is_empty() {
            // Whoever holds what these orders want gets a moment to decide; new orders end the moment.
            let room = (orders_max - batch.len()).max(1);
            let received =
                tokio::time::timeout(HELD_RETRY, self.queue.recv_many(batch, room)).await;
            if received == Ok(0) {
                tokio::time::sleep(HELD_RETRY).await;
            }
            return true;
        }
        let idle = self.shared.config.lane_idle();
        loop {
            match tokio::time::timeout(idle, self.queue.recv_many(batch, orders_max)).await {
                Ok(received) => return received > 0,
                Err(_) => self.shared.retire(self.event.stock.event),
            }
        }
    }

    /// Drops the orders that nobody waits for and those that waited too long, and keeps back those
    /// whose twin with the same key is in the batch: the next batch finds the twin's booking.
    fn admit(&mut self, batch: Vec<Box<Waiting>>) -> Vec<Box<Waiting>> {
        let now = Instant::now();
        let mut admitted: Vec<Box<Waiting>> = Vec::with_capacity(batch.len());
        let mut keys = HashSet::with_capacity(batch.len());
        for waiting in batch {
            if waiting.answer.is_closed() {
                continue;
            }
            if waiting.deadline <= now {
                waiting.answer.send(Outcome::Overloaded).ok();
            } else if keys.insert((waiting.order.user, waiting.order.key.clone())) {
                admitted.push(waiting);
            } else {
                self.again.push(waiting);
            }
        }
        name(&mut admitted);
        admitted
    }

    /// Allocates a batch, and tries again when it only met with another transaction or a broken
    /// connection: the keys tell what an earlier try has committed.
    async fn allocate(&self, batch: &[Box<Waiting>]) -> Result<Vec<Verdict>, Error> {
        let orders = batch.iter().map(|waiting| Candidate {
            id: waiting.id.expect("named on admission"),
            order: &waiting.order,
        });
        let orders: Vec<_> = orders.collect();
        let Some(patience) = batch.iter().map(|waiting| waiting.deadline).max() else {
            return Ok(Vec::new());
        };
        let Shared { db, hold, .. } = &*self.shared;
        let mut pause = RETRY_PAUSE;
        for attempt in 1.. {
            let error = match batch::allocate(
                db,
                &self.event.stock,
                &orders,
                *hold,
                &self.event.first_free,
            )
            .await
            {
                Ok(verdicts) => return Ok(verdicts),
                Err(error) => error,
            };
            let passing = match &error {
                Error::Unavailable(_) => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                    true
                }
                Error::Conflict(_) => true,
                error => error.is_unique_violation("bookings_idempotency_key"),
            };
            if !passing || attempt == ATTEMPTS_MAX || Instant::now() >= patience {
                return Err(error);
            }
            log::debug!("a batch of {} orders is tried again: {error}", orders.len());
        }
        unreachable!("the last attempt returns")
    }

    async fn answer(&mut self, batch: Vec<Box<Waiting>>, verdicts: Vec<Verdict>) {
        let event = self.event.stock.event;
        let mut overdue = false;
        for (waiting, verdict) in batch.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Done(outcome) => {
                    if let Outcome::Booked(_) | Outcome::Committed(_) = &outcome {
                        for item in &waiting.order.items {
                            self.shared.listener.taken(event, item.tier, item.quantity);
                        }
                    }
                    waiting.answer.send(outcome).ok();
                }
                Verdict::Held(shortages) => self.wait_for_others(waiting, shortages),
                Verdict::Overdue(shortages) => {
                    overdue = true;
                    self.wait_for_others(waiting, shortages);
                }
            }
        }
        if overdue && let Err(error) = self.shared.expire(event).await {
            log::warn!("holds that are over could not be ended: {error}");
        }
    }

    fn wait_for_others(&mut self, mut waiting: Box<Waiting>, shortages: Vec<Shortage>) {
        let now = Instant::now();
        let until = *waiting
            .held_until
            .get_or_insert(now + self.shared.config.held_wait());
        if now < until {
            self.again.push(waiting);
        } else {
            waiting.answer.send(Outcome::HeldByOthers(shortages)).ok();
        }
    }
}

/// Names the bookings of a batch in the order in which it inserts them: then they and their items land
/// at the right edge of their indexes, without a search and on pages that fill up. Orders that were
/// tried before keep their names, by which they know what an earlier try has committed.
fn name(batch: &mut [Box<Waiting>]) {
    let mut waiting: Vec<_> = batch.iter_mut().collect();
    waiting.sort_unstable_by(|a, b| a.order.identity().cmp(&b.order.identity()));
    for waiting in waiting {
        waiting.id.get_or_insert_with(BookingId::make);
    }
}

fn fail(batch: Vec<Box<Waiting>>, error: &Error) {
    for waiting in batch {
        waiting
            .answer
            .send(Outcome::Failed(Error::Unavailable(error.to_string())))
            .ok();
    }
}
