//! The last known answer to a question that readers ask the database again and again: what an event is, what is
//! left of it. For showing only; nothing here may decide a sale unless its [`Ages`] say that it is fresh.
//!
//! What must hold: each question is asked by one task at a time, to its end, whoever goes away meanwhile. A
//! reader waits for an answer no longer than [`READER_WAIT`]; one who can be shown an old answer waits no longer than
//! [`STALE_WAIT`], and not at all while the database is known not to answer. No answer is shown that is older
//! than the reader's [`Ages`] allow.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::{Db, Error};

/// While the database does not answer, readers are shown what was true at most so long ago.
pub const STALE_MAX: Duration = Duration::from_secs(300);
/// A reader who can be shown nothing waits for an answer at most this long.
pub const READER_WAIT: Duration = Duration::from_secs(5);
/// A reader who can be shown an old answer waits for a newer one at most this long.
const STALE_WAIT: Duration = Duration::from_secs(1);
/// For this long after a failure the database is taken not to answer.
const FAILURE_AGE_MAX: Duration = Duration::from_secs(5);
/// The pause between a failure and the next attempt, if nobody has to wait for it.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// How old an answer may be, since it was given.
#[derive(Debug, Clone, Copy)]
pub struct Ages {
    /// From this age on the question is asked again; who asks is shown the old answer meanwhile.
    pub fresh: Duration,
    /// From this age on a reader waits for the new answer.
    pub usable: Duration,
    /// From this age on it is not shown, whatever happens to the database.
    pub stale: Duration,
}

/// The last answer to one question.
pub struct LastKnown<T> {
    state: Mutex<State<T>>,
    /// Notified, under the lock, when an attempt ends.
    ended: Notify,
}

struct State<T> {
    answer: Option<(T, Instant)>,
    /// When the attempt that is under way began.
    asking_since: Option<Instant>,
    /// Of the last attempt.
    failure: Option<(Arc<Error>, Instant)>,
}

/// What a reader does about an answer.
enum Step<T> {
    Show(T),
    /// Wait, and show this if it was in vain.
    Wait(Option<T>),
}

impl<T> Default for LastKnown<T> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                answer: None,
                asking_since: None,
                failure: None,
            }),
            ended: Notify::new(),
        }
    }
}

impl<T> std::fmt::Debug for LastKnown<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LastKnown").finish_non_exhaustive()
    }
}

impl<T: Clone + Send + 'static> LastKnown<T> {
    /// The answer, as old as `ages` allow; `ask` gets a new one.
    ///
    /// # Errors
    /// Those of `ask`, and [`Error::Unavailable`] if it takes too long.
    pub async fn get<F>(
        self: &Arc<Self>,
        db: &Db,
        ages: impl Fn(&T) -> Ages,
        ask: impl FnOnce() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let looked = Instant::now();
        let (stale, ended) = {
            let mut state = self.lock();
            let (step, may_ask) = state.step(ages);
            if may_ask {
                self.start(&mut state, db, ask());
            }
            match step {
                Step::Show(answer) => return Ok(answer),
                // Made under the lock, so the end of this attempt is not missed.
                Step::Wait(stale) => (stale, self.ended.notified()),
            }
        };
        let wait = if stale.is_some() {
            STALE_WAIT
        } else {
            READER_WAIT
        };
        let is_over = tokio::time::timeout(wait, ended).await.is_ok();
        let state = self.lock();
        match (&state.answer, &state.failure) {
            (Some((answer, at)), _) if *at >= looked => Ok(answer.clone()),
            (_, Some((error, _))) if is_over => stale.ok_or_else(|| Error::shared(error)),
            _ => stale.ok_or_else(|| Error::Unavailable("no answer in time".into())),
        }
    }

    /// The last answer and its age, without asking.
    pub fn peek(&self) -> Option<(T, Duration)> {
        let state = self.lock();
        let (answer, at) = state.answer.as_ref()?;
        Some((answer.clone(), at.elapsed()))
    }

    /// Asks in the background, unless somebody does or the last attempt has just failed.
    pub fn refresh<F>(self: &Arc<Self>, db: &Db, ask: impl FnOnce() -> F)
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let mut state = self.lock();
        if state.may_retry() {
            self.start(&mut state, db, ask());
        }
    }

    /// Keeps an answer that came by another way.
    pub fn learn(&self, answer: T) {
        self.lock().answer = Some((answer, Instant::now()));
    }

    fn start<F>(self: &Arc<Self>, state: &mut State<T>, db: &Db, asked: F)
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        state.asking_since = Some(Instant::now());
        let attempt = Attempt {
            of: self.clone(),
            answer: None,
        };
        db.spawn(async move { attempt.end(asked.await) });
    }
}

