//! Leases on due work: rows that stand for work outside the database, a charge to query or a webhook to send, are
//! distributed between processes and retried with backoff until they are done.
//!
//! A row is due when its time has come. A process leases it by moving that time to the end of the
//! lease, and then makes one attempt. If the attempt settles the row, its owner's own statement clears
//! or moves the time. If not, the row is due again after a pause that grows with every attempt, or at a time that the
//! attempt has named, if that is earlier. If the process dies, the row is due again when the lease ends.
//!
//! What must hold: rows are leased under SKIP LOCKED by the statement that moves their time, so no two
//! processes hold a lease on one row at once; nothing is locked while an attempt runs; a worker runs at
//! most [`AT_ONCE_MAX`] attempts at once, and none of them waits for another. An attempt that outlives
//! its lease may be made by two processes, so attempts must be idempotent.
//!
//! Due rows of all events are found without locks; every other statement is for one event, so that the tables
//! can be distributed by event.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_postgres::Row;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::{Client, Db, Error, Params};
use crate::types::{EventNo, Timestamp};

/// Attempts that one worker makes at once.
pub const AT_ONCE_MAX: usize = 16;
/// Queries for due rows in one round at most. What is left is found by the next round.
const LOOKS_MAX: usize = 100;
/// The pause after the first attempt.
const PAUSE_MIN: Duration = Duration::from_secs(5);
/// The longest pause between two attempts.
const PAUSE_MAX: Duration = Duration::from_secs(3600);

/// The event column of a table that belongs to no event.
pub const NO_EVENT: &str = "0::bigint";
/// The condition of a table whose rows are all of one kind.
pub const ALL_ROWS: &str = "true";

/// A table whose rows are work. Its primary key is `id`, or `id` and the event.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Which of its rows are this kind of work: a condition. [`ALL_ROWS`] if they are of one kind.
    pub only: &'static str,
    /// The column that holds the event, or [`NO_EVENT`].
    pub event: &'static str,
    /// The column that holds when the row is due; NULL when there is nothing to do. Indexed.
    pub due_at: &'static str,
    /// The column that counts the attempts.
    pub attempts: &'static str,
    /// The columns that an attempt needs.
    pub columns: &'static str,
    /// Attempts after which the row is given up; `None` for work that must be done.
    pub attempts_max: Option<i32>,
    /// Longer than an attempt takes.
    pub lease: Duration,
}

/// The statements on one table.
#[derive(Debug)]
struct Statements {
    /// $1 how many at most, $2 and $3 due time and id of the row after which to look. Takes no locks.
    find_due: String,
    /// $1 event, $2 ids, $3 seconds. Rows that another transaction has locked are skipped.
    ///
    /// Each row is looked up by its key and updated by its row identifier, so that no plan walks all
    /// rows of the event where statistics are missing. A row that changed since the statement began is
    /// not updated; it is still due, and found by the next round.
    lease: String,
    /// $1 event, $2 id, $3 the end of the lease, $4 the pause in seconds, or NULL to give up. Changes nothing if the row was settled, or leased by another process.
    retry_later: String,
}

impl Statements {
    fn on(table: &Table) -> Self {
        let Table {
            name,
            only,
            event,
            due_at,
            attempts,
            columns,
            ..
        } = table;
        Self {
            find_due: format!(
                "SELECT {event} AS event_no, id, {due_at} AS due_at FROM {name}
                 WHERE {only} AND {due_at} <= now() AND ({due_at}, id) > ($2, $3)
                 ORDER BY {due_at}, id LIMIT $1"
            ),
            lease: format!(
                "WITH due AS (
                     SELECT k.row_id FROM unnest($2::uuid[]) AS d (id)
                     CROSS JOIN LATERAL (
                         SELECT t.ctid AS row_id FROM {name} AS t
                         WHERE {event} = $1 AND t.id = d.id AND {only} AND {due_at} <= now()
                         LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) AS k)
                 UPDATE {name} AS t
                 SET {attempts} = {attempts} + 1, {due_at} = now() + make_interval(secs => $3)
                 FROM due WHERE {event} = $1 AND t.ctid = due.row_id
                 RETURNING id, {attempts} AS attempts, {due_at} AS leased_until, {columns}"
            ),
            retry_later: format!(
                "UPDATE {name} SET {due_at} = now() + make_interval(secs => $4)
                 WHERE {event} = $1 AND id = $2 AND {due_at} = $3"
            ),
        }
    }

    async fn retry_later(
        &self,
        db: &Db,
        event: EventNo,
        id: Uuid,
        leased_until: Timestamp,
        pause: Option<Duration>,
    ) -> Result<(), Error> {
        let client = db.get().await?;
        let statement = client.prepare_cached(&self.retry_later).await?;
        let seconds = pause.map(|pause| pause.as_secs_f64());
        let params: Params = &[&event, &id, &leased_until, &seconds];
        client.execute(&statement, params).await?;
        Ok(())
    }
}

