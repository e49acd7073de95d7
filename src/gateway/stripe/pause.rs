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
        let mut state = self.lock();
        let now = Instant::now();
        // Those that were in flight at the same time are refused once.
        let is_new = state.until.is_none_or(|until| until <= now);
        if is_new {
            state.in_a_row = (state.in_a_row + 1).min(8);
        }
        let own = FIRST * 2_u32.pow(state.in_a_row.saturating_sub(1));
        let until = now + named.unwrap_or(own).min(LONGEST);
        if is_new || named.is_some() {
            state.until = state.until.max(Some(until));
        }
    }

    /// Stripe has taken a request.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        if state.until.is_none_or(|until| until <= Instant::now()) {
            *state = State::default();
        }
    }

    /// Waits for its end; false, at once, if that is too far away.
    pub(super) async fn wait(&self) -> bool {
        let until = self.lock().until;
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        match left {
            None | Some(Duration::ZERO) => true,
            Some(left) if left <= WAIT_MAX => {
                sleep(left + SPREAD.mul_f64(rand::random_range(0.0..1.0))).await;
                true
            }
            Some(_) => false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_requests_wait_until_a_pause_is_over() {
        let pause = Pause::default();
        let began = Instant::now();
        assert!(pause.wait().await);
        assert_eq!(began.elapsed(), Duration::ZERO);
        pause.begin(Some(Duration::from_secs(1)));
        pause.begin(None);
        assert!(pause.wait().await);
        assert!((1..3).contains(&began.elapsed().as_secs()));
        pause.end();
        pause.begin(Some(Duration::from_secs(600)));
        assert!(!pause.wait().await, "nobody waits for ten minutes");
        sleep(LONGEST).await;
        assert!(pause.wait().await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_longer_each_time_until_a_request_is_taken() {
        let pause = Pause::default();
        let length = || async {
            pause.begin(None);
            let until = pause.lock().until.unwrap();
            let length = until - Instant::now();
            sleep(length).await;
            length
        };
        let first = length().await;
        assert_eq!(length().await, first * 2);
        assert_eq!(length().await, first * 4);
        for _ in 0..20 {
            assert!(length().await <= LONGEST);
        }
        pause.end();
        assert_eq!(length().await, first);
    }
}
