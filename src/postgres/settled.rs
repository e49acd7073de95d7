//! Up to when nothing of the past can change any more: what reads a table piece by piece, in the order of a time that
//! transactions write, must not go beyond.
//!
//! A row whose time is `now()` carries the time at which its transaction began, and is seen when that has committed,
//! seconds later perhaps. So nobody may take a time for past while a transaction is open that began before it.
//!
//! What must hold: the time is asked for before the rows are, by a statement of its own. Transactions of roles that this
//! role may not look at are not seen; servers of one database have one role.

use super::{Client, Error};
use crate::types::Timestamp;

/// Sessions that only read, such as a backup, hold nothing up. A second is taken off because a transaction knows its
/// time a moment before it shows it.
const SETTLED_UNTIL: &str = "
    SELECT least(now(), min(xact_start)) - interval '1 second'
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      AND (backend_xid IS NOT NULL OR application_name LIKE 'boxoffice%')";

impl Client {
    /// Each transaction that began before this time has ended.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn settled_until(&self) -> Result<Timestamp, Error> {
        let statement = self.prepare_cached(SETTLED_UNTIL).await?;
        Ok(self.query_one(&statement, &[]).await?.get(0))
    }
}
