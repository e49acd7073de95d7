//! Ends overdue holds of all events.
//!
//! Runs in every process. What must hold: each event is looked after by itself; one whose holds cannot be ended
//! keeps no other waiting, and is tried again after a pause that grows. How a hold is ended is in `release`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};

use super::lanes::Lanes;
use super::release;
use crate::metrics::Sheet;
use crate::postgres::lease::backoff;
use crate::postgres::{Db, Error};
use crate::types::EventNo;

/// Events whose holds one process ends at once; each uses a connection that lanes cannot use meanwhile.
const EVENTS_AT_ONCE: usize = 2;
/// The pause after an event has failed once. It doubles with every further failure.
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Ends overdue holds.
#[derive(Debug)]
pub struct Expiry {
    db: Db,
    lanes: Lanes,
    failing: Mutex<Failing>,
    overdue: Mutex<Overdue>,
}

/// What a round has found before it ended any.
#[derive(Debug, Clone, Copy, Default)]
struct Overdue {
    events: usize,
    oldest_seconds: f64,
}

impl Expiry {
    /// Tells these lanes of tickets that become free.
    pub fn new(db: Db, lanes: Lanes) -> Self {
        Self {
            db,
            lanes,
            failing: Mutex::default(),
            overdue: Mutex::default(),
        }
    }

    /// One round: ends overdue holds of every event that has some. Returns how many. What fails is logged, and
    /// left to a later round.
    ///
    /// # Errors
    /// Those of the database: the events were not found.
    pub async fn end_due(&self) -> Result<usize, Error> {
        let found = release::events_with_overdue_holds(&self.db).await?;
        let oldest = found.iter().map(|(_, seconds)| *seconds);
        *self.overdue.lock().unwrap_or_else(PoisonError::into_inner) = Overdue {
            events: found.len(),
            oldest_seconds: oldest.fold(0.0, f64::max),
        };
        let mut due: Vec<_> = found.into_iter().map(|(event, _)| event).collect();
        self.failing().keep_due(&mut due, Instant::now());
        let ended = stream::iter(due)
            .map(|event| self.end(event))
            .buffer_unordered(EVENTS_AT_ONCE);
        Ok(ended.fold(0, async |sum, ended| sum + ended).await)
    }

    async fn end(&self, event: EventNo) -> usize {
        match self.lanes.expire(event).await {
            Ok(ended) => {
                self.failing().succeeded(event);
                ended
            }
            Err(error) => {
                let pause = self.failing().failed(event, Instant::now());
                log::warn!(
                    "holds of event {event:?} were not ended, next try in {pause:?}: {error}"
                );
                0
            }
        }
    }

    /// Tells how far behind the last round was when it began. A payment keeps a hold that is overdue for two
    /// minutes at most, unless the settings say otherwise.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn tell(&self, sheet: &mut Sheet<'_>) -> std::fmt::Result {
        let overdue = *self.overdue.lock().unwrap_or_else(PoisonError::into_inner);
        sheet.gauge(
            "overdue_holds_events",
            "Events with holds that are overdue, those that a payment keeps among them",
            overdue.events as f64,
        )?;
        sheet.gauge(
            "overdue_holds_oldest_seconds",
            "For how long the oldest of these holds has been overdue",
            overdue.oldest_seconds,
        )
    }

    fn failing(&self) -> std::sync::MutexGuard<'_, Failing> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The events whose last attempt failed: how often in a row, and the earliest time of the next one.
#[derive(Debug, Default)]
struct Failing(HashMap<EventNo, (i32, Instant)>);

impl Failing {
    /// Removes those of the events whose pause is not over; forgets events that are no longer among them.
    fn keep_due(&mut self, events: &mut Vec<EventNo>, now: Instant) {
        self.0.retain(|event, _| events.contains(event));
        events.retain(|event| self.0.get(event).is_none_or(|(_, next)| *next <= now));
    }

    fn succeeded(&mut self, event: EventNo) {
        self.0.remove(&event);
    }

    /// Returns the pause before the next attempt.
    fn failed(&mut self, event: EventNo, now: Instant) -> Duration {
        let (failures, next) = self.0.entry(event).or_insert((0, now));
        *failures += 1;
        let pause = backoff(*failures, PAUSE_MIN, PAUSE_MAX);
        *next = now + pause;
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAD: EventNo = EventNo(1);
    const GOOD: EventNo = EventNo(2);

    fn due(failing: &mut Failing, now: Instant) -> Vec<EventNo> {
        let mut events = vec![BAD, GOOD];
        failing.keep_due(&mut events, now);
        events
    }

    #[test]
    fn an_event_that_fails_pauses_longer_each_time_and_no_other_with_it() {
        let (mut failing, start) = (Failing::default(), Instant::now());
        let mut now = start;
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            let pause = failing.failed(BAD, now);
            assert_eq!(pause, Duration::from_secs(seconds));
            let before = now + pause - Duration::from_millis(1);
            assert_eq!(due(&mut failing, before), [GOOD]);
            now += pause;
            assert_eq!(due(&mut failing, now), [BAD, GOOD]);
        }
        failing.succeeded(BAD);
        assert_eq!(due(&mut failing, start), [BAD, GOOD]);
        failing.failed(BAD, now);
        failing.keep_due(&mut vec![GOOD], now);
        let pause = failing.failed(BAD, now);
        assert_eq!(pause, PAUSE_MIN, "it had nothing to do any more");
    }
}
