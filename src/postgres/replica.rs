//! A streaming replica of the database: how old what it says is, and whether it may be read.
//!
//! The primary is asked once a second how far its log is on disk: a [`Mark`]. A replica that has replayed up to a mark
//! has all that was committed when the primary was asked, so all that this process could know then.
//!
//! The replica itself knows the time of the last commit that it has replayed, and whether it has replayed all that it
//! has received. The first says nothing while the primary commits nothing, the second says nothing of what it has not
//! received. So what it says is of now if it has replayed all that it has received and has reached the newest mark;
//! otherwise it is of the last commit that it has replayed, or of the last mark that it has reached, whichever is later.
//! <https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-INFO-TABLE>
//!
//! What must hold: times are the primary's; nothing is read from what is not a standby of the same database. What
//! cannot be known: what the primary has committed since the newest mark and not sent, a second's worth. While the
//! primary does not answer there are no new marks, and a replica that no longer receives anything is taken to have
//! everything.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use postgres_types::PgLsn;
use tokio::time::timeout;
use tokio_postgres::Row;

use super::{Client, Db, Error};
use crate::types::Timestamp;

/// Whatever is asked of the replica, the primary is asked instead after so long: less than half of what a reader
/// waits at most ([`READER_WAIT`](super::last_known::READER_WAIT)).
pub(super) const REPLICA_WAIT: Duration = Duration::from_secs(2);
/// A mark is waited for this long.
const MARK_WAIT: Duration = Duration::from_secs(1);
/// Marks are kept for so much longer than the replica may be behind.
const MARKS_SPARE: Duration = Duration::from_secs(3);

const MARK: &str = "
    SELECT now() AS at, pg_current_wal_flush_lsn() AS position, s.system_identifier, d.oid AS database
    FROM pg_control_system() AS s, pg_database AS d WHERE d.datname = current_database()";
const STATUS: &str = "
    SELECT pg_is_in_recovery() AS is_standby, pg_last_wal_replay_lsn() AS position,
           coalesce(pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn(), true) AS has_all_it_received,
           pg_last_xact_replay_timestamp() AS last_commit, s.system_identifier, d.oid AS database
    FROM pg_control_system() AS s, pg_database AS d WHERE d.datname = current_database()";

/// Why the replica is not read. Completes a sentence that begins with "the replica".
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It does not answer as it should.
    #[error("cannot be read: {0}")]
    Away(#[from] Error),
    /// What it says is too old.
    #[error("is {lag:.1?} behind, and may be {lag_max:?} (--replica-lag-seconds)")]
    Behind {
        /// By so much.
        lag: Duration,
        /// What is allowed.
        lag_max: Duration,
    },
    /// It has replayed nothing yet, and reached no mark.
    #[error("does not say how far it has come")]
    Unknown,
    /// It is a primary.
    #[error("takes writes itself: it is not a standby of the database")]
    NotAStandby,
    /// It is a standby of something else.
    #[error("is a standby of another cluster, or another database of the same one")]
    OtherDatabase,
}

impl Unfit {
    /// Whether it is not the operator's replica at all.
    pub fn is_mistake(&self) -> bool {
        matches!(self, Self::NotAStandby | Self::OtherDatabase)
    }
}

/// A moment by this process's monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(u64);

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Moment {
    /// Never 0.
    pub(super) fn now() -> Self {
        Self(START.elapsed().as_nanos() as u64 + 1)
    }
}

/// When this process last learned something of an event from elsewhere than the replica. A replica may be read only if
/// it has all that was committed by then: reading it undoes nothing that is known.
#[derive(Debug, Default)]
pub struct Floor(AtomicU64);

impl Floor {
    /// Something is known from now on. To be called before it is recorded, so that whoever sees the record sees this.
    pub fn raise(&self) {
        self.0.fetch_max(Moment::now().0, Ordering::AcqRel);
    }

    pub(super) fn moment(&self) -> Option<Moment> {
        let moment = self.0.load(Ordering::Acquire);
        (moment > 0).then_some(Moment(moment))
    }
}

/// Which database of which cluster, whatever it is called; the same of a primary and its standbys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    system: i64,
    database: u32,
}

impl Identity {
    fn of(row: &Row) -> Self {
        Self {
            system: row.get("system_identifier"),
            database: row.get("database"),
        }
    }
}

/// How far the primary's log was on disk.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// When it was asked for: what was committed by then is before it.
    asked: Moment,
    answered: Instant,
    /// By the primary's clock, between the two.
    at: Timestamp,
    position: PgLsn,
}

