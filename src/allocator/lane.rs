//! One lane: makes batches of the orders in its queue, one after the other on one connection.
//!
//! Group commit: while a batch commits the next one gathers; under light load a batch is one order and
//! waits for nothing. There is no timer. The next batch is gathered when the rows of this one are written,
//! and its first step is sent right after COMMIT: the backend goes from one transaction to the next without
//! waiting for this process. A lane returns its connection when no order waits, and ends when its event has
//! had no orders for a while.
//!
//! What must hold: every order that enters gets exactly one answer, also when its batch fails or
//! the database goes away; and an order whose caller is gone, or that waited past its deadline, never
//! reaches the database.

use std::collections::{HashSet, VecDeque};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::{Either, select};
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use super::batch::{Decision, FirstStep, Found, decide};
use super::figures::{BatchEnd, Figures, Step as Timed, Times, Watch};
use super::first_free::{FirstFree, Freed};
use super::order::{Candidate, Order, Outcome, Shortage, Stock, Verdict};
use super::progress::{self, Progress};
use super::release::{self, Released};
use super::statements::Connection;
use crate::config::AllocatorConfig;
use crate::postgres::{Db, Error};
use crate::types::{BookingId, EventNo, Reference, SeatNo, TierNo};

/// The pause before an order that waits for others' tickets is retried.
const HELD_PAUSE: Duration = Duration::from_millis(5);
/// Into how many a batch is divided in which one order waits in vain: twice, and it is alone.
const PARTS: usize = 16;
/// How often an order is tried when the database fails.
const ORDER_ATTEMPTS_MAX: u32 = 6;
/// The pause after the database became unavailable; it doubles up to [`RECONNECT_PAUSE_MAX`].
const RECONNECT_PAUSE: Duration = Duration::from_millis(20);
const RECONNECT_PAUSE_MAX: Duration = Duration::from_millis(640);

/// Is notified, after the commit, of tickets that this process has taken or released. It is called on the way to
/// every answer, so it must cost next to nothing.
pub trait Listener: Send + Sync + 'static {
    /// `quantity` tickets of the tier were taken: these, as far as they are known.
    fn taken(&self, event: EventNo, tier: TierNo, quantity: i32, seats: &[SeatNo]);
    /// These tickets of the tier were released.
    fn released(&self, event: EventNo, tier: TierNo, seats: &[SeatNo]);
    /// These tickets, which a buyer had asked for, belong to others.
    fn found_taken(&self, event: EventNo, seats: &[(TierNo, SeatNo)]);
}

/// What all lanes of a process share.
pub(super) struct Shared {
    pub(super) db: Db,
    pub(super) config: AllocatorConfig,
    pub(super) hold: Duration,
    pub(super) listener: Arc<dyn Listener>,
    pub(super) tasks: TaskTracker,
    pub(super) progress: Arc<Progress>,
    pub(super) figures: Figures,
}

impl Shared {
    /// Tells the listener what has become of an order.
    fn tell(&self, event: EventNo, order: &Order, outcome: &Outcome) {
        match outcome {
            Outcome::Booked(booked) => {
                for (item, taken) in order.items.iter().zip(&booked.items) {
                    self.listener
                        .taken(event, item.tier, item.quantity, &taken.seats);
                }
            }
            // Which tickets it has got, the earlier attempt would have known.
            Outcome::Committed(_) => {
                for item in &order.items {
                    let named = item.seats.as_deref().unwrap_or_default();
                    self.listener.taken(event, item.tier, item.quantity, named);
                }
            }
            Outcome::SeatsTaken(seats) => self.listener.found_taken(event, seats),
            _ => {}
        }
    }

    /// Counts holds that have expired, and logs each.
    pub(super) fn expired(&self, event: EventNo, bookings: &[BookingId]) {
        self.figures.expire(bookings.len());
        for booking in bookings {
            log::info!(booking:% = booking, event_no = event.0; "expired: its hold was not paid");
        }
    }

    /// Notifies the lanes and the listener of released tickets.
    pub(super) fn released(&self, event: EventNo, freed: Option<&Freed>, released: &[Released]) {
        for tier in released {
            if let Some(freed) = freed {
                freed.add(tier.tier, &tier.seats);
            }
            self.listener.released(event, tier.tier, &tier.seats);
        }
    }
}

/// Which of a batch's steps failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    First,
    Second,
}

