//! What the allocator counts: orders and their outcomes, batches and where their time goes, holds that end.
//!
//! What must hold: no figure is by event: there are as many events as organisers make.

use std::fmt;
use std::time::{Duration, Instant};

use super::order::Outcome;
use crate::metrics::{Counter, Histogram, Sheet};

/// Orders of a batch.
const ORDERS: &[f64] = &[
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 4096.0,
];

/// The names of outcomes, as `place` numbers them.
const OUTCOMES: [&str; 12] = [
    "booked",
    "committed",
    "replayed",
    "key-reused",
    "sold-out",
    "held-by-others",
    "seats-taken",
    "over-limit",
    "not-on-sale",
    "overloaded",
    "failed",
    "code-refused",
];

/// The place of an outcome in [`OUTCOMES`].
fn place(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Booked(_) => 0,
        Outcome::Committed(_) => 1,
        Outcome::Replay(_) => 2,
        Outcome::KeyReused(_) => 3,
        Outcome::SoldOut(_) => 4,
        Outcome::HeldByOthers { .. } => 5,
        Outcome::SeatsTaken(_) => 6,
        Outcome::OverBuyerLimit { .. } => 7,
        Outcome::NotYetOnSale(_)
        | Outcome::SaleOver
        | Outcome::CalledOff
        | Outcome::TierClosed { .. } => 8,
        Outcome::CodeRefused(_) => 11,
        Outcome::Overloaded => 9,
        Outcome::Failed(_) => 10,
    }
}

/// What becomes of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) enum BatchEnd {
    /// It was committed.
    Committed,
    /// It met a conflict or a broken connection, and is tried again.
    Retried,
    /// An order of it waits in vain for another process: it is divided.
    Divided,
    /// An order of it cannot be written: it is halved.
    Halved,
}

const BATCH_ENDS: [&str; 4] = ["committed", "retried", "divided", "halved"];

/// A part of a batch's time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// Waiting for a connection.
    Connect,
    /// Looking keys up and locking tickets.
    Search,
    /// Deciding who gets what; round trips if that is too little.
    Decide,
    /// Writing the rows.
    Write,
    /// The rest of COMMIT.
    Commit,
}

/// As a figure and a log line have them.
const STEPS: [&str; 5] = ["connect", "search", "decide", "write", "commit"];

/// The time of a batch, by step.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Times([Duration; STEPS.len()]);

impl Times {
    pub(super) fn total(&self) -> Duration {
        self.0.iter().sum()
    }
}

/// Takes the times of batches, one after the other.
#[derive(Debug)]
pub(super) struct Watch {
    times: Times,
    since: Instant,
}

impl Watch {
    /// A batch begins to look for a connection.
    pub(super) fn start() -> Self {
        Self {
            times: Times::default(),
            since: Instant::now(),
        }
    }

    /// A step has ended, and the next one begins.
    pub(super) fn end(&mut self, step: Step) {
        let now = Instant::now();
        self.times.0[step as usize] = now - self.since;
        self.since = now;
    }

    /// The times of the batch that has ended; the next one begins.
    pub(super) fn take(&mut self) -> Times {
        std::mem::take(&mut self.times)
    }
}

impl fmt::Display for Times {
    /// `connect 0 ms, search 3 ms, ...`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (name, took)) in STEPS.iter().zip(&self.0).enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{name} {} ms", took.as_millis())?;
        }
        Ok(())
    }
}

/// The counts of a process.
#[derive(Debug)]
pub(super) struct Figures {
    /// Boxed: they are counted by web workers, and all else by lanes.
    outcomes: Box<Outcomes>,
    queued: Histogram,
    batches: [Counter; BATCH_ENDS.len()],
    batch_orders: Histogram,
    steps: [Histogram; STEPS.len()],
    held_retries: Counter,
    failed_retries: Counter,
    expired: Counter,
}

#[derive(Debug, Default)]
#[repr(align(64))]
struct Outcomes([Counter; OUTCOMES.len()]);

impl Default for Figures {
    fn default() -> Self {
        Self {
            outcomes: Default::default(),
            queued: Histogram::of_seconds(),
            batches: Default::default(),
            batch_orders: Histogram::new(ORDERS),
            steps: std::array::from_fn(|_| Histogram::of_seconds()),
            held_retries: Counter::default(),
            failed_retries: Counter::default(),
            expired: Counter::default(),
        }
    }
}

impl Figures {
    /// An order was answered.
    pub(super) fn answer(&self, outcome: &Outcome) {
        self.outcomes.0[place(outcome)].add_one();
    }

    /// Orders have waited so long in their queue.
    pub(super) fn leave_queue(&self, waited: impl IntoIterator<Item = Duration>) {
        self.queued.observe_all(waited);
    }

    /// A batch of so many orders was committed.
    pub(super) fn commit(&self, orders: usize, times: &Times) {
        self.end(BatchEnd::Committed);
        self.batch_orders.observe_count(orders);
        for (step, took) in self.steps.iter().zip(times.0) {
            step.observe(took);
        }
    }

    /// A batch has ended.
    pub(super) fn end(&self, how: BatchEnd) {
        self.batches[how as usize].add_one();
    }

    /// An order is tried again because others hold its tickets.
    pub(super) fn retry_held(&self) {
        self.held_retries.add_one();
    }

    /// So many orders are tried again because their batch has failed.
    pub(super) fn retry_failed(&self, orders: usize) {
        self.failed_retries.add(orders as u64);
    }

    /// So many overdue holds were ended.
    pub(super) fn expire(&self, holds: usize) {
        self.expired.add(holds as u64);
    }

    /// Tells them.
    pub(super) fn tell(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        sheet.counters(
            "orders",
            "Orders that were answered, by outcome",
            named("outcome", &OUTCOMES, &self.outcomes.0),
        )?;
        sheet.histogram(
            "order_queue_seconds",
            "How long orders waited for their first batch",
            self.queued.read(),
        )?;
        let retries = [
            ("held", &self.held_retries),
            ("failed", &self.failed_retries),
        ];
        sheet.counters(
            "order_retries",
            "Orders that were tried again: because others held their tickets, or their batch failed",
            retries.map(|(reason, count)| ([("reason", reason)], count.get())),
        )?;
        sheet.counters(
            "batches",
            "Batches of orders, by what became of them",
            named("end", &BATCH_ENDS, &self.batches),
        )?;
        sheet.histogram(
            "batch_orders",
            "Orders of a committed batch",
            self.batch_orders.read(),
        )?;
        let steps = STEPS.iter().zip(&self.steps);
        sheet.histograms(
            "batch_step_seconds",
            "Where the time of committed batches goes",
            steps.map(|(step, took)| ([("step", *step)], took.read())),
        )?;
        sheet.counter(
            "holds_expired",
            "Overdue holds that this process has ended",
            self.expired.get(),
        )
    }
}

/// Counters with the values of one label.
fn named<'a>(
    label: &'static str,
    values: &'a [&'static str],
    counters: &'a [Counter],
) -> impl Iterator<Item = ([(&'static str, &'a str); 1], u64)> {
    let samples = values.iter().zip(counters);
    samples.map(move |(value, counter)| ([(label, *value)], counter.get()))
}
