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
//! reaches the database. Which orders are next is in `gather`, what becomes of a failed batch in `failed`.

mod failed;
mod gather;

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::{Either, select};
use tokio::sync::mpsc;

use super::batch::{Decision, FirstStep, Found, decide};
use super::figures::{Step as Timed, Times, Watch};
use super::first_free::{FirstFree, Freed};
use super::order::{Outcome, Shortage, Stock, Verdict};
use super::progress;
use super::release;
use super::shared::Shared;
use super::statements::Connection;
use super::waiting::{Batch, Waiting, candidates};
use crate::postgres::Error;

/// The pause before an order that waits for others' tickets is retried.
const HELD_PAUSE: Duration = Duration::from_millis(5);
/// The pause after the database became unavailable; it doubles up to [`RECONNECT_PAUSE_MAX`].
const RECONNECT_PAUSE: Duration = Duration::from_millis(20);
const RECONNECT_PAUSE_MAX: Duration = Duration::from_millis(640);

/// Which of a batch's steps failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    First,
    Second,
}

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
        self.shared.figures.commit(batch.len(), &times);
        if times.total() >= self.shared.config.slow_batch() {
            self.tell_slow(&batch, &times);
        }
        for (waiting, verdict) in batch.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Done(outcome) => {
                    self.shared.tell(&self.stock, &waiting.order, &outcome);
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
}