/// An order in a queue.
pub(super) struct Waiting {
    /// The booking's id in all attempts; given by [`assign_ids`].
    id: Option<BookingId>,
    /// The booking's reference in all attempts.
    reference: Reference,
    pub(super) order: Order,
    /// What its caller knows of the event.
    stock: Arc<Stock>,
    answer: oneshot::Sender<Outcome>,
    entered: Instant,
    /// How long it waited for its first batch, once that has come.
    queued: Option<Duration>,
    deadline: Instant,
    /// Until when it may wait for tickets that others hold; set when it first finds them held.
    held_until: Option<Instant>,
    /// The earliest time of its next attempt.
    retry_at: Instant,
    attempts: u32,
}

impl Waiting {
    /// An order that has just arrived.
    pub(super) fn new(
        stock: Arc<Stock>,
        order: Order,
        now: Instant,
        deadline: Instant,
    ) -> (Box<Self>, oneshot::Receiver<Outcome>) {
        let (answer, answered) = oneshot::channel();
        let waiting = Self {
            id: None,
            reference: Reference::make(),
            order,
            stock,
            answer,
            entered: now,
            queued: None,
            deadline,
            held_until: None,
            retry_at: now,
            attempts: 0,
        };
        (Box::new(waiting), answered)
    }
}

type Batch = Vec<Box<Waiting>>;

/// The state of one lane.
pub(super) struct Lane {
    shared: Arc<Shared>,
    stock: Stock,
    /// What [`Lane::stock`] was last compared with.
    known_stock: Arc<Stock>,
    first_free: FirstFree,
    freed: Arc<Freed>,
    /// Which lane of its event it is.
    number: usize,
    queue: mpsc::Receiver<Box<Waiting>>,
    /// Taken from the queue, not yet in a batch.
    fresh: VecDeque<Box<Waiting>>,
    /// Orders to retry: their tickets may be released, or an order with the same key was in the previous
    /// batch. In the order of their times.
    retries: VecDeque<Box<Waiting>>,
    /// Batches that failed, or halves of them, each to be retried by itself.
    failed: Vec<Batch>,
    /// Whether the last batch had room for retries.
    retried: bool,
    /// Whether a task is expiring holds of the event now.
    ending_holds: Arc<AtomicBool>,
    reconnect_pause: Duration,
    progress: progress::Entry,
    /// Orders that the lane has allocated, and the number at which its statements are planned again: each
    /// time it has doubled.
    orders: u64,
    plan_at_orders: u64,
}

impl Lane {
    /// The lane with this number of an event.
    pub(super) fn new(
        shared: Arc<Shared>,
        stock: &Arc<Stock>,
        freed: Arc<Freed>,
        number: usize,
        queue: mpsc::Receiver<Box<Waiting>>,
    ) -> Self {
        let progress = progress::Entry::of(shared.progress.clone(), stock.event, number);
        Self {
            shared,
            stock: Stock::clone(stock),
            known_stock: stock.clone(),
            first_free: FirstFree::default(),
            freed,
            number,
            queue,
            fresh: VecDeque::new(),
            retries: VecDeque::new(),
            failed: Vec::new(),
            retried: false,
            ending_holds: Arc::default(),
            reconnect_pause: RECONNECT_PAUSE,
            progress,
            orders: 0,
            plan_at_orders: 1,
        }
    }

    /// Runs until the queue is closed and empty.
    pub(super) async fn run(mut self) {
        while let Some(batch) = self.gather().await {
            let mut watch = Watch::start();
            match Connection::open(&self.shared.db).await {
                Ok(connection) => {
                    watch.end(Timed::Connect);
                    if self.allocate(&connection, batch, watch).await {
                        connection.give_back();
                    }
                }
                Err(error) => {
                    self.progress.begin();
                    self.set_aside(batch, error, Step::First);
                }
            }
            if !self.failed.is_empty() && self.reconnect_pause > RECONNECT_PAUSE {
                tokio::time::sleep(self.reconnect_pause).await;
            }
        }
    }

