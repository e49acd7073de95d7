//! Leases on due work: rows that stand for work outside the database, a charge to query or a webhook to send, are
//! distributed between processes and retried with backoff until they are done.
//!
//! A row is due when its time has come. A process leases it by moving that time to the end of the
//! lease, and then makes one attempt. If the attempt settles the row, its owner's own statement clears
//! or moves the time. If not, the row is due again after a pause that grows with every attempt. If the
//! process dies, the row is due again when the lease ends.
//!
//! What must hold: rows are leased under SKIP LOCKED by the statement that moves their time, so no two
//! processes hold a lease on one row at once; nothing is locked while an attempt runs; a worker runs at
//! most [`AT_ONCE_MAX`] attempts at once, and none of them waits for another. An attempt that outlives
//! its lease may be made by two processes, so attempts must be idempotent.
//!
//! Due rows of all events are found without locks; every other statement is for one event, so that the tables
//! can be distributed by event.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_postgres::Row;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::{Client, Db, Error};
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

/// A table whose rows are work. Its primary key is `id`, or `id` and the event.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
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

impl Table {
    /// $1 how many at most. Takes no locks.
    fn find_due(&self) -> String {
        let Self {
            name,
            event,
            due_at,
            ..
        } = self;
        format!(
            "SELECT {event} AS event_no, id FROM {name} WHERE {due_at} <= now() ORDER BY {due_at} LIMIT $1"
        )
    }

    /// $1 event, $2 ids, $3 seconds. Rows that another transaction has locked are skipped.
    ///
    /// Each row is looked up by its key and updated by its row identifier, so that no plan walks all
    /// rows of the event where statistics are missing. A row that changed since the statement began is
    /// not updated; it is still due, and found by the next round.
    fn lease(&self) -> String {
        let Self {
            name,
            event,
            due_at,
            attempts,
            columns,
            ..
        } = self;
        format!(
            "WITH due AS (
                 SELECT k.row_id FROM unnest($2::uuid[]) AS d (id)
                 CROSS JOIN LATERAL (
                     SELECT t.ctid AS row_id FROM {name} AS t
                     WHERE {event} = $1 AND t.id = d.id AND {due_at} <= now()
                     LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) AS k)
             UPDATE {name} AS t
             SET {attempts} = {attempts} + 1, {due_at} = now() + make_interval(secs => $3)
             FROM due WHERE {event} = $1 AND t.ctid = due.row_id
             RETURNING id, {attempts} AS attempts, {due_at} AS leased_until, {columns}"
        )
    }

    /// $1 event, $2 id, $3 the end of the lease, $4 the pause in seconds, or NULL to give up. The pause
    /// is shortened at random by up to a quarter, so that what failed together is not retried together.
    /// Changes nothing if the row was settled, or leased by another process.
    fn retry_later(&self) -> String {
        let Self {
            name,
            event,
            due_at,
            ..
        } = self;
        format!(
            "UPDATE {name} SET {due_at} = now() + make_interval(secs => $4 * (1 - random() / 4))
             WHERE {event} = $1 AND id = $2 AND {due_at} = $3"
        )
    }
}