/// What a replica says of itself.
#[derive(Debug, Clone, Copy)]
struct Status {
    position: PgLsn,
    has_all_it_received: bool,
    last_commit: Option<Timestamp>,
}

/// How old what a replica says is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Freshness {
    /// By the primary's clock.
    pub(super) as_of: Timestamp,
    lag: Duration,
    /// It has all that was committed then.
    pub(super) has_all_of: Option<Moment>,
}

/// The last marks, the newest last.
#[derive(Debug, Default)]
struct Marks(VecDeque<Mark>);

impl Marks {
    /// Forgets those that were asked for before `since`, except the newest.
    fn add(&mut self, mark: Mark, since: Moment) {
        self.0.retain(|mark| mark.asked >= since);
        self.0.push_back(mark);
    }

    /// The primary's time; `None` if it was never asked.
    fn now(&self) -> Option<Timestamp> {
        let newest = self.0.back()?;
        // As exact as PostgreSQL's times.
        let since_us = newest.answered.elapsed().as_micros() as u64;
        Some(newest.at + Duration::from_micros(since_us))
    }

    /// How old what a replica says is that had this status at `now`; `None` if that is not known.
    fn judge(&self, status: &Status, now: Timestamp) -> Option<Freshness> {
        let reaches = |mark: &&Mark| mark.position <= status.position;
        let reached = self.0.iter().rev().find(reaches);
        let has_newest = self.0.back().is_some_and(|newest| reaches(&newest));
        let as_of = match status.has_all_it_received && has_newest {
            true => now,
            false => status.last_commit.max(reached.map(|mark| mark.at))?,
        };
        Some(Freshness {
            as_of,
            lag: (now - as_of).to_std().unwrap_or_default(),
            has_all_of: reached.map(|mark| mark.asked),
        })
    }
}

/// A replica, and what is known of it.
pub(super) struct Replica {
    pub(super) db: Db,
    lag_max: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    primary: Option<Identity>,
    marks: Marks,
    /// Whether it may be read; `None` until it was looked at.
    is_used: Option<bool>,
    /// When it was last looked at, if it answered.
    lag: Option<Duration>,
}

impl Replica {
    /// It is not read until it was looked at.
    pub(super) fn new(db: Db, lag_max: Duration) -> Self {
        Self {
            db,
            lag_max,
            state: Mutex::default(),
        }
    }

    pub(super) fn is_used(&self) -> bool {
        self.lock().is_used == Some(true)
    }

    pub(super) fn lag(&self) -> Option<Duration> {
        self.lock().lag
    }

    /// Looks whether it may be read from now on. If the primary does not answer, as far as the replica knows.
    pub(super) async fn look(&self, primary: &Db) -> Result<(), Unfit> {
        timeout(MARK_WAIT, self.mark(primary)).await.ok();
        let looked = async { self.freshness(&self.db.get().await?).await };
        let looked = timeout(REPLICA_WAIT, looked).await;
        self.conclude(looked.unwrap_or_else(|_| Err(no_answer())))
    }

    async fn mark(&self, primary: &Db) -> Result<(), Error> {
        let asked = Moment::now();
        let client = primary.get().await?;
        let statement = client.prepare_cached(MARK).await?;
        let row = client.query_one(&statement, &[]).await?;
        let mark = Mark {
            asked,
            answered: Instant::now(),
            at: row.get("at"),
            position: row.get("position"),
        };
        let kept = (self.lag_max + MARKS_SPARE).as_nanos() as u64;
        let mut state = self.lock();
        state.primary = Some(Identity::of(&row));
        state.marks.add(mark, Moment(asked.0.saturating_sub(kept)));
        Ok(())
    }

    /// How old what is read by this connection from now on is, at most.
    pub(super) async fn freshness(&self, client: &Client) -> Result<Freshness, Unfit> {
        let now = self.lock().marks.now().ok_or(Unfit::Unknown)?;
        let statement = client.prepare_cached(STATUS).await?;
        let row = client.query_one(&statement, &[]).await?;
        if !row.get::<_, bool>("is_standby") {
            return Err(Unfit::NotAStandby);
        }
        let status = Status {
            position: row.get::<_, Option<_>>("position").ok_or(Unfit::Unknown)?,
            has_all_it_received: row.get("has_all_it_received"),
            last_commit: row.get("last_commit"),
        };
        let state = self.lock();
        if state.primary != Some(Identity::of(&row)) {
            return Err(Unfit::OtherDatabase);
        }
        let judged = state.marks.judge(&status, now);
        let freshness = judged.ok_or(Unfit::Unknown)?;
        let (lag, lag_max) = (freshness.lag, self.lag_max);
        if lag > lag_max {
            return Err(Unfit::Behind { lag, lag_max });
        }
        Ok(freshness)
    }