/// Whether an attempt has settled its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Its due time was cleared or moved by the attempt.
    Settled,
    /// It is retried after a pause.
    Unsettled,
    /// It is retried after a pause, but at this time at the latest; or after the shortest pause, if that is later.
    UnsettledUntil(Timestamp),
}

/// A kind of work that is stored in a table.
pub trait Work: Send + Sync + 'static {
    /// What an attempt needs to know.
    type Item: Send + 'static;

    /// The table.
    const TABLE: Table;

    /// Reads an item from a row of this event with `id` and [`Table::columns`].
    fn read(event: EventNo, row: &Row) -> Self::Item;

    /// Makes one attempt. Must be idempotent.
    ///
    /// # Errors
    /// Those of the database; the item stays due.
    fn attempt(&self, item: Self::Item) -> impl Future<Output = Result<Attempt, Error>> + Send;
}

/// Makes the attempts that are due.
#[derive(Debug)]
pub struct Worker<W> {
    db: Db,
    work: Arc<W>,
    statements: Arc<Statements>,
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
}

/// A row that is due.
struct Due {
    event: EventNo,
    id: Uuid,
    at: Timestamp,
}

/// A row that this process has leased.
struct Lease<T> {
    event: EventNo,
    id: Uuid,
    attempts: i32,
    until: Timestamp,
    item: T,
}

impl<W: Work> Worker<W> {
    /// Attempts are tasks of this tracker.
    pub fn new(db: Db, work: W, tasks: TaskTracker) -> Self {
        Self {
            db,
            work: Arc::new(work),
            statements: Arc::new(Statements::on(&W::TABLE)),
            slots: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            tasks,
        }
    }

    /// The kind of work.
    pub fn work(&self) -> &W {
        &self.work
    }

    /// One round: leases due rows and starts an attempt for each, without waiting for its end. Waits only
    /// while long attempts take all slots. Rows that cannot be leased keep no others waiting. Safe in any
    /// number of processes.
    ///
    /// # Errors
    /// Those of the database: what was not leased stays due.
    pub async fn start_due(&self) -> Result<Vec<JoinHandle<()>>, Error> {
        let mut started = Vec::new();
        let mut after = (Timestamp::default(), Uuid::nil());
        for _ in 0..LOOKS_MAX {
            let slots = self.free_slots().await;
            let wanted = slots.len();
            let client = self.db.get().await?;
            let due = self.find_due(&client, after, wanted).await?;
            let found = due.len();
            if let Some(last) = due.last() {
                after = (last.at, last.id);
            }
            let leases = self.lease_all(&client, due).await;
            drop(client);
            // No more rows were leased than there are slots.
            let attempts = leases.into_iter().zip(slots);
            started.extend(attempts.map(|(lease, slot)| self.start(lease, slot)));
            if found < wanted {
                break;
            }
        }
        Ok(started)
    }

    async fn find_due(
        &self,
        client: &Client,
        after: (Timestamp, Uuid),
        at_most: usize,
    ) -> Result<Vec<Due>, Error> {
        let statement = client.prepare_cached(&self.statements.find_due).await?;
        let params: Params = &[&(at_most as i64), &after.0, &after.1];
        let rows = client.query(&statement, params).await?;
        let due = rows.iter().map(|row| Due {
            event: row.get("event_no"),
            id: row.get("id"),
            at: row.get("due_at"),
        });
        Ok(due.collect())
    }

