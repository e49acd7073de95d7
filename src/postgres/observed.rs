//! What PostgreSQL says of itself: its write-ahead log, and its oldest transaction.
//!
//! What must hold: it is asked by a background task alone, never by a scrape; its statements read views of the
//! server's memory, and their cost does not grow with what is sold. On a Citus cluster that is the coordinator.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::{Db, Error};
use crate::metrics::Sheet;

/// Other sessions' transactions are seen by members of `pg_read_all_stats` alone; one's own always.
const SERVER: &str = "
    SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS wal_written,
           (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn))::float8
            FROM pg_replication_slots) AS wal_kept,
           greatest(
               (SELECT extract(epoch FROM clock_timestamp() - min(xact_start))::float8
                FROM pg_stat_activity
                WHERE datname = current_database() AND backend_type = 'client backend'
                  AND pid <> pg_backend_pid()),
               (SELECT extract(epoch FROM clock_timestamp() - min(prepared))::float8
                FROM pg_prepared_xacts
                WHERE database = current_database()),
               0) AS oldest_transaction,
           (SELECT count(*)::float8 FROM pg_stat_activity WHERE backend_type = 'client backend') AS sessions,
           current_setting('max_connections')::float8 AS sessions_max,
           has_function_privilege('pg_ls_waldir()', 'execute') AS may_list_wal";

/// Lists a directory: as many files as the log has segments.
const WAL_SIZE: &str = "SELECT coalesce(sum(size), 0)::float8 FROM pg_ls_waldir()";

/// What was last seen.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Instant,
    wal_written: f64,
    /// What replication slots keep of the log; `None` if there are none.
    wal_kept: Option<f64>,
    /// What the log takes of the disk; `None` if this user may not know.
    wal_size: Option<f64>,
    oldest_transaction: f64,
    sessions: f64,
    sessions_max: f64,
}

/// What PostgreSQL has last said of itself.
#[derive(Debug, Default)]
pub struct Observed(Mutex<Option<Seen>>);

impl Observed {
    /// Asks it.
    ///
    /// # Errors
    /// Those of the database; what was seen before is kept.
    pub async fn look(&self, db: &Db) -> Result<(), Error> {
        let mut client = db.get().await?;
        // In a transaction, so that its statements end in the server too.
        let transaction = client.transaction().await?;
        let row = transaction.query_one(SERVER, &[]).await?;
        let wal_size = match row.get("may_list_wal") {
            true => Some(transaction.query_one(WAL_SIZE, &[]).await?.get(0)),
            false => None,
        };
        transaction.rollback().await?;
        *self.seen() = Some(Seen {
            at: Instant::now(),
            wal_written: row.get("wal_written"),
            wal_kept: row.get("wal_kept"),
            wal_size,
            oldest_transaction: row.get("oldest_transaction"),
            sessions: row.get("sessions"),
            sessions_max: row.get("sessions_max"),
        });
        Ok(())
    }

    /// Tells it, with its age; nothing before the first look.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn tell(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let Some(seen) = *self.seen() else {
            return Ok(());
        };
        let age = seen.at.elapsed().as_secs_f64();
        sheet.gauge(
            "postgres_age_seconds",
            "Age of what PostgreSQL said of itself",
            age,
        )?;
        let written = seen.wal_written as u64;
        sheet.counter(
            "postgres_wal_bytes",
            "WAL that PostgreSQL has written",
            written,
        )?;
        if let Some(size) = seen.wal_size {
            sheet.gauge(
                "postgres_wal_size_bytes",
                "What the WAL takes of the disk",
                size,
            )?;
        }
        if let Some(kept) = seen.wal_kept {
            let help = "WAL that replication slots keep, at most";
            sheet.gauge("postgres_wal_kept_bytes", help, kept)?;
        }
        sheet.gauge(
            "postgres_oldest_transaction_seconds",
            "Age of the oldest open transaction of this database",
            seen.oldest_transaction,
        )?;
        sheet.gauge("postgres_sessions", "Sessions of PostgreSQL", seen.sessions)?;
        sheet.gauge(
            "postgres_sessions_max",
            "Sessions at most",
            seen.sessions_max,
        )
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
