//! The way to PostgreSQL: connections, migrations, transactions with a bounded retry,
//! and what a failure of the database means to a caller.
//!
//! No other module opens a connection. Connections live on the runtime that made the
//! [`Db`], not on the web worker that happens to ask first, so they outlive the workers
//! while the server drains. No session state is kept on them (no SET, no LISTEN, no
//! session locks), so a pooler in transaction mode may stand in between.

pub mod embedded;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::{
    Connect, Manager, ManagerConfig, Pool, PoolError, QueueMode, RecyclingMethod, Timeouts,
};
use futures::future::BoxFuture;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client as PgClient, Config as PgConfig, NoTls};

use crate::types::Timestamp;

/// A pooled connection with its cache of prepared statements.
pub type Client = deadpool_postgres::Object;
/// An open transaction on a pooled connection.
pub type Transaction<'a> = deadpool_postgres::Transaction<'a>;
/// The parameters of a statement.
pub type Params<'a> = &'a [&'a (dyn postgres_types::ToSql + Sync)];

/// How often a transaction is tried before a serialization failure or deadlock is given up.
const ATTEMPTS_MAX: u32 = 5;
/// How long a caller waits for a connection before it is told that there is none.
const CONNECT_WAIT: Duration = Duration::from_secs(3);

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// What a failure of the database means to the caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection is to be had or it broke: try later. The outcome of a commit under way is unknown.
    #[error("the database is not reachable: {0}")]
    Unavailable(String),
    /// A unique, check or foreign key constraint refused a row.
    #[error("constraint {name} was violated")]
    Constraint {
        /// Begins with the name given in the migration; a distributed database adds a shard's number.
        name: String,
        /// Which kind: SQLSTATE 23505 (unique), 23514 (check), ...
        state: SqlState,
    },
    /// Two transactions got in each other's way: the same work may succeed if it is done again.
    #[error("the transaction was in another's way: {0}")]
    Conflict(tokio_postgres::Error),
    /// Anything else: a defect of ours.
    #[error("statement failed: {0:?}")]
    Statement(tokio_postgres::Error),
    /// The schema could not be brought up to date.
    #[error("migration failed: {0}")]
    Migration(Box<refinery::Error>),
}

impl Error {
    /// Whether it is a violation of a unique constraint whose name begins so.
    pub fn is_unique_violation(&self, constraint: &str) -> bool {
        matches!(self, Self::Constraint { name, state }
            if *state == SqlState::UNIQUE_VIOLATION && name.starts_with(constraint))
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.code() else {
            // No SQLSTATE: the connection broke, or a value did not fit its column.
            let broken = error.is_closed()
                || std::error::Error::source(&error).is_some_and(|s| s.is::<std::io::Error>());
            return if broken {
                Self::Unavailable(error.to_string())
            } else {
                Self::Statement(error)
            };
        };
        match state.code() {
            // Connection exceptions, operator intervention (shutdown, crash), no more connections, read-only after failover.
            code if code.starts_with("08")
                || code.starts_with("57P")
                || code == "53300"
                || code == "25006" =>
            {
                Self::Unavailable(error.to_string())
            }
            "40001" | "40P01" | "55P03" => Self::Conflict(error),
            code if code.starts_with("23") => Self::Constraint {
                name: error
                    .as_db_error()
                    .and_then(|db| db.constraint())
                    .unwrap_or_default()
                    .to_owned(),
                state: state.clone(),
            },
            _ => Self::Statement(error),
        }
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            // While opening a connection everything is "not now": wrong port, starting up, too many.
            PoolError::Backend(error) => Self::Unavailable(describe(&error)),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

fn describe(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(db), _) => db.message().to_owned(),
        (None, Some(source)) => source.to_string(),
        (None, None) => error.to_string(),
    }
}

/// The pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    config: PgConfig,
    /// Microseconds by which the database's clock is ahead of this machine's.
    ahead: Arc<AtomicI64>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db")
            .field("pool", &self.pool.status())
            .finish_non_exhaustive()
    }
}

