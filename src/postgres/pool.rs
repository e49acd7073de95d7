//! The pool of connections, and an estimate of the database's clock.
//!
//! What must hold: waiting for a connection is bounded; connections run on the runtime that made the pool. The
//! estimated clock is for display only; SQL that decides anything calls `now()`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::{
    Connect, Manager, ManagerConfig, Pool, QueueMode, RecyclingMethod, Timeouts,
};
use futures::future::BoxFuture;
use tokio_postgres::{Client as PgClient, Config as PgConfig, NoTls};

use super::Error;
use crate::types::Timestamp;

/// A pooled connection with its cache of prepared statements.
pub type Client = deadpool_postgres::Object;
/// An open transaction on a pooled connection.
pub type Transaction<'a> = deadpool_postgres::Transaction<'a>;
/// The parameters of a statement.
pub type Params<'a> = &'a [&'a (dyn postgres_types::ToSql + Sync)];

/// How long a caller waits for a connection before it gets an error.
const CONNECT_WAIT: Duration = Duration::from_secs(3);

/// The pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    pub(super) config: PgConfig,
    /// Microseconds by which the database's clock is ahead of this machine's.
    clock_offset_us: Arc<AtomicI64>,
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
            clock_offset_us: Arc::default(),
        })
    }

    /// A connection; waits for a free one, a few seconds at most.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn get(&self) -> Result<Client, Error> {
        Ok(self.pool.get().await?)
    }

    /// The database's time, estimated from the last [`Db::read_clock`]. For display only; a statement that
    /// decides a sale uses the database's own clock.
    pub fn now(&self) -> Timestamp {
        let offset_us = self.clock_offset_us.load(Ordering::Relaxed);
        chrono::Utc::now() + chrono::TimeDelta::microseconds(offset_us)
    }

    /// Measures the difference between the database's clock and this machine's.
    ///
    /// # Errors
    /// Those of the database; nothing has changed then.
    pub async fn read_clock(&self) -> Result<(), Error> {
        let client = self.get().await?;
        let (asked, began) = (chrono::Utc::now(), Instant::now());
        let row = client.query_one("SELECT clock_timestamp()", &[]).await?;
        let offset_us = clock_offset_us(asked, began.elapsed(), row.get(0));
        self.clock_offset_us.store(offset_us, Ordering::Relaxed);
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

/// Microseconds by which a clock that returned `there` is ahead of this machine's, assuming that it was read
/// half way between the query and its result.
fn clock_offset_us(asked: Timestamp, took: Duration, there: Timestamp) -> i64 {
    let here = asked + took / 2;
    (there - here).num_microseconds().unwrap_or_default()
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
            // The handshake too: a worker that ends must not close the socket.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_read_half_way_between_question_and_answer() {
        let asked = Timestamp::default();
        let there = asked + Duration::from_secs(60);
        let took = Duration::from_millis(500);
        assert_eq!(clock_offset_us(asked, took, there), 59_750_000);
        assert_eq!(clock_offset_us(there, took, asked), -60_250_000);
    }
}