    /// Batch after batch on one connection, until no order waits, another lane waits for a connection, or this one
    /// breaks. Whether it can be used again.
    async fn allocate(
        &mut self,
        connection: &Connection,
        mut batch: Batch,
        mut watch: Watch,
    ) -> bool {
        self.progress.begin();
        let mut found = self.first_step(&batch).send(connection).await;
        loop {
            watch.end(Timed::Search);
            let before = self.first_free.clone();
            let decided = match found {
                Ok(found) => self.decide(connection, &batch, found).await,
                Err(error) => Err(error),
            };
            watch.end(Timed::Decide);
            let next = match decided {
                Ok(Decision { writes, verdicts }) => {
                    let mut rows = pin!(writes.send(connection.session()));
                    let mut committed = pin!(writes.commit(connection));
                    // Pipelined: sent in this order and answered in this order.
                    let written = match select(&mut rows, &mut committed).await {
                        Either::Left((written, _)) => written,
                        Either::Right(_) => rows.await,
                    };
                    watch.end(Timed::Write);
                    let Some(next) = self.next_batch_here() else {
                        let written = written.and(committed.await);
                        return self.conclude(batch, verdicts, written, &before, &mut watch);
                    };
                    let step = self.first_step(&next);
                    let asked = pin!(step.send(connection));
                    // COMMIT was sent first and is answered first.
                    found = match select(committed, asked).await {
                        Either::Left((committed, asked)) => {
                            let written = written.and(committed);
                            self.conclude(batch, verdicts, written, &before, &mut watch);
                            asked.await
                        }
                        Either::Right((asked, committed)) => {
                            let written = written.and(committed.await);
                            self.conclude(batch, verdicts, written, &before, &mut watch);
                            asked
                        }
                    };
                    next
                }
                Err(error) => {
                    self.first_free.lower_to(&before);
                    watch.take();
                    let is_alive = self.set_aside(batch, error, Step::First);
                    if !is_alive || connection.roll_back().await.is_err() {
                        return false;
                    }
                    let Some(next) = self.next_batch_here() else {
                        return true;
                    };
                    found = self.first_step(&next).send(connection).await;
                    next
                }
            };
            self.progress.begin();
            batch = next;
        }
    }

    fn first_step(&mut self, batch: &Batch) -> FirstStep {
        let step = FirstStep::of(&self.stock, &candidates(batch), &self.first_free);
        self.orders += batch.len() as u64;
        if self.orders < self.plan_at_orders {
            return step;
        }
        self.plan_at_orders = 2 * self.orders;
        step.with_new_plans()
    }

    async fn decide(
        &mut self,
        connection: &Connection,
        batch: &Batch,
        found: Found,
    ) -> Result<Decision, Error> {
        let (stock, hold) = (&self.stock, self.shared.hold);
        let (orders, hint) = (candidates(batch), &mut self.first_free);
        decide(connection.session(), stock, &orders, found, hold, hint).await
    }

    /// Waits for orders; `None` when the lane is to end.
    async fn gather(&mut self) -> Option<Batch> {
        loop {
            if let Some(batch) = self.next_batch() {
                return Some(batch);
            }
            self.progress.end();
            let next_retry = self.retries.front().map(|waiting| waiting.retry_at);
            let pause = next_retry.map_or(self.shared.config.lane_idle(), |at| {
                at.saturating_duration_since(Instant::now())
            });
            let mut received = Vec::new();
            let receive = self.queue.recv_many(&mut received, self.orders_max());
            match tokio::time::timeout(pause, receive).await {
                Ok(0) if next_retry.is_none() => return None,
                Ok(0) => tokio::time::sleep(pause).await,
                Ok(_) => self.fresh.extend(received),
                // Nobody can enter any more; those who just did are served.
                Err(_) if next_retry.is_none() => self.queue.close(),
                Err(_) => {}
            }
        }
    }

    fn orders_max(&self) -> usize {
        usize::from(self.shared.config.batch_orders)
    }

    /// The next batch, unless another lane waits for this connection: more events may sell than there are connections.
    fn next_batch_here(&mut self) -> Option<Batch> {
        if self.shared.db.is_wanted() {
            return None;
        }
        self.next_batch()
    }

