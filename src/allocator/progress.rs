//! Since when each lane has had orders and has committed none: what readiness asks.
//!
//! What must hold: a lane that has nothing to do or is gone is not in the list; one that commits a batch starts
//! anew; one whose batches fail goes on counting from the first of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::types::EventNo;

type Lanes = HashMap<(EventNo, usize), Instant>;

/// The lanes that have a batch, and since when.
#[derive(Debug, Default)]
pub(super) struct Progress(Mutex<Lanes>);

impl Progress {
    /// For how long the lane that is furthest behind has had its batch.
    pub(super) fn oldest(&self) -> Option<Duration> {
        let since = self.lanes().values().min().copied();
        since.map(|since| since.elapsed())
    }

    fn lanes(&self) -> std::sync::MutexGuard<'_, Lanes> {
        self.0.lock().expect("no panic under the lock")
    }
}

/// One lane's entry. Gone when it is dropped.
pub(super) struct Entry {
    progress: Arc<Progress>,
    lane: (EventNo, usize),
}

impl Entry {
    pub(super) fn of(progress: Arc<Progress>, event: EventNo, number: usize) -> Self {
        let lane = (event, number);
        Self { progress, lane }
    }

    /// The lane has a batch, unless it had one before that is not committed yet.
    pub(super) fn begin(&self) {
        self.progress
            .lanes()
            .entry(self.lane)
            .or_insert_with(Instant::now);
    }

    /// The lane has committed its batch, or has nothing to do.
    pub(super) fn end(&self) {
        self.progress.lanes().remove(&self.lane);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.end();
    }
}
