//! Migrates the schema, creates a database, preallocates WAL.
//!
//! What must hold: one process migrates at a time; a migration that was released is never edited, not even its
//! comments, because its checksum is compared with the applied one. The statements are in `migrations/`.

use std::time::{Duration, Instant};

use deadpool_postgres::ClientWrapper;
use refinery_core::traits::r#async::{AsyncMigrate, AsyncQuery, AsyncTransaction};
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{Db, Error};

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// How long a process waits while another one migrates, and how often it looks.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(600);
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// The first line of a migration whose statements run one by one: `CREATE INDEX CONCURRENTLY` refuses
/// to run in a transaction.
const NOT_IN_A_TRANSACTION: &str = "-- Not in a transaction.";

/// The connection that migrations run on.
struct Migrator(ClientWrapper);

impl AsyncTransaction for Migrator {
    type Error = tokio_postgres::Error;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &mut self,
        queries: T,
    ) -> Result<usize, Self::Error> {
        let queries: Vec<&str> = queries.collect();
        let Some(first) = queries
            .first()
            .filter(|first| first.starts_with(NOT_IN_A_TRANSACTION))
        else {
            return AsyncTransaction::execute(&mut *self.0, queries.into_iter()).await;
        };
        // Several statements in one message would be a transaction.
        for statement in first
            .split_inclusive(";\n")
            .chain(queries[1..].iter().copied())
        {
            self.0.batch_execute(statement).await?;
        }
        Ok(queries.len())
    }
}

impl AsyncQuery<Vec<refinery::Migration>> for Migrator {
    async fn query(&mut self, query: &str) -> Result<Vec<refinery::Migration>, Self::Error> {
        AsyncQuery::query(&mut *self.0, query).await
    }
}

impl AsyncMigrate for Migrator {}

impl Db {
    /// Brings the schema up to date, one process at a time.
    ///
    /// # Errors
    /// [`Error::Unavailable`], or [`Error::Migration`] with the statement's own words.
    pub async fn migrate(&self) -> Result<(), Error> {
        // Refinery does not lock against another process. The connection is taken out of the pool: if an error
        // drops it, it is closed, and the lock is released.
        let guard = super::Client::take(self.get().await?);
        lock(&guard).await?;
        let mut migrator = Migrator(super::Client::take(self.get().await?));
        let result = migrations::migrations::runner()
            .run_async(&mut migrator)
            .await;
        drop(migrator);
        guard.batch_execute("COMMIT").await?;
        result
            .map(|_| ())
            .map_err(|error| Error::Migration(Box::new(error)))
    }

    /// Preallocates 256 MB of WAL segments in a fresh cluster. PostgreSQL zero-fills a new segment during the
    /// commit that needs it: in an on-sale every quarter of a second, and all commits wait for it. Later it
    /// recycles old segments (`min_wal_size`).
    ///
    /// # Errors
    /// Those of the database; the caller must own the cluster.
    pub async fn preallocate_wal(&self) -> Result<(), Error> {
        const SWITCH: &str = "DO $$ BEGIN FOR n IN 1..15 LOOP
            PERFORM pg_logical_emit_message(false, 'boxoffice', ''), pg_switch_wal();
            END LOOP; END $$";
        let client = self.get().await?;
        client.batch_execute(SWITCH).await?;
        client.batch_execute("CHECKPOINT").await
    }
}

/// Takes the migration lock. A transaction-level advisory lock, not a session-level one, so that it works
/// through a pooler in transaction mode. It is polled: a statement that waits for a lock holds a snapshot, and
/// CREATE INDEX CONCURRENTLY waits for all older snapshots.
async fn lock(client: &Client) -> Result<(), Error> {
    let deadline = Instant::now() + LOCK_WAIT_MAX;
    loop {
        client.batch_execute("BEGIN").await?;
        // The simple protocol: a portal of the extended one would keep its snapshot until the transaction ends.
        let answer = client
            .simple_query("SELECT pg_try_advisory_xact_lock(hashtext('boxoffice migrations'))")
            .await?;
        let is_locked = |message: &SimpleQueryMessage| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("t"));
        if answer.iter().any(is_locked) {
            return Ok(());
        }
        client.batch_execute("ROLLBACK").await?;
        if Instant::now() >= deadline {
            let why = "another process has been migrating for too long";
            return Err(Error::Unavailable(why.into()));
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
}

/// Creates a database if there is none of this name, over a connection to another one.
///
/// # Errors
/// [`Error::Unavailable`], or the database's own.
pub async fn create_database(url: &str, name: &str) -> Result<(), Error> {
    let db = Db::new(url, 1)?.patient();
    let client = db.get().await?;
    if client
        .query_opt("SELECT FROM pg_database WHERE datname = $1", &[&name])
        .await?
        .is_none()
    {
        client
            .batch_execute(&format!(
                "CREATE DATABASE \"{}\"",
                name.replace('"', "\"\"")
            ))
            .await?;
    }
    db.close();
    Ok(())
}
