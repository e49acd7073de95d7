//! The pools of connections, one for each purpose, and an estimate of the database's clock.
//!
//! What must hold: readers leave payments their connections, and both leave them to the sale; waiting for a
//! connection is bounded; connections run on the runtime that made the pool. The
//! estimated clock is for display only; SQL that decides anything calls `now()`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::{
    Manager, ManagerConfig, Pool, QueueMode, RecyclingMethod, Status, Timeouts,
};
use tokio::runtime::Handle;
use tokio::sync::OnceCell;
use tokio_postgres::Config as PgConfig;

use super::Error;
use super::client::{Client, Limits, STATEMENT_WAIT, Shared};
use super::connect::{CONNECT_WAIT, Connector};
use crate::metrics::{Counter, Histogram};
use crate::types::{Timestamp, clock};

/// How long a caller waits for a connection of others before it is told that there is none.
const POOL_WAIT: Duration = Duration::from_secs(3);
/// A connection that is being opened has its own limit, and says why; this is for when it cannot.
const CREATE_WAIT: Duration = CONNECT_WAIT.saturating_add(Duration::from_millis(500));

/// What a connection is for. Each purpose has connections that no other can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Batches of orders, and the expiry of holds.
    Sale,
    /// Payments, cancellations, webhooks.
    Payments,
    /// Everything else.
    Reads,
}

/// The connections of one purpose. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    purpose: Purpose,
    pools: Arc<[Pool; 3]>,
    waits: Arc<[Waits; 3]>,
    shared: Arc<Shared>,
    /// Microseconds by which the database's clock is ahead of this machine's.
    clock_offset_us: Arc<AtomicI64>,
    /// Whether the database is distributed, once it was asked.
    is_distributed: Arc<OnceCell<bool>>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db")
            .field("purpose", &self.purpose)
            .field("pool", &self.pool().status())
            .finish_non_exhaustive()
    }
}

/// What the callers of one pool have met.
#[derive(Debug)]
pub(super) struct Waits {
    pub(super) took: Histogram,
    /// Callers who got none.
    pub(super) failed: Counter,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            took: Histogram::of_seconds(),
            failed: Counter::default(),
        }
    }
}

/// Connections of each purpose: three eighths sell, a quarter takes payments, the rest reads. Fewer than
/// [`SHARED_BELOW`] are shared.
fn divide(connections: usize) -> [usize; 3] {
    let (sale, payments) = (connections * 3 / 8, connections / 4);
    [sale, payments, connections - sale - payments]
}

/// For how long a command may wait for a statement.
const PATIENCE: Duration = Duration::from_secs(600);
/// A process with fewer connections does one thing at a time: a command.
const SHARED_BELOW: usize = 6;

impl Db {
    /// At most `connections_max` connections to the database that `url` names (a URL or libpq's
    /// `key=value` words); a statement or transaction may take [`STATEMENT_WAIT`]. Reads the certificates
    /// that it names, and opens no connection yet. Must be called on the runtime that is to drive them.
    ///
    /// # Errors
    /// [`Error::Address`].
    pub fn new(url: &str, connections_max: usize) -> Result<Self, Error> {
        let connector = Connector::new(url)?;
        let shared = Shared {
            limits: Limits::new(STATEMENT_WAIT),
            runtime: Handle::current(),
            canceller: connector.canceller(),
        };
        let pools = if connections_max < SHARED_BELOW {
            let pool = pool(connector, connections_max)?;
            [pool.clone(), pool.clone(), pool]
        } else {
            let [sale, payments, reads] = divide(connections_max);
            let pool = |connections| pool(connector.clone(), connections);
            [pool(sale)?, pool(payments)?, pool(reads)?]
        };
        Ok(Self {
            purpose: Purpose::Reads,
            pools: Arc::new(pools),
            waits: Arc::default(),
            shared: Arc::new(shared),
            clock_offset_us: Arc::default(),
            is_distributed: Arc::default(),
        })
    }

    /// The connections of another purpose to the same database.
    pub fn of(&self, purpose: Purpose) -> Self {
        Self {
            purpose,
            ..self.clone()
        }
    }