    /// The orders that wait now, as many as a batch takes; at least half of them are new ones, if enough new
    /// ones wait. `None` if none wait.
    fn next_batch(&mut self) -> Option<Batch> {
        self.freed.move_to(self.number, &mut self.first_free);
        while let Some(batch) = self.failed.pop() {
            let batch = self.admit(batch);
            if !batch.is_empty() {
                return Some(batch);
            }
        }
        let (orders_max, now) = (self.orders_max(), Instant::now());
        let retries = self.retries.iter();
        let due = retries
            .take_while(|waiting| waiting.retry_at <= now)
            .count();
        // With batches of one, a new order and a retry alternate.
        self.retried = !self.retried;
        let share = (orders_max / 2).max(usize::from(self.retried));
        while self.fresh.len() < orders_max - due.min(share) {
            match self.queue.try_recv() {
                Ok(waiting) => self.fresh.push_back(waiting),
                Err(_) => break,
            }
        }
        let fresh = self.fresh.len().min(orders_max - due.min(share));
        let retries = due.min(orders_max - fresh);
        let mut batch: Batch = self.retries.drain(..retries).collect();
        batch.extend(self.fresh.drain(..fresh));
        let batch = self.admit(batch);
        (!batch.is_empty()).then_some(batch)
    }

    /// Drops the orders whose callers are gone and those past their deadline, and keeps back those whose key
    /// is in the batch already: the next batch finds the booking of that key.
    fn admit(&mut self, batch: Batch) -> Batch {
        let now = Instant::now();
        let mut admitted: Batch = Vec::with_capacity(batch.len());
        let mut keys = HashSet::with_capacity(batch.len());
        for mut waiting in batch {
            if waiting.answer.is_closed() {
                continue;
            }
            if waiting.deadline <= now {
                waiting.answer.send(Outcome::Overloaded).ok();
            } else if keys.insert((waiting.order.buyer, waiting.order.key.clone())) {
                self.learn(&waiting.stock);
                if waiting.queued.is_none() {
                    let queued = now.saturating_duration_since(waiting.entered);
                    waiting.queued = Some(queued);
                    self.shared.figures.leave_queue(queued);
                }
                admitted.push(waiting);
            } else {
                waiting.retry_at = now;
                self.retries.push_back(waiting);
            }
        }
        assign_ids(&mut admitted);
        admitted
    }

    /// Merges what an order's caller knows of the event: a tier may have been added.
    fn learn(&mut self, stock: &Arc<Stock>) {
        if !Arc::ptr_eq(stock, &self.known_stock) {
            if *stock != self.known_stock {
                self.stock.learn(stock);
            }
            self.known_stock = stock.clone();
        }
    }

