//! How many payments are without an outcome, and refunds and captures due, in the whole database, and for how long.
//!
//! What must hold: the database is asked by a background task alone, never by a scrape; the statement reads the
//! index of unfinished payments, not those that are done.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::metrics::Sheet;
use crate::postgres::{Db, Error};

/// `succeeded` is among them only if its refund is due, or another in part; or if it is to be captured, and stays.
pub(super) const UNFINISHED: &str = "
    SELECT CASE WHEN status = 'processing' THEN 'in-doubt' WHEN refund_requested_at IS NULL THEN 'capture-due'
                ELSE 'refund-due' END AS state, count(*)::float8 AS count,
           extract(epoch FROM now() - min(coalesce(refund_requested_at, answered_at, created_at)))::float8 AS oldest_seconds
    FROM payments
    WHERE status IN ('processing', 'succeeded') AND recover_at IS NOT NULL
    GROUP BY 1
    UNION ALL
    SELECT 'refund-due', count(*)::float8, extract(epoch FROM now() - min(requested_at))::float8
    FROM refunds WHERE recover_at IS NOT NULL HAVING count(*) > 0";

/// A table that was never analysed looks small, and all of it would be read: 0.4 s for a million payments instead of
/// 5 ms.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off";

/// What is not done, as the statement and the figures have it.
const STATES: [&str; 3] = ["in-doubt", "refund-due", "capture-due"];

/// What was last seen.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Instant,
    /// As [`STATES`].
    groups: [Group; STATES.len()],
}

/// How many, and how old the oldest is.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    count: f64,
    oldest_seconds: f64,
}

impl Group {
    fn add(&mut self, more: Self) {
        self.count += more.count;
        self.oldest_seconds = self.oldest_seconds.max(more.oldest_seconds);
    }
}

/// What was last seen of the payments that are not done.
#[derive(Debug, Default)]
pub(super) struct Unfinished(Mutex<Option<Seen>>);

impl Unfinished {
    /// Looks.
    ///
    /// # Errors
    /// Those of the database; what was seen before is kept.
    pub(super) async fn look(&self, db: &Db) -> Result<(), Error> {
        let mut client = db.get().await?;
        // In a transaction, so that its statement ends in the server too.
        let transaction = client.transaction().await?;
        transaction.batch_execute(BY_INDEX).await?;
        let rows = transaction.query(UNFINISHED, &[]).await?;
        transaction.rollback().await?;
        let mut seen = Seen {
            at: Instant::now(),
            groups: Default::default(),
        };
        for row in &rows {
            let found = Group {
                count: row.get("count"),
                oldest_seconds: row.get("oldest_seconds"),
            };
            let state: &str = row.get("state");
            let groups = STATES.iter().zip(&mut seen.groups);
            groups
                .filter(|(known, _)| **known == state)
                .for_each(|(_, of)| of.add(found));
        }
        *self.seen() = Some(seen);
        Ok(())
    }

    /// Tells it, with its age; nothing before the first look.
    pub(super) fn tell(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let Some(seen) = *self.seen() else {
            return Ok(());
        };
        let age = seen.at.elapsed().as_secs_f64();
        sheet.gauge(
            "payments_age_seconds",
            "Age of the counts of unfinished payments",
            age,
        )?;
        let states = || STATES.into_iter().zip(seen.groups);
        sheet.gauges(
            "payments_unfinished",
            "Payments without an outcome, and refunds and captures that are due, in the database",
            states().map(|(state, of)| ([("state", state)], of.count)),
        )?;
        // What was old then is older now.
        let older = |of: Group| match of.count {
            0.0 => 0.0,
            _ => of.oldest_seconds + age,
        };
        sheet.gauges(
            "payments_unfinished_oldest_seconds",
            "For how long the oldest of them has been so",
            states().map(|(state, of)| ([("state", state)], older(of))),
        )
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