    /// Leases those of the rows that no other process has leased or locked.
    async fn lease_all(&self, client: &Client, due: Vec<Due>) -> Vec<Lease<W::Item>> {
        let mut by_event: BTreeMap<EventNo, Vec<Uuid>> = BTreeMap::new();
        for Due { event, id, .. } in due {
            by_event.entry(event).or_default().push(id);
        }
        let mut leases = Vec::new();
        for (event, ids) in by_event {
            match self.lease(client, event, &ids).await {
                Ok(leased) => leases.extend(leased),
                // The rows of other events may be leased all the same.
                Err(error) => log::warn!("{} of event {event:?}: {error}", W::TABLE.name),
            }
        }
        leases
    }

    async fn lease(
        &self,
        client: &Client,
        event: EventNo,
        ids: &[Uuid],
    ) -> Result<Vec<Lease<W::Item>>, Error> {
        let statement = client.prepare_cached(&self.statements.lease).await?;
        let seconds = W::TABLE.lease.as_secs_f64();
        let rows = client.query(&statement, &[&event, &ids, &seconds]).await?;
        let leases = rows.iter().map(|row| Lease {
            event,
            id: row.get("id"),
            attempts: row.get("attempts"),
            until: row.get("leased_until"),
            item: W::read(event, row),
        });
        Ok(leases.collect())
    }

    /// At least one.
    async fn free_slots(&self) -> Vec<OwnedSemaphorePermit> {
        let first = self.slots.clone().acquire_owned().await;
        let more = std::iter::from_fn(|| self.slots.clone().try_acquire_owned().ok());
        // The semaphore is never closed.
        first.into_iter().chain(more).collect()
    }

    fn start(&self, lease: Lease<W::Item>, slot: OwnedSemaphorePermit) -> JoinHandle<()> {
        let (db, work, statements) = (self.db.clone(), self.work.clone(), self.statements.clone());
        self.tasks.spawn(async move {
            let _slot = slot;
            let (table, id) = (W::TABLE.name, lease.id);
            let mut longest = Duration::MAX;
            match work.attempt(lease.item).await {
                Ok(Attempt::Settled) => return,
                Ok(Attempt::Unsettled) => {}
                Ok(Attempt::UnsettledUntil(latest)) => {
                    let left = (latest - db.now()).to_std().unwrap_or_default();
                    longest = left.max(PAUSE_MIN);
                }
                Err(error) => log::warn!("{table} {id}: the attempt failed: {error}"),
            }
            let pause = pause(lease.attempts, W::TABLE.attempts_max);
            let pause = pause.map(|pause| pause.mul_f64(jitter()).min(longest));
            let retry = statements.retry_later(&db, lease.event, id, lease.until, pause);
            if let Err(error) = retry.await {
                log::warn!("{table} {id} is tried again when its lease ends: {error}");
            }
        })
    }
}

/// Shortens a pause by up to a quarter, so that what failed together is not retried together.
fn jitter() -> f64 {
    1.0 - rand::random::<f64>() / 4.0
}

/// The pause after `attempts` attempts: 5, 10, 20, ... seconds, an hour at most. `None` to give up.
fn pause(attempts: i32, attempts_max: Option<i32>) -> Option<Duration> {
    if attempts_max.is_some_and(|max| attempts >= max) {
        return None;
    }
    Some(backoff(attempts, PAUSE_MIN, PAUSE_MAX))
}

/// The pause after `failures` attempts that failed: `shortest` after the first, then twice as long each time,
/// `longest` at most.
pub fn backoff(failures: i32, shortest: Duration, longest: Duration) -> Duration {
    let doublings = failures.saturating_sub(1).clamp(0, 16).unsigned_abs();
    (shortest * 2_u32.pow(doublings)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_five_seconds_to_an_hour() {
        let seconds: Vec<u64> = (1..=12)
            .map(|attempts| pause(attempts, None).unwrap().as_secs())
            .collect();
        assert_eq!(
            seconds,
            [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
        );
        assert_eq!(pause(i32::MAX, None), Some(PAUSE_MAX));
    }

    #[test]
    fn the_last_attempt_has_no_pause_after_it() {
        assert!(pause(79, Some(80)).is_some());
        assert_eq!(pause(80, Some(80)), None);
    }
}
