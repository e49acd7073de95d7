//! What a statement waits for: the sessions that keep it from its locks, in words for the operator.
//!
//! What must hold: each look is one statement on a connection of its own, in no transaction, so that nobody waits
//! for the observer.

use std::pin::pin;
use std::time::{Duration, Instant};

use deadpool_postgres::ClientWrapper;
use tokio::sync::{Notify, OnceCell};
use tokio_postgres::Row;

use super::{Client, Db};

/// $1 the backend that waits.
const BLOCKERS: &str = "
    SELECT b.pid, coalesce(a.application_name, '') AS application, coalesce(a.state, '') AS state,
           extract(epoch FROM clock_timestamp() - a.xact_start)::bigint AS seconds
    FROM unnest(pg_blocking_pids($1)) AS b (pid)
    LEFT JOIN pg_stat_activity AS a ON a.pid = b.pid
    ORDER BY b.pid
    LIMIT 5";

/// $1 the backend.
const CANCEL: &str = "
    SELECT pg_cancel_backend(pid) FROM pg_stat_activity
    WHERE pid = $1 AND state = 'active' AND query ~ 'INDEX CONCURRENTLY'";

/// The longest interval between two looks.
const INTERVAL_MAX: Duration = Duration::from_secs(30);

/// Looks what other backends wait for.
pub(crate) struct Observer {
    db: Db,
    /// Opened at the first look, and not lent by the pool: a command has few connections and needs them for its
    /// work. `None` if there was none; then no wait is seen.
    client: OnceCell<Option<ClientWrapper>>,
}

impl Observer {
    /// Has no connection yet.
    pub(crate) fn new(db: &Db) -> Self {
        Self {
            db: db.clone(),
            client: OnceCell::new(),
        }
    }

    /// Runs `work`, whose statements the backend `pid` executes. If it waits for a lock, says for whom: after
    /// `interval`, and then at intervals that double.
    pub(crate) async fn watch<T>(
        &self,
        pid: i32,
        mut interval: Duration,
        mut say: impl FnMut(String),
        work: impl Future<Output = T>,
    ) -> T {
        let mut work = pin!(work);
        loop {
            match tokio::time::timeout(interval, &mut work).await {
                Ok(done) => return done,
                Err(_) => self.blockers(pid).await.map(&mut say),
            };
            interval = (interval * 2).min(INTERVAL_MAX);
        }
    }

    /// As [`Observer::watch`], for a statement that builds or drops an index concurrently, which keeps nobody
    /// waiting and has no limit of its own. If it still waits after `patience`, it is cancelled.
    pub(crate) async fn watch_for<T>(
        &self,
        pid: i32,
        patience: Duration,
        interval: Duration,
        mut say: impl FnMut(String),
        work: impl Future<Output = T>,
    ) -> T {
        let (is_waiting, deadline) = (Notify::new(), Instant::now() + patience);
        let say = |blockers| {
            say(blockers);
            if Instant::now() >= deadline {
                is_waiting.notify_one();
            }
        };
        let mut watched = pin!(self.watch(pid, interval, say, work));
        loop {
            tokio::select! {
                done = &mut watched => return done,
                () = is_waiting.notified() => self.cancel(pid).await,
            }
        }
    }

    /// The statement may have ended meanwhile, and its backend may serve somebody else behind a pooler.
    async fn cancel(&self, pid: i32) {
        if let Some(client) = self.client().await {
            client.query(CANCEL, &[&pid]).await.ok();
        }
    }

    /// Whom this backend waits for; `None` for nobody.
    async fn blockers(&self, pid: i32) -> Option<String> {
        let rows = self.client().await?.query(BLOCKERS, &[&pid]).await.ok()?;
        let blockers: Vec<String> = rows.iter().map(describe).collect();
        (!blockers.is_empty()).then(|| blockers.join(", "))
    }

    async fn client(&self) -> Option<&ClientWrapper> {
        let open = async || self.db.get().await.ok().map(Client::take);
        self.client.get_or_init(open).await.as_ref()
    }
}

/// `process 4711 (pg_dump, active, in a transaction for 25 s)`.
fn describe(row: &Row) -> String {
    let pid: i32 = row.get("pid");
    if pid == 0 {
        return "a prepared transaction (pg_prepared_xacts)".to_owned();
    }
    let (application, state): (&str, &str) = (row.get("application"), row.get("state"));
    let open = row.get::<_, Option<i64>>("seconds");
    let open = open.map(|seconds| format!("in a transaction for {seconds} s"));
    let known = [application, state, open.as_deref().unwrap_or_default()];
    let known: Vec<&str> = known.into_iter().filter(|text| !text.is_empty()).collect();
    format!("process {pid} ({})", known.join(", "))
}
