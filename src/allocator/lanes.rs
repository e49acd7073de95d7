//! The registry of this process's lanes: routes an order into a queue of its event.
//!
//! An event with orders has a lane (or as many as configured): a bounded queue, and one batch in flight.
//! Lanes open with the first order and end when their event has had no orders for a while. What must hold:
//! orders with the same key enter the same lane; a full queue refuses at once; while the server drains,
//! every order that has entered is answered. What a lane does with its orders is in `lane`.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio_util::task::TaskTracker;

use super::figures::Figures;
use super::first_free::Freed;
use super::lane::Lane;
use super::order::{Order, Outcome, Stock};
use super::release::{self, Released};
use super::shared::Shared;
use super::waiting::Waiting;
use crate::config::AllocatorConfig;
use crate::metrics::Sheet;
use crate::postgres::{Db, Error};
use crate::types::{EventNo, SeatNo, TierNo};

pub use super::shared::Listener;

/// Transactions that expire holds of one event before those of other events have their turn.
const EXPIRE_BATCHES_MAX: usize = 40;
/// By so much an order's caller waits longer than the order may wait for its batch.
const GRACE: Duration = Duration::from_millis(100);

/// All lanes of this process. Cheap to clone.
#[derive(Clone)]
pub struct Lanes(Arc<Registry>);

struct Registry {
    shared: Arc<Shared>,
    runtime: tokio::runtime::Handle,
    /// Orders that have entered and are not answered.
    waiting: AtomicUsize,
    events: RwLock<HashMap<EventNo, EventLanes>>,
}

/// The senders of an event's queues. Only the registry holds them: when they are dropped, the lanes finish
/// their queues and end.
struct EventLanes {
    freed: Arc<Freed>,
    queues: Vec<mpsc::Sender<Box<Waiting>>>,
}

impl std::fmt::Debug for Lanes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lanes")
            .field("tasks", &self.0.shared.tasks.len())
            .finish_non_exhaustive()
    }
}

impl Lanes {
    /// Creates an empty registry. Lanes run on the runtime that this is called on.
    pub fn new(
        db: Db,
        config: AllocatorConfig,
        hold: Duration,
        listener: Arc<dyn Listener>,
    ) -> Self {
        let shared = Shared {
            db,
            config,
            hold,
            listener,
            tasks: TaskTracker::new(),
            progress: Arc::default(),
            figures: Figures::default(),
        };
        Self(Arc::new(Registry {
            shared: Arc::new(shared),
            runtime: tokio::runtime::Handle::current(),
            waiting: AtomicUsize::new(0),
            events: RwLock::default(),
        }))
    }

    /// Puts an order in its event's queue and waits for its outcome. If the future is dropped, an order
    /// that is still in the queue is discarded.
    pub async fn book(&self, stock: &Arc<Stock>, order: Order) -> Outcome {
        let outcome = self.wait_for_outcome(stock, order).await;
        self.0.shared.figures.answer(&outcome);
        outcome
    }

