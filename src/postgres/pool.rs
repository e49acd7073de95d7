//! The pool of connections, and the database's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::{Manager, ManagerConfig, Pool, QueueMode, RecyclingMethod, Timeouts};
use tokio_postgres::Config as PgConfig;

use super::Error;
use super::connect::{CONNECT_WAIT, Connector};
use crate::types::Timestamp;

/// A pooled connection with its cache of prepared statements.
pub type Client = deadpool_postgres::Object;
/// An open transaction on a pooled connection.
pub type Transaction<'a> = deadpool_postgres::Transaction<'a>;
/// The parameters of a statement.
pub type Params<'a> = &'a [&'a (dyn postgres_types::ToSql + Sync)];

/// How long a caller waits for a connection of others before it is told that there is none.
const POOL_WAIT: Duration = Duration::from_secs(3);
/// A connection that is being opened has its own limit, and says why; this is for when it cannot.
const CREATE_WAIT: Duration = CONNECT_WAIT.saturating_add(Duration::from_millis(500));

/// The pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
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
    /// `key=value` words). Reads the certificates that it names, and opens no connection yet. Must be
    /// called on the runtime that is to drive them.
    ///
    /// # Errors
    /// [`Error::Address`].
    pub fn new(url: &str, connections_max: usize) -> Result<Self, Error> {
        let manager = Manager::from_connect(
            // The connector knows better: each host has its own.
            PgConfig::new(),
            Connector::new(url)?,
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
                wait: Some(POOL_WAIT),
                create: Some(CREATE_WAIT),
                recycle: None,
            })
            .build()
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self {
            pool,
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

/// Microseconds from this machine's clock to one that said `there`: read, as likely as not, half way
/// between the question and its answer.
fn ahead(asked: Timestamp, took: Duration, there: Timestamp) -> i64 {
    let here = asked + took / 2;
    (there - here).num_microseconds().unwrap_or_default()
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
