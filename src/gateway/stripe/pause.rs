//! The pause that all requests make after Stripe has said that they are too many.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// The first pause, if Stripe names none; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(500);
/// The longest.
const LONGEST: Duration = Duration::from_secs(30);
/// A request waits for the end of a pause for no longer.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// Over this time those that have waited begin, one after another.
const SPREAD: Duration = Duration::from_millis(250);

/// Whether there is a pause.
#[derive(Debug, Default)]
pub(super) struct Pause(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    until: Option<Instant>,
    /// How often in a row requests were too many.
    in_a_row: u32,
}

impl Pause {
    /// Stripe has refused a request as one too many, and may have said for how long.
    pub(super) fn begin(&self, named: Option<Duration>) {
        self.lock().begin(Instant::now(), named);
    }

    /// Stripe has taken a request.
    pub(super) fn end(&self) {
        self.lock().end(Instant::now());
    }

    /// Waits for its end; false, at once, if that is too far away.
    pub(super) async fn wait(&self) -> bool {
        let left = self.lock().left(Instant::now());
        if left > WAIT_MAX {
            return false;
        }
        if !left.is_zero() {
            sleep(left + SPREAD.mul_f64(rand::random_range(0.0..1.0))).await;
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self, now: Instant, named: Option<Duration>) {
        // Those that were in flight at the same time are refused once.
        let is_new = self.left(now).is_zero();
        if is_new {
            self.in_a_row = (self.in_a_row + 1).min(8);
        }
        let own = FIRST * 2_u32.pow(self.in_a_row.saturating_sub(1));
        let until = now + named.unwrap_or(own).min(LONGEST);
        if is_new || named.is_some() {
            self.until = self.until.max(Some(until));
        }
    }

    fn end(&mut self, now: Instant) {
        if self.left(now).is_zero() {
            *self = Self::default();
        }
    }

    fn left(&self, now: Instant) -> Duration {
        let left = self.until.map(|until| until.saturating_duration_since(now));
        left.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_pause_is_as_long_as_stripe_says_and_at_most_half_a_minute() {
        let (mut state, now) = (State::default(), Instant::now());
        assert_eq!(state.left(now), Duration::ZERO);
        state.begin(now, Some(SECOND));
        state.begin(now, None);
        state.end(now);
        assert_eq!(state.left(now), SECOND, "others were in flight");
        assert_eq!(state.left(now + SECOND), Duration::ZERO);
        state.begin(now + SECOND, Some(SECOND * 600));
        assert_eq!(state.left(now + SECOND), LONGEST);
    }

    #[test]
    fn a_pause_is_longer_each_time_until_a_request_is_taken() {
        let (mut state, mut now) = (State::default(), Instant::now());
        let mut length = |state: &mut State| {
            state.begin(now, None);
            let length = state.left(now);
            now += length;
            (length, now)
        };
        let (first, _) = length(&mut state);
        assert_eq!(length(&mut state).0, first * 2);
        assert_eq!(length(&mut state).0, first * 4);
        let (last, now) = (0..20).map(|_| length(&mut state)).last().unwrap();
        assert_eq!(last, LONGEST);
        state.end(now);
        assert_eq!(length(&mut state).0, first);
    }

    #[tokio::test]
    async fn nobody_waits_for_the_end_of_a_long_pause() {
        let pause = Pause::default();
        assert!(pause.wait().await);
        pause.begin(Some(SECOND * 20));
        assert!(!pause.wait().await);
    }
}