    async fn wait_for_outcome(&self, stock: &Arc<Stock>, order: Order) -> Outcome {
        let now = Instant::now();
        let deadline = now + self.0.shared.config.order_deadline();
        let _unanswered = Unanswered::count(&self.0.waiting);
        let (waiting, answered) = Waiting::new(stock.clone(), order, now, deadline);
        match self.enter(stock, waiting) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Outcome::Overloaded,
            Err(TrySendError::Closed(_)) => return lane_is_gone(),
        }
        // A lane drops what is past its deadline; one that waits for the database is not waited for.
        match tokio::time::timeout_at((deadline + GRACE).into(), answered).await {
            // A lane that died dropped the other end.
            Ok(outcome) => outcome.unwrap_or_else(|_| lane_is_gone()),
            Err(_) => {
                let reason = "the order's batch was not committed in time";
                Outcome::Failed(Error::Unavailable(reason.into()))
            }
        }
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
                    // Lanes that have ended are replaced below.
                    Err(TrySendError::Closed(waiting)) => waiting,
                    sent => return sent,
                },
                None => waiting,
            }
        };
        let mut events = self.0.events.write().expect("no panic under the lock");
        events.retain(|_, lanes| !lanes.queues.iter().any(mpsc::Sender::is_closed));
        let lanes = events.entry(stock.event);
        lanes.or_insert_with(|| self.open(stock)).send(waiting)
    }

    fn open(&self, stock: &Arc<Stock>) -> EventLanes {
        let config = &self.0.shared.config;
        let count = usize::from(config.lanes);
        let queue_orders = (config.queue_orders as usize / count).max(1);
        let freed = Arc::new(Freed::new(count));
        let open_lane = |number| {
            let (sender, queue) = mpsc::channel(queue_orders);
            let lane = Lane::new(self.0.shared.clone(), stock, freed.clone(), number, queue);
            self.0.shared.tasks.spawn_on(lane.run(), &self.0.runtime);
            sender
        };
        let queues = (0..count).map(open_lane).collect();
        EventLanes { freed, queues }
    }

    /// Notifies the lanes and the listener of released tickets.
    pub fn released(&self, event: EventNo, released: &[Released]) {
        let freed = {
            let events = self.0.events.read().expect("no panic under the lock");
            events.get(&event).map(|lanes| lanes.freed.clone())
        };
        self.0.shared.released(event, freed.as_deref(), released);
    }

    /// Notifies the listener of tickets that were taken without a lane; `tier` is the one whose tickets they are.
    pub fn taken(&self, event: EventNo, tier: TierNo, quantity: i32, seats: &[SeatNo]) {
        self.0.shared.listener.taken(event, tier, quantity, seats);
    }

    /// For how long a booking holds its tickets.
    pub fn hold(&self) -> Duration {
        self.0.shared.hold
    }

    /// Expires overdue holds of one event, in [`EXPIRE_BATCHES_MAX`] transactions at most. Returns how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn expire(&self, event: EventNo) -> Result<usize, Error> {
        let mut total = 0;
        for _ in 0..EXPIRE_BATCHES_MAX {
            let (ended, released) = release::expire(&self.0.shared.db, event).await?;
            self.0.shared.expired(event, &ended);
            self.released(event, &released);
            total += ended.len();
            if ended.len() < release::HOLDS_MAX as usize {
                break;
            }
        }
        Ok(total)
    }

    /// Orders that wait in queues or are being allocated.
    pub fn waiting(&self) -> usize {
        self.0.waiting.load(Ordering::Relaxed)
    }

    /// For how long the lane that is furthest behind has had a batch that it could not commit; `None` if no
    /// lane has one.
    pub fn oldest_batch(&self) -> Option<Duration> {
        self.0.shared.progress.oldest()
    }

    /// Counts the answer to an order that was allocated without a lane.
    pub fn answered(&self, outcome: &Outcome) {
        self.0.shared.figures.answer(outcome);
    }

    /// Tells the figures of all lanes.
    ///
    /// # Errors
    /// There is no room for them.
    pub fn tell(&self, sheet: &mut Sheet<'_>) -> std::fmt::Result {
        let waiting = self.waiting() as f64;
        sheet.gauge("orders_waiting", "Orders in queues or in batches", waiting)?;
        let queue_max = self.0.shared.config.queue_orders.into();
        sheet.gauge(
            "queue_orders_max",
            "Orders that the queue of one event takes",
            queue_max,
        )?;
        let lanes = {
            let events = self.0.events.read().expect("no panic under the lock");
            events
                .values()
                .map(|lanes| lanes.queues.len())
                .sum::<usize>()
        };
        sheet.gauge("lanes", "Lanes that are open", lanes as f64)?;
        let oldest = self.oldest_batch().unwrap_or_default().as_secs_f64();
        sheet.gauge(
            "oldest_batch_seconds",
            "For how long the lane that is furthest behind has committed nothing",
            oldest,
        )?;
        self.0.shared.figures.tell(sheet)
    }

    /// Lanes that are open now, and tasks that expire holds for them.
    pub fn count(&self) -> usize {
        self.0.shared.tasks.len()
    }

    /// Refuses new orders and waits until those that have entered are answered.
    pub async fn drain(&self) {
        self.0.shared.tasks.close();
        self.0
            .events
            .write()
            .expect("no panic under the lock")
            .clear();
        self.0.shared.tasks.wait().await;
    }
}

/// Counts an unanswered order until it is dropped.
struct Unanswered<'a>(&'a AtomicUsize);

impl<'a> Unanswered<'a> {
    fn count(orders: &'a AtomicUsize) -> Self {
        orders.fetch_add(1, Ordering::Relaxed);
        Self(orders)
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn lane_is_gone() -> Outcome {
    Outcome::Failed(Error::Unavailable("the lane went away".into()))
}

impl EventLanes {
    fn send(&self, waiting: Box<Waiting>) -> Result<(), TrySendError<Box<Waiting>>> {
        let queue = match self.queues.as_slice() {
            [only] => only,
            queues => {
                // The same key goes to the same lane, which then sees both requests of a double click.
                let hash = BuildHasherDefault::<DefaultHasher>::default()
                    .hash_one(waiting.order.identity());
                &queues[hash as usize % queues.len()]
            }
        };
        queue.try_send(waiting)
    }
}