impl<T> LastKnown<T> {
    fn end(&self, answer: Result<T, Error>) {
        let mut state = self.lock();
        state.asking_since = None;
        match answer {
            Ok(answer) => {
                state.answer = Some((answer, Instant::now()));
                state.failure = None;
            }
            Err(error) => {
                // A database that does not answer is reported by those who cannot do without.
                if state.failure.is_none() && !matches!(error, Error::Unavailable(_)) {
                    log::warn!("what readers see cannot be read: {error}");
                }
                state.failure = Some((Arc::new(error), Instant::now()));
            }
        }
        self.ended.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> State<T> {
    /// What a reader does, and whether a new attempt begins.
    fn step(&self, ages: impl Fn(&T) -> Ages) -> (Step<T>, bool) {
        let stale = match &self.answer {
            None => None,
            Some((answer, at)) => {
                let (age, ages) = (at.elapsed(), ages(answer));
                if age < ages.usable {
                    let is_due = age >= ages.fresh && self.may_retry();
                    return (Step::Show(answer.clone()), is_due);
                }
                (age < ages.stale).then(|| answer.clone())
            }
        };
        match stale {
            Some(answer) if self.is_failing() => (Step::Show(answer), self.may_retry()),
            stale => (Step::Wait(stale), self.asking_since.is_none()),
        }
    }
}

impl<T> State<T> {
    fn may_retry(&self) -> bool {
        let failed = self.failure.as_ref().map(|(_, at)| at.elapsed());
        self.asking_since.is_none() && failed.is_none_or(|age| age >= RETRY_PAUSE)
    }

    /// Whether waiting for an answer is likely to be in vain.
    fn is_failing(&self) -> bool {
        let failed = self.failure.as_ref().map(|(_, at)| at.elapsed());
        let asking = self.asking_since.map(|at| at.elapsed());
        failed.is_some_and(|age| age < FAILURE_AGE_MAX)
            || asking.is_some_and(|age| age >= STALE_WAIT)
    }
}

/// An attempt under way. It ends when it is dropped, so also if its task panics.
struct Attempt<T> {
    of: Arc<LastKnown<T>>,
    answer: Option<Result<T, Error>>,
}

impl<T> Attempt<T> {
    fn end(mut self, answer: Result<T, Error>) {
        self.answer = Some(answer);
    }
}

impl<T> Drop for Attempt<T> {
    fn drop(&mut self) {
        let broken_off = || Err(Error::Unavailable("the attempt broke off".into()));
        self.of.end(self.answer.take().unwrap_or_else(broken_off));
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::future::{FutureExt, join_all};

    use super::*;

    const FRESH: Ages = ages(Duration::MAX, Duration::MAX, Duration::MAX);
    const USABLE: Ages = ages(Duration::ZERO, Duration::MAX, Duration::MAX);
    const STALE: Ages = ages(Duration::ZERO, Duration::ZERO, Duration::MAX);
    const TOO_OLD: Ages = ages(Duration::ZERO, Duration::ZERO, Duration::ZERO);

    const fn ages(fresh: Duration, usable: Duration, stale: Duration) -> Ages {
        Ages {
            fresh,
            usable,
            stale,
        }
    }

    type Answer = Result<u32, Error>;

    /// It is never connected.
    fn db() -> Db {
        Db::new("postgresql://nobody@127.0.0.1:1/nothing", 1).unwrap()
    }

    fn unavailable() -> Answer {
        Err(Error::Unavailable("away".into()))
    }

    #[tokio::test]
    async fn many_readers_ask_once_and_all_are_told() {
        let (db, known, asked) = (db(), Arc::new(LastKnown::default()), AtomicU32::new(0));
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        let ask = || {
            asked.fetch_add(1, Ordering::SeqCst);
            let gate = gate.clone();
            async move {
                let _ = gate.acquire().await;
                Ok(7)
            }
        };
        let readers = join_all((0..50).map(|_| known.get(&db, |_| FRESH, ask)));
        let mut readers = std::pin::pin!(readers);
        assert!(futures::poll!(readers.as_mut()).is_pending());
        gate.add_permits(1);
        let answers: Vec<Answer> = readers.await;
        assert!(answers.into_iter().all(|answer| matches!(answer, Ok(7))));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_failure_is_told_to_all_who_cannot_be_shown_anything() {
        let (db, known) = (db(), Arc::new(LastKnown::<u32>::default()));
        let defect = || ready(Err(Error::Inconsistent("a defect".into())));
        for answer in join_all((0..5).map(|_| known.get(&db, |_| FRESH, defect))).await {
            assert!(matches!(answer, Err(Error::Shared(_))), "{answer:?}");
        }
        for answer in
            join_all((0..5).map(|_| known.get(&db, |_| FRESH, || ready(unavailable())))).await
        {
            assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
        }
    }

    #[tokio::test]
    async fn an_old_answer_is_shown_if_there_is_no_newer_one_and_only_to_whom_it_is_not_too_old() {
        let (db, known) = (db(), Arc::new(LastKnown::default()));
        known.learn(1);
        let fails = || ready(unavailable());
        assert_eq!(known.get(&db, |_| STALE, fails).await.unwrap(), 1);
        known.get(&db, |_| TOO_OLD, fails).await.unwrap_err();
        // Whoever may not be shown it asks again at once, though it has just failed.
        assert_eq!(
            known.get(&db, |_| TOO_OLD, || ready(Ok(2))).await.unwrap(),
            2
        );
        assert_eq!(known.get(&db, |_| STALE, || ready(Ok(3))).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn nobody_who_can_be_shown_something_waits_after_a_failure() {
        let (db, known) = (db(), Arc::new(LastKnown::default()));
        known.learn(1);
        let fails = || ready(unavailable());
        known.get(&db, |_| STALE, fails).await.unwrap();
        let again = known.get(&db, |_| STALE, pending).now_or_never();
        assert_eq!(again.expect("no wait").unwrap(), 1);
    }

    #[tokio::test]
    async fn only_the_first_readers_wait_for_a_database_that_hangs() {
        let (db, known) = (db(), Arc::new(LastKnown::default()));
        known.learn(1);
        assert_eq!(known.get(&db, |_| STALE, pending).await.unwrap(), 1);
        let again = known.get(&db, |_| STALE, pending).now_or_never();
        assert_eq!(again.expect("no wait").unwrap(), 1);
    }

    #[tokio::test]
    async fn a_usable_answer_is_shown_while_the_next_one_is_asked_for() {
        let (db, known) = (db(), Arc::new(LastKnown::default()));
        known.learn(1);
        let shown = known.get(&db, |_| USABLE, || ready(Ok(2))).now_or_never();
        assert_eq!(shown.expect("no wait").unwrap(), 1);
        while known.peek().unwrap().0 != 2 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn an_attempt_that_panics_leaves_nobody_waiting() {
        let (db, known) = (db(), Arc::new(LastKnown::default()));
        let panics = || async { panic!("a defect") };
        let broken = known.get(&db, |_| FRESH, panics).await;
        assert!(matches!(broken, Err(Error::Unavailable(_))), "{broken:?}");
        assert_eq!(known.get(&db, |_| FRESH, || ready(Ok(1))).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn an_attempt_goes_on_without_those_who_wait_for_it() {
        let (db, known) = (db(), Arc::new(LastKnown::default()));
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        let inside = gate.clone();
        let ask = || async move {
            let _ = inside.acquire().await;
            Ok(1)
        };
        assert!(known.get(&db, |_| FRESH, ask).now_or_never().is_none());
        gate.add_permits(1);
        let next = known.get(&db, |_| FRESH, || ready(Ok(2))).await;
        assert_eq!(next.unwrap(), 1);
    }
}