    /// Uses it, or not until the next look; says so if that is new.
    pub(super) fn conclude(&self, looked: Result<Freshness, Unfit>) -> Result<(), Unfit> {
        let mut state = self.lock();
        let was_used = state.is_used.replace(looked.is_ok());
        state.lag = match &looked {
            Ok(Freshness { lag, .. }) | Err(Unfit::Behind { lag, .. }) => Some(*lag),
            Err(_) => None,
        };
        drop(state);
        match looked {
            Ok(_) if was_used != Some(true) => log::info!("readers read from the replica"),
            Err(unfit) if was_used != Some(false) => {
                log::warn!("the replica {unfit}: readers read from the primary");
                return Err(unfit);
            }
            looked => return looked.map(|_| ()),
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It has not answered within [`REPLICA_WAIT`].
pub(super) fn no_answer() -> Unfit {
    let reason = format!("no answer within {} ms", REPLICA_WAIT.as_millis());
    Unfit::Away(Error::Unavailable(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mark for each position; they were asked for, and answered, that many seconds after the epoch.
    fn marks(positions: &[u64]) -> Marks {
        let mut marks = Marks::default();
        for &position in positions {
            let mark = Mark {
                asked: Moment(position),
                answered: Instant::now(),
                at: time(position),
                position: position.into(),
            };
            marks.add(mark, Moment(0));
        }
        marks
    }

    fn time(seconds: u64) -> Timestamp {
        Timestamp::default() + Duration::from_secs(seconds)
    }

    /// When it is of, how many seconds ago that was, and the mark that it has reached. It is the second 100.
    fn judge(marks: &Marks, status: Status) -> Option<(Timestamp, u64, Option<Moment>)> {
        let judged = marks.judge(&status, time(100))?;
        Some((judged.as_of, judged.lag.as_secs(), judged.has_all_of))
    }

    fn status(position: u64, has_all_it_received: bool, last_commit: Option<u64>) -> Status {
        Status {
            position: position.into(),
            has_all_it_received,
            last_commit: last_commit.map(time),
        }
    }

    #[test]
    fn a_primary_that_commits_nothing_makes_no_lag() {
        let idle = status(99, true, Some(3));
        let newest = Some(Moment(99));
        assert_eq!(judge(&marks(&[98, 99]), idle), Some((time(100), 0, newest)));
    }

    #[test]
    fn what_is_received_and_not_replayed_is_lag_since_the_last_commit_or_mark() {
        let marks = marks(&[90, 95, 99]);
        let reached = Some(Moment(95));
        for (last_commit, as_of) in [(Some(97), 97), (Some(3), 95), (None, 95)] {
            let judged = judge(&marks, status(96, false, last_commit));
            assert_eq!(judged, Some((time(as_of), 100 - as_of, reached)));
        }
    }

    #[test]
    fn a_replica_that_receives_nothing_any_more_is_not_taken_to_have_all() {
        let marks = marks(&[90, 95, 99]);
        let broken_off = judge(&marks, status(91, true, Some(89)));
        assert_eq!(broken_off, Some((time(90), 10, Some(Moment(90)))));
        // Unless it has reached all that is known of the primary.
        let judged = judge(&marks, status(99, true, Some(89)));
        assert_eq!(judged, Some((time(100), 0, Some(Moment(99)))));
    }

    #[test]
    fn of_a_replica_that_has_reached_nothing_that_is_known_only_its_last_commit_is() {
        let marks = marks(&[90]);
        assert_eq!(judge(&marks, status(80, true, None)), None);
        let judged = judge(&marks, status(80, true, Some(70)));
        assert_eq!(judged, Some((time(70), 30, None)));
    }

    #[test]
    fn old_marks_are_forgotten_and_the_newest_never() {
        let mut marks = marks(&[1, 2, 3]);
        let newest = marks.0[2];
        marks.add(newest, Moment(3));
        assert_eq!(marks.0.len(), 2);
        marks.add(newest, Moment(50));
        assert_eq!(marks.0.len(), 1);
    }
}
