//! Retention: rows that are of no more use after a while are deleted, so that their tables do not grow for ever.
//!
//! What must hold: rows are found without locks, and deleted in small batches of one event each; a row that another
//! transaction has locked is left for the next round, so any number of processes may do this at once. How old is
//! old enough, and for which rows, is for the table's owner to say.

use std::collections::BTreeMap;
use std::time::Duration;

use uuid::Uuid;

use super::lease::NO_EVENT;
use super::{Db, Error};
use crate::types::EventNo;

/// Rows of one batch at most: a few milliseconds of work.
const BATCH_ROWS: i64 = 500;
/// Batches of one round at most. What is left is found by the next round.
const BATCHES_MAX: usize = 20;

/// Rows of a table that are deleted when they are old. Its primary key is `id`, or `id` and the event.
#[derive(Debug, Clone, Copy)]
pub struct Aged {
    /// The table.
    pub table: &'static str,
    /// The column that holds the event, or [`NO_EVENT`].
    pub event: &'static str,
    /// From when on a row ages: a column, or an expression. Indexed, unless the table is small.
    pub since: &'static str,
    /// The rows that may be deleted at all.
    pub condition: &'static str,
}

impl Aged {
    /// All rows of a table that belongs to no event.
    pub const fn without_event(table: &'static str, since: &'static str) -> Self {
        Self {
            table,
            event: NO_EVENT,
            since,
            condition: "true",
        }
    }

    /// $1 seconds, $2 how many at most. Takes no locks.
    fn find(&self) -> String {
        let Self {
            table,
            event,
            since,
            condition,
        } = self;
        format!(
            "SELECT {event} AS event_no, id FROM {table}
             WHERE {condition} AND {since} < now() - make_interval(secs => $1)
             ORDER BY {since} LIMIT $2"
        )
    }

    /// $1 event, $2 ids. Each row is looked up by its key and deleted by its row identifier, as in `lease`.
    fn delete(&self) -> String {
        let Self {
            table,
            event,
            condition,
            ..
        } = self;
        format!(
            "WITH old AS (
                 SELECT k.row_id FROM unnest($2::uuid[]) AS d (id)
                 CROSS JOIN LATERAL (
                     SELECT t.ctid AS row_id FROM {table} AS t
                     WHERE {event} = $1 AND t.id = d.id AND {condition}
                     LIMIT 1 FOR UPDATE SKIP LOCKED) AS k)
             DELETE FROM {table} AS t USING old WHERE {event} = $1 AND t.ctid = old.row_id"
        )
    }
}

/// Deletes rows older than this, a bounded number of them, and returns how many. Safe in any number of processes.
///
/// # Errors
/// Those of the database: what was deleted before stays deleted.
pub async fn purge(db: &Db, rows: &Aged, older_than: Duration) -> Result<usize, Error> {
    let mut purged = 0;
    for _ in 0..BATCHES_MAX {
        let client = db.get().await?;
        let find = client.prepare_cached(&rows.find()).await?;
        let found = client
            .query(&find, &[&older_than.as_secs_f64(), &BATCH_ROWS])
            .await?;
        let delete = client.prepare_cached(&rows.delete()).await?;
        let mut by_event: BTreeMap<EventNo, Vec<Uuid>> = BTreeMap::new();
        for row in &found {
            let ids = by_event.entry(row.get("event_no")).or_default();
            ids.push(row.get("id"));
        }
        for (event, ids) in by_event {
            purged += client.execute(&delete, &[&event, &ids]).await? as usize;
        }
        if found.len() < BATCH_ROWS as usize {
            break;
        }
    }
    Ok(purged)
}
