//! How the background tasks get on: when each has last succeeded, and how often it has failed.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::metrics::{Counter, Sheet};

/// The tasks of a process.
#[derive(Debug, Default)]
pub struct Tasks(Mutex<Vec<Arc<Task>>>);

/// One task. Its figures are those of this process.
#[derive(Debug)]
pub struct Task {
    name: &'static str,
    interval: Duration,
    succeeded: Counter,
    failed: Counter,
    done: Counter,
    last: Mutex<Last>,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    /// When a round has last succeeded; until then, when the task was started.
    success: Instant,
    took: Duration,
}

impl Task {
    /// A round that began then has done so much.
    pub fn succeed(&self, began: Instant, done: usize) {
        self.succeeded.add_one();
        self.done.add(done as u64);
        *self.last() = Last {
            success: Instant::now(),
            took: began.elapsed(),
        };
    }

    /// A round has failed.
    pub fn fail(&self) {
        self.failed.add_one();
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tasks {
    /// A task that begins now.
    pub fn start(&self, name: &'static str, interval: Duration) -> Arc<Task> {
        let task = Arc::new(Task {
            name,
            interval,
            succeeded: Counter::default(),
            failed: Counter::default(),
            done: Counter::default(),
            last: Mutex::new(Last {
                success: Instant::now(),
                took: Duration::ZERO,
            }),
        });
        self.all().push(task.clone());
        task
    }

    /// Tells how all of them get on.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn tell(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let tasks = self.all().clone();
        sheet.gauges(
            "task_interval_seconds",
            "The interval between two rounds of a background task",
            tasks
                .iter()
                .map(|task| ([("task", task.name)], task.interval.as_secs_f64())),
        )?;
        sheet.gauges(
            "task_since_success_seconds",
            "For how long a background task has had no round that succeeded",
            tasks.iter().map(|task| {
                let since = task.last().success.elapsed();
                ([("task", task.name)], since.as_secs_f64())
            }),
        )?;
        sheet.gauges(
            "task_round_seconds",
            "How long the last round took that succeeded",
            tasks
                .iter()
                .map(|task| ([("task", task.name)], task.last().took.as_secs_f64())),
        )?;
        sheet.counters(
            "task_rounds",
            "Rounds of a background task",
            tasks.iter().flat_map(|task| {
                let (succeeded, failed) = (task.succeeded.get(), task.failed.get());
                [
                    ([("task", task.name), ("result", "succeeded")], succeeded),
                    ([("task", task.name), ("result", "failed")], failed),
                ]
            }),
        )?;
        sheet.counters(
            "task_done",
            "What a background task has done: holds ended, rows deleted and so on",
            tasks
                .iter()
                .map(|task| ([("task", task.name)], task.done.get())),
        )
    }

    fn all(&self) -> MutexGuard<'_, Vec<Arc<Task>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