    /// The same connections for work that takes minutes: of commands, never of requests.
    pub fn patient(&self) -> Self {
        let shared = Shared {
            limits: Limits::new(PATIENCE),
            ..Shared::clone(&self.shared)
        };
        Self {
            shared: Arc::new(shared),
            ..self.clone()
        }
    }

    pub(super) fn distribution(&self) -> &OnceCell<bool> {
        &self.is_distributed
    }

    fn pool(&self) -> &Pool {
        &self.pools[self.purpose as usize]
    }

    /// A connection; waits for a free one, a few seconds at most.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn get(&self) -> Result<Client, Error> {
        let (began, waits) = (Instant::now(), self.waits());
        // Boxed, because whatever may need a connection would be 2 KiB larger, and is copied whole when it is boxed itself.
        let object = Box::pin(self.pool().get()).await;
        waits.took.observe(began.elapsed());
        let object = object.inspect_err(|_| waits.failed.add_one())?;
        Ok(Client::new(object, self.shared.clone()))
    }

    pub(super) fn status(&self) -> Status {
        self.pool().status()
    }

    pub(super) fn waits(&self) -> &Waits {
        &self.waits[self.purpose as usize]
    }

    /// Whether somebody waits for a connection.
    pub fn is_wanted(&self) -> bool {
        self.pool().status().waiting > 0
    }

    /// Runs this where the connections are driven: it outlives the request that wants it.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.shared.runtime.spawn(work);
    }

    /// Connections that this purpose may have.
    pub fn connections_max(&self) -> usize {
        self.pool().status().max_size
    }

    /// The database's time, estimated from the last [`Db::read_clock`]. For display only; a statement that
    /// decides a sale uses the database's own clock.
    pub fn now(&self) -> Timestamp {
        let offset_us = self.clock_offset_us.load(Ordering::Relaxed);
        clock::local() + chrono::TimeDelta::microseconds(offset_us)
    }

    /// Measures the difference between the database's clock and this machine's.
    ///
    /// # Errors
    /// Those of the database; nothing has changed then.
    pub async fn read_clock(&self) -> Result<(), Error> {
        let client = self.get().await?;
        let (asked, began) = (clock::local(), Instant::now());
        let row = client.query_one("SELECT clock_timestamp()", &[]).await?;
        let offset_us = clock_offset_us(asked, began.elapsed(), row.get(0));
        self.clock_offset_us.store(offset_us, Ordering::Relaxed);
        Ok(())
    }

    /// Connections that are open now, and how many of them are idle.
    pub fn connections(&self) -> (usize, usize) {
        let status = self.pool().status();
        (status.size, status.available)
    }

    /// Whether the database answers this within a second, and nobody's lock is in the way.
    pub async fn answers(&self, statement: &str) -> bool {
        let probe = async {
            let mut client = self.get().await?;
            let transaction = client.transaction().await?;
            transaction.batch_execute(statement).await?;
            transaction.rollback().await
        };
        let answer = tokio::time::timeout(Duration::from_secs(1), probe).await;
        matches!(answer, Ok(Ok(())))
    }

    /// Closes the pools: idle connections now, lent ones when they come back.
    pub fn close(&self) {
        for pool in self.pools.iter() {
            pool.close();
        }
    }
}

fn pool(connector: Connector, connections_max: usize) -> Result<Pool, Error> {
    let manager = Manager::from_connect(
        // The connector knows better: each host has its own.
        PgConfig::new(),
        connector,
        ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        },
    );
    Pool::builder(manager)
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
        .map_err(|error| Error::Unavailable(error.to_string()))
}

/// Microseconds by which a clock that returned `there` is ahead of this machine's, assuming that it was read
/// half way between the query and its result.
fn clock_offset_us(asked: Timestamp, took: Duration, there: Timestamp) -> i64 {
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
        assert_eq!(clock_offset_us(asked, took, there), 59_750_000);
        assert_eq!(clock_offset_us(there, took, asked), -60_250_000);
    }
}
