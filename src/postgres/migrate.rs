//! The schema: bringing it up to date, and making a database to hold it.

use tokio_postgres::NoTls;

use super::error::describe;
use super::{Db, Error};

mod migrations {
    refinery::embed_migrations!("migrations");
}

impl Db {
    /// Brings the schema up to date, one process at a time.
    ///
    /// # Errors
    /// [`Error::Unavailable`], or [`Error::Migration`] with the statement's own words.
    pub async fn migrate(&self) -> Result<(), Error> {
        // Refinery itself does not keep two processes apart: the second waits here for the first.
        // A transaction's lock, not a session's, so that a pooler in transaction mode does no harm.
        let mut guard = self.get().await?;
        let lock = guard.transaction().await?;
        lock.batch_execute("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(hashtext('boxoffice migrations'))")
            .await?;
        let (mut client, connection) = self
            .config
            .connect(NoTls)
            .await
            .map_err(|e| Error::Unavailable(describe(&e)))?;
        let driver = tokio::spawn(connection);
        let result = migrations::migrations::runner()
            .run_async(&mut client)
            .await;
        drop(client);
        driver.await.ok();
        lock.commit().await?;
        result
            .map(|_| ())
            .map_err(|error| Error::Migration(Box::new(error)))
    }

    /// Has a fresh cluster make files of its write-ahead log ahead, 256 MB of them. It makes one
    /// whenever the last is full otherwise, in the middle of a commit: in an on-sale every quarter of a
    /// second, and everybody waits for it. Later it has old ones to use again (`min_wal_size`).
    ///
    /// # Errors
    /// Those of the database; the caller must own the cluster.
    pub async fn make_log_ahead(&self) -> Result<(), Error> {
        const SWITCH: &str = "DO $$ BEGIN FOR n IN 1..15 LOOP
            PERFORM pg_logical_emit_message(false, 'boxoffice', ''), pg_switch_wal();
            END LOOP; END $$";
        let client = self.get().await?;
        client.batch_execute(SWITCH).await?;
        Ok(client.batch_execute("CHECKPOINT").await?)
    }
}

/// Creates a database if there is none of this name, over a connection to another one.
///
/// # Errors
/// [`Error::Unavailable`], or the database's own.
pub async fn create_database(url: &str, name: &str) -> Result<(), Error> {
    let db = Db::new(url, 1)?;
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