    /// Answers a committed batch, or sets it aside for a retry. Returns whether the connection is still usable.
    fn conclude(
        &mut self,
        batch: Batch,
        verdicts: Vec<Verdict>,
        written: Result<(), Error>,
        before: &FirstFree,
        watch: &mut Watch,
    ) -> bool {
        watch.end(Timed::Commit);
        let times = watch.take();
        if let Err(error) = written {
            self.first_free.lower_to(before);
            return self.set_aside(batch, error, Step::Second);
        }
        self.reconnect_pause = RECONNECT_PAUSE;
        self.progress.end();
        let event = self.stock.event;
        self.shared.figures.commit(batch.len(), &times);
        if times.total() >= self.shared.config.slow_batch() {
            self.tell_slow(&batch, &times);
        }
        for (waiting, verdict) in batch.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Done(outcome) => {
                    self.shared.tell(event, &waiting.order, &outcome);
                    waiting.answer.send(outcome).ok();
                }
                Verdict::Held(shortages) => self.wait_for_others(waiting, shortages),
                Verdict::Overdue(shortages) => {
                    self.end_overdue_holds();
                    self.wait_for_others(waiting, shortages);
                }
            }
        }
        true
    }

    /// Says where the time of a batch went, and for how long its first order had waited before.
    fn tell_slow(&self, batch: &Batch, times: &Times) {
        let Some(first) = batch.first() else { return };
        let (orders, total) = (batch.len(), times.total().as_millis());
        let queued = first.queued.unwrap_or_default().as_millis();
        log::warn!(
            event_no = self.stock.event.0, orders;
            "slow batch: {total} ms ({times}); its first order waited {queued} ms before"
        );
    }

    fn wait_for_others(&mut self, mut waiting: Box<Waiting>, shortages: Vec<Shortage>) {
        let now = Instant::now();
        let held_wait = self.shared.config.held_wait();
        if now < *waiting.held_until.get_or_insert(now + held_wait) {
            waiting.retry_at = now + HELD_PAUSE;
            self.shared.figures.retry_held();
            self.retries.push_back(waiting);
        } else {
            let outcome = Outcome::HeldByOthers {
                shortages,
                may_free_at: None,
            };
            waiting.answer.send(outcome).ok();
        }
    }

    /// Expires some of the event's overdue holds in a task of its own; if that releases too few tickets, the
    /// next batch finds so and starts another.
    fn end_overdue_holds(&self) {
        if self.ending_holds.swap(true, Ordering::AcqRel) {
            return;
        }
        let (shared, freed, event) = (self.shared.clone(), self.freed.clone(), self.stock.event);
        let ending = self.ending_holds.clone();
        self.shared.tasks.spawn(async move {
            match release::expire(&shared.db, event).await {
                Ok((ended, released)) => {
                    shared.expired(event, &ended);
                    shared.released(event, Some(&freed), &released);
                }
                Err(error) => log::warn!("overdue holds were not ended: {error}"),
            }
            ending.store(false, Ordering::Release);
        });
    }

    /// Handles a failed batch. After a conflict or a broken connection it is retried: the keys tell what an
    /// earlier attempt has committed. One order that cannot be written must not fail its neighbours: the batch
    /// is halved until that order is alone and gets the error. An order that waits in vain for another process,
    /// which has inserted its buyer's next booking and does not commit, is found in fewer steps, because each
    /// takes as long as that wait. Returns whether the connection is still usable.
    fn set_aside(&mut self, mut batch: Batch, error: Error, step: Step) -> bool {
        let is_broken = matches!(error, Error::Unavailable(_));
        if is_broken {
            self.reconnect_pause = (self.reconnect_pause * 2).min(RECONNECT_PAUSE_MAX);
        }
        let is_passing = is_broken
            || matches!(error, Error::Conflict(_))
            || error.is_unique_violation("bookings_turn");
        if step == Step::Second && error.is_lock_timeout() {
            log::debug!("a batch of {} orders waits in vain: {error}", batch.len());
            self.shared.figures.end(BatchEnd::Divided);
            self.divide(batch, error);
        } else if is_passing {
            log::debug!("a batch of {} orders failed: {error}", batch.len());
            self.shared.figures.end(BatchEnd::Retried);
            self.retry(batch, &error);
        } else if batch.len() > 1 {
            log::warn!("a batch of {} orders is halved: {error}", batch.len());
            self.shared.figures.end(BatchEnd::Halved);
            let rest = batch.split_off(batch.len() / 2);
            self.failed.extend([rest, batch]);
        } else if let Some(waiting) = batch.pop() {
            waiting.answer.send(Outcome::Failed(error)).ok();
        }
        !is_broken
    }

    fn divide(&mut self, mut batch: Batch, error: Error) {
        if batch.len() == 1 {
            let alone = batch.remove(0);
            alone.answer.send(Outcome::Failed(error)).ok();
            return;
        }
        let size = batch.len().div_ceil(PARTS);
        while !batch.is_empty() {
            let part = batch.split_off(batch.len().saturating_sub(size));
            self.failed.push(part);
        }
    }

    fn retry(&mut self, batch: Batch, error: &Error) {
        let mut retries = Vec::with_capacity(batch.len());
        for mut waiting in batch {
            waiting.attempts += 1;
            if waiting.attempts < ORDER_ATTEMPTS_MAX {
                retries.push(waiting);
            } else {
                let error = Error::Unavailable(error.to_string());
                waiting.answer.send(Outcome::Failed(error)).ok();
            }
        }
        if !retries.is_empty() {
            self.shared.figures.retry_failed(retries.len());
            self.failed.push(retries);
        }
    }
}

fn candidates(batch: &Batch) -> Vec<Candidate<'_>> {
    let candidates = batch.iter().map(|waiting| Candidate {
        id: waiting.id.expect("assigned on admission"),
        reference: waiting.reference,
        order: &waiting.order,
    });
    candidates.collect()
}

/// Gives the bookings of a batch their ids in the order in which it inserts them: then they and their items
/// are appended at the right edge of their indexes, on pages that fill up. Orders that were tried before
/// keep their ids, which show whether an earlier attempt has committed.
fn assign_ids(batch: &mut Batch) {
    let mut waiting: Vec<_> = batch.iter_mut().collect();
    waiting.sort_unstable_by(|a, b| a.order.identity().cmp(&b.order.identity()));
    for waiting in waiting {
        waiting.id.get_or_insert_with(BookingId::make);
    }
}