/// Whether an attempt has settled its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Its due time was cleared or moved by the attempt.
    Settled,
    /// It is retried after a pause.
    Unsettled,
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
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
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
            slots: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            tasks,
        }
    }

    /// The kind of work.
    pub fn work(&self) -> &W {
        &self.work
    }

    /// One round: leases due rows and starts an attempt for each, without waiting for its end. Waits only
    /// while long attempts take all slots. Safe in any number of processes.
    ///
    /// # Errors
    /// Those of the database: what was not leased stays due.
    pub async fn start_due(&self) -> Result<Vec<JoinHandle<()>>, Error> {
        let mut started = Vec::new();
        for _ in 0..LOOKS_MAX {
            let slots = self.free_slots().await;
            let wanted = slots.len();
            let (found, leases) = self.lease_due(wanted).await?;
            let leased = leases.len();
            // No more rows were leased than there are slots.
            let attempts = leases.into_iter().zip(slots);
            started.extend(attempts.map(|(lease, slot)| self.start(lease, slot)));
            if found < wanted || leased == 0 {
                break;
            }
        }
        Ok(started)
    }

    /// Returns how many due rows were found, and those of them that this process has leased.
    async fn lease_due(&self, wanted: usize) -> Result<(usize, Vec<Lease<W::Item>>), Error> {
        let client = self.db.get().await?;
        let due = find_due(&client, &W::TABLE, wanted).await?;
        let found = due.iter().map(|(_, ids)| ids.len()).sum();
        let mut leases = Vec::with_capacity(found);
        for (event, ids) in due {
            match lease::<W>(&client, event, &ids).await {
                Ok(leased) => leases.extend(leased),
                // On a distributed database the shard of another event may be reachable.
                Err(error) => log::warn!("{} of event {event:?}: {error}", W::TABLE.name),
            }
        }
        Ok((found, leases))
    }

    /// At least one.
    async fn free_slots(&self) -> Vec<OwnedSemaphorePermit> {
        let first = self.slots.clone().acquire_owned().await;
        let more = std::iter::from_fn(|| self.slots.clone().try_acquire_owned().ok());
        // The semaphore is never closed.
        first.into_iter().chain(more).collect()
    }

    fn start(&self, lease: Lease<W::Item>, slot: OwnedSemaphorePermit) -> JoinHandle<()> {
        let (db, work) = (self.db.clone(), self.work.clone());
        self.tasks.spawn(async move {
            let _slot = slot;
            let (table, id) = (W::TABLE.name, lease.id);
            match work.attempt(lease.item).await {
                Ok(Attempt::Settled) => return,
                Ok(Attempt::Unsettled) => {}
                Err(error) => log::warn!("{table} {id}: the attempt failed: {error}"),
            }
            let pause = pause(lease.attempts, W::TABLE.attempts_max);
            let retry = retry_later(&db, &W::TABLE, lease.event, id, lease.until, pause);
            if let Err(error) = retry.await {
                log::warn!("{table} {id} is tried again when its lease ends: {error}");
            }
        })
    }
}

/// The pause after `attempts` attempts: 5, 10, 20, ... seconds, an hour at most. `None` to give up.
fn pause(attempts: i32, attempts_max: Option<i32>) -> Option<Duration> {
    if attempts_max.is_some_and(|max| attempts >= max) {
        return None;
    }
    let doublings = attempts.saturating_sub(1).clamp(0, 16).unsigned_abs();
    Some((PAUSE_MIN * 2_u32.pow(doublings)).min(PAUSE_MAX))
}

/// The ids of due rows, by event.
async fn find_due(
    client: &Client,
    table: &Table,
    at_most: usize,
) -> Result<Vec<(EventNo, Vec<Uuid>)>, Error> {
    let statement = client.prepare_cached(&table.find_due()).await?;
    let rows = client.query(&statement, &[&(at_most as i64)]).await?;
    let mut by_event: Vec<(EventNo, Vec<Uuid>)> = Vec::new();
    for row in rows {
        let (event, id) = (row.get("event_no"), row.get("id"));
        match by_event.iter_mut().find(|(known, _)| *known == event) {
            Some((_, ids)) => ids.push(id),
            None => by_event.push((event, vec![id])),
        }
    }
    Ok(by_event)
}

async fn lease<W: Work>(
    client: &Client,
    event: EventNo,
    ids: &[Uuid],
) -> Result<Vec<Lease<W::Item>>, Error> {
    let statement = client.prepare_cached(&W::TABLE.lease()).await?;
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

async fn retry_later(
    db: &Db,
    table: &Table,
    event: EventNo,
    id: Uuid,
    leased_until: Timestamp,
    pause: Option<Duration>,
) -> Result<(), Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(&table.retry_later()).await?;
    let seconds = pause.map(|pause| pause.as_secs_f64());
    client
        .execute(&statement, &[&event, &id, &leased_until, &seconds])
        .await?;
    Ok(())
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
