//! How the pools of connections are used, and how long callers wait for one.

use std::fmt;

use super::pool::{Db, Purpose};
use super::reads::Reads;
use crate::metrics::{Distribution, Sheet};

/// One pool at a scrape.
struct Pool {
    name: &'static str,
    open: usize,
    idle: usize,
    max: usize,
    waiting: usize,
    took: Distribution,
    failed: u64,
}

impl Pool {
    fn of(name: &'static str, db: &Db) -> Self {
        let (status, waits) = (db.status(), db.waits());
        Self {
            name,
            open: status.size,
            idle: status.available,
            max: status.max_size,
            waiting: status.waiting,
            took: waits.took.read(),
            failed: waits.failed.get(),
        }
    }
}

impl Reads {
    /// Tells how the connections to the primary are used, and those of readers to the replica.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn tell(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let primary = self.primary();
        let mut pools = vec![
            Pool::of("sale", &primary.of(Purpose::Sale)),
            Pool::of("payments", &primary.of(Purpose::Payments)),
            Pool::of("reads", &primary.of(Purpose::Reads)),
        ];
        pools.extend(self.replica_db().map(|db| Pool::of("replica", db)));
        type Value = fn(&Pool) -> usize;
        let gauges: [(&str, &str, Value); 4] = [
            ("pool_connections", "Connections that are open", |pool| {
                pool.open
            }),
            ("pool_idle", "Connections that nobody uses", |pool| {
                pool.idle
            }),
            ("pool_connections_max", "Connections at most", |pool| {
                pool.max
            }),
            (
                "pool_waiting",
                "Callers who wait for a connection",
                |pool| pool.waiting,
            ),
        ];
        for (name, help, value) in gauges {
            let samples = pools.iter();
            let samples = samples.map(|pool| ([("pool", pool.name)], value(pool) as f64));
            sheet.gauges(name, help, samples)?;
        }
        let took = pools.iter();
        sheet.histograms(
            "pool_wait_seconds",
            "How long callers wait for a connection, opening it included",
            took.map(|pool| ([("pool", pool.name)], pool.took.clone())),
        )?;
        let failed = pools.iter();
        sheet.counters(
            "pool_failures",
            "Callers who got no connection",
            failed.map(|pool| ([("pool", pool.name)], pool.failed)),
        )
    }
}
