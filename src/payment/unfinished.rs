//! How many payments are without an outcome, and refunds due, in the whole database, and for how long.
//!
//! What must hold: the database is asked by a background task alone, never by a scrape; the statement reads the
//! index of unfinished payments, not those that are done.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Status;
use super::ledger::read_status;
use crate::metrics::Sheet;
use crate::postgres::{Db, Error};

/// `succeeded` is among them only if its refund is due, or another in part.
pub(super) const UNFINISHED: &str = "
    SELECT status, count(*)::float8 AS count,
           extract(epoch FROM now() - min(coalesce(refund_requested_at, created_at)))::float8 AS oldest_seconds
    FROM payments
    WHERE status IN ('processing', 'succeeded') AND recover_at IS NOT NULL
    GROUP BY status
    UNION ALL
    SELECT 'succeeded', count(*)::float8, extract(epoch FROM now() - min(requested_at))::float8
    FROM refunds WHERE recover_at IS NOT NULL HAVING count(*) > 0";

/// A table that was never analysed looks small, and all of it would be read: 0.4 s for a million payments instead of
/// 5 ms.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off";

/// What was last seen.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Instant,
    in_doubt: Group,
    refunds_due: Group,
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
            in_doubt: Group::default(),
            refunds_due: Group::default(),
        };
        for row in &rows {
            let found = Group {
                count: row.get("count"),
                oldest_seconds: row.get("oldest_seconds"),
            };
            let of = match read_status(row) {
                Status::Processing => &mut seen.in_doubt,
                _ => &mut seen.refunds_due,
            };
            of.add(found);
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
        let states = [
            ("in-doubt", seen.in_doubt),
            ("refund-due", seen.refunds_due),
        ];
        sheet.gauges(
            "payments_unfinished",
            "Payments without an outcome, and refunds that are due, in the database",
            states.map(|(state, of)| ([("state", state)], of.count)),
        )?;
        // What was old then is older now.
        let older = |of: Group| match of.count {
            0.0 => 0.0,
            _ => of.oldest_seconds + age,
        };
        sheet.gauges(
            "payments_unfinished_oldest_seconds",
            "For how long the oldest of them has been so",
            states.map(|(state, of)| ([("state", state)], older(of))),
        )
    }

    fn seen(&self) -> MutexGuard<'_, Option<Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