impl Db {
    /// A pool of at most `connections_max` to the database that `url` names (a URL or libpq's
    /// `key=value` words). Opens none yet. Must be called on the runtime that is to drive them.
    ///
    /// # Errors
    /// The words are not a connection string.
    pub fn new(url: &str, connections_max: usize) -> Result<Self, Error> {
        let mut config: PgConfig = url
            .parse()
            .map_err(|error| Error::Unavailable(format!("DATABASE_URL: {error}")))?;
        config
            .application_name("boxoffice")
            .connect_timeout(CONNECT_WAIT)
            .keepalives_idle(Duration::from_secs(30));
        let manager = Manager::from_connect(
            config.clone(),
            ConnectOn(tokio::runtime::Handle::current()),
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let pool = Pool::builder(manager)
            .max_size(connections_max)
            // The connection used last knows its plans and tables, and so do the processor's caches.
            .queue_mode(QueueMode::Lifo)
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(CONNECT_WAIT),
                create: Some(CONNECT_WAIT),
                recycle: None,
            })
            .build()
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self {
            pool,
            config,
            ahead: Arc::default(),
        })
    }

    /// A connection; waits for a free one, a few seconds at most.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn get(&self) -> Result<Client, Error> {
        Ok(self.pool.get().await?)
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

    /// What the database's clock says now, going by the last [`Db::read_clock`]. For what is shown;
    /// whatever decides a sale asks the database in its own statement.
    pub fn now(&self) -> Timestamp {
        let ahead = self.ahead.load(Ordering::Relaxed);
        chrono::Utc::now() + chrono::TimeDelta::microseconds(ahead)
    }

    /// Asks how far the database's clock is from this machine's.
    ///
    /// # Errors
    /// Those of the database; nothing has changed then.
    pub async fn read_clock(&self) -> Result<(), Error> {
        let client = self.get().await?;
        let (asked, began) = (chrono::Utc::now(), Instant::now());
        let row = client.query_one("SELECT clock_timestamp()", &[]).await?;
        let ahead = ahead(asked, began.elapsed(), row.get(0));
        self.ahead.store(ahead, Ordering::Relaxed);
        Ok(())
    }

    /// Connections that are open now, and how many of them are idle.
    pub fn connections(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size, status.available)
    }

    /// Does `work` in one transaction and commits; does it again, a few times, if it only got in
    /// another transaction's way. `work` must not touch anything but the transaction.
    ///
    /// # Errors
    /// What `work` answers, or the database's own; nothing is committed then, unless the commit
    /// itself was cut off ([`Error::Unavailable`]).
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<Error> + AsDbError,
        F: for<'t> Fn(&'t Transaction<'t>) -> BoxFuture<'t, Result<T, E>> + Send,
    {
        let mut client = self.get().await?;
        for attempt in 1.. {
            let result = async {
                let transaction = client.transaction().await.map_err(Error::from)?;
                let value = work(&transaction).await?;
                transaction.commit().await.map_err(Error::from)?;
                Ok(value)
            };
            match result.await {
                Err(error)
                    if attempt < ATTEMPTS_MAX
                        && E::as_db_error(&error).is_some_and(Error::is_conflict) =>
                {
                    log::debug!("transaction tried again, attempt {attempt}");
                }
                result => return result,
            }
        }
        unreachable!("the last attempt returns")
    }

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

    /// Whether the database answers, within a second.
    pub async fn is_reachable(&self) -> bool {
        let probe = async {
            self.get()
                .await?
                .simple_query("")
                .await
                .map_err(Error::from)
        };
        matches!(
            tokio::time::timeout(Duration::from_secs(1), probe).await,
            Ok(Ok(_))
        )
    }

    /// Closes the pool: idle connections now, lent ones when they come back.
    pub fn close(&self) {
        self.pool.close();
    }
}

impl Error {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

/// Microseconds from this machine's clock to one that said `there`: read, as likely as not, half way
/// between the question and its answer.
fn ahead(asked: Timestamp, took: Duration, there: Timestamp) -> i64 {
    let here = asked + took / 2;
    (there - here).num_microseconds().unwrap_or_default()
}

/// An error that may be, or hold, a failure of the database.
pub trait AsDbError {
    /// The failure inside.
    fn as_db_error(&self) -> Option<&Error>;
}

impl AsDbError for Error {
    fn as_db_error(&self) -> Option<&Error> {
        Some(self)
    }
}

/// Opens connections whose driving task runs on the given runtime.
struct ConnectOn(tokio::runtime::Handle);

impl Connect for ConnectOn {
    fn connect(
        &self,
        config: &PgConfig,
    ) -> BoxFuture<'_, Result<(PgClient, tokio::task::JoinHandle<()>), tokio_postgres::Error>> {
        let config = config.clone();
        let runtime = self.0.clone();
        Box::pin(async move {
            // The whole hand-shake too: a worker that goes away must not take the socket with it.
            let opened = runtime.spawn(async move {
                let (client, connection) = config.connect(NoTls).await?;
                let driver = tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        log::warn!("a connection to the database broke: {error}");
                    }
                });
                Ok((client, driver))
            });
            match opened.await {
                Ok(result) => result,
                // The runtime is shutting down; the pool's own time limit answers the caller.
                Err(_) => std::future::pending().await,
            }
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_read_half_way_between_question_and_answer() {
        let asked = Timestamp::default();
        let there = asked + Duration::from_secs(60);
        let took = Duration::from_millis(500);
        assert_eq!(ahead(asked, took, there), 59_750_000);
        assert_eq!(ahead(there, took, asked), -60_250_000);
    }
}
