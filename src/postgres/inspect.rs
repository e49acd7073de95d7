//! What an operator wants to know of a database as a whole: its rows, its settings. Nothing here is part of a sale.
//!
//! What must hold: nothing is changed but statistics; what is timed writes to the log and to no table.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{Db, Error};
use crate::types::{Timestamp, clock};

/// A statement that counts the rows of every table, made by the database of its own names.
const COUNT_ROWS: &str =
    "SELECT string_agg(format('SELECT %L, count(*) FROM %I', relname, relname), ' UNION ALL ')
     FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')";

/// What a database says of itself.
const FACTS: &str = "SELECT
        current_setting('server_version_num')::int AS version,
        current_setting('fsync') AS fsync,
        current_setting('full_page_writes') AS full_page_writes,
        current_setting('synchronous_commit') AS synchronous_commit,
        current_setting('synchronous_standby_names') AS synchronous_standbys,
        current_setting('data_checksums') AS checksums,
        current_setting('autovacuum') AS autovacuum,
        current_setting('track_counts') AS track_counts,
        current_setting('default_transaction_isolation') AS isolation,
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true)::int, 0) AS connections,
        (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS role_connections,
        (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database_connections,
        (SELECT setting::bigint FROM pg_settings WHERE name = 'max_wal_size') AS max_wal_mb,
        pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS is_read_only,
        (SELECT max(age(datfrozenxid))::bigint FROM pg_database) AS transaction_age,
        (SELECT extract(epoch FROM max(now() - xact_start))::float8 FROM pg_stat_activity
            WHERE state <> 'idle' AND backend_type = 'client backend') AS transaction_seconds,
        inet_server_addr() IS NOT NULL AND NOT inet_server_addr() <<= ANY ('{127.0.0.0/8,::1/128}'::inet[])
            AS is_remote,
        coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS is_encrypted,
        clock_timestamp() AS now";
/// A record in the log that every commit waits for, and that nothing reads.
const FLUSH: &str = "SELECT pg_logical_emit_message(true, 'boxoffice doctor', '')";

/// What a database says of itself, for an operator.
#[derive(Debug, Clone)]
pub struct Facts {
    /// `server_version_num`: 150004.
    pub version: i32,
    /// Whether a commit reaches the disk.
    pub fsync: String,
    /// Whether pages survive a crash in the middle of a write.
    pub full_page_writes: String,
    /// What a commit waits for.
    pub synchronous_commit: String,
    /// The standbys that a commit waits for, if there are any.
    pub synchronous_standbys: String,
    /// Whether damaged pages are noticed.
    pub checksums: String,
    /// Whether tables are vacuumed.
    pub autovacuum: String,
    /// What autovacuum needs.
    pub track_counts: String,
    /// Of transactions that do not say.
    pub isolation: String,
    /// How many this user may have; the least of all limits.
    pub connections: i32,
    /// How much log there is between checkpoints.
    pub max_wal_mb: i64,
    /// Whether nothing can be sold here.
    pub is_read_only: bool,
    /// Transactions since the oldest that is not frozen.
    pub transaction_age: i64,
    /// Seconds for which the oldest transaction has been open.
    pub transaction_seconds: f64,
    /// Whether it is on another machine.
    pub is_remote: bool,
    /// Whether the connection has TLS.
    pub is_encrypted: bool,
    /// By its clock, halfway through the question.
    pub now: Timestamp,
    /// By this machine's clock, halfway through the question.
    pub asked: Timestamp,
}

impl Db {
    /// What the database says of itself.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn facts(&self) -> Result<Facts, Error> {
        let client = self.get().await?;
        // A prepared statement, so that one round trip is timed and not two.
        let statement = client.prepare_cached(FACTS).await?;
        let (asked, began) = (clock::local(), Instant::now());
        let row = client.query_one(&statement, &[]).await?;
        let limits = ["connections", "role_connections", "database_connections"];
        let limits = limits.map(|limit| row.get::<_, Option<i32>>(limit));
        let limits = limits.into_iter().flatten().filter(|limit| *limit >= 0);
        Ok(Facts {
            version: row.get("version"),
            fsync: row.get("fsync"),
            full_page_writes: row.get("full_page_writes"),
            synchronous_commit: row.get("synchronous_commit"),
            synchronous_standbys: row.get("synchronous_standbys"),
            checksums: row.get("checksums"),
            autovacuum: row.get("autovacuum"),
            track_counts: row.get("track_counts"),
            isolation: row.get("isolation"),
            connections: limits.min().unwrap_or_default(),
            max_wal_mb: row.get("max_wal_mb"),
            is_read_only: row.get("is_read_only"),
            transaction_age: row.get("transaction_age"),
            transaction_seconds: row
                .get::<_, Option<f64>>("transaction_seconds")
                .unwrap_or_default(),
            is_remote: row.get("is_remote"),
            is_encrypted: row.get("is_encrypted"),
            now: row.get("now"),
            asked: asked + began.elapsed() / 2,
        })
    }

    /// How long commits take, each of which must reach the disk.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn time_commits(&self, count: usize) -> Result<Vec<Duration>, Error> {
        let client = self.get().await?;
        let statement = client.prepare_cached(FLUSH).await?;
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let began = Instant::now();
            client.query(&statement, &[]).await?;
            times.push(began.elapsed());
        }
        Ok(times)
    }

    /// How many rows each table has.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn count_rows(&self) -> Result<BTreeMap<String, i64>, Error> {
        let client = self.get().await?;
        let statement: Option<String> = client.query_one(COUNT_ROWS, &[]).await?.get(0);
        let rows = match statement {
            Some(statement) => client.query(&statement, &[]).await?,
            None => Vec::new(),
        };
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// Gathers statistics of all tables, which a restored database has none of.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn analyze(&self) -> Result<(), Error> {
        self.get().await?.batch_execute("ANALYZE").await
    }
}
