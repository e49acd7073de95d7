//! Closes all gates of a list: it admits nobody from then on. Scans that were queued at them are still taken.

use uuid::Uuid;

use super::GateError;
use crate::audit::{self, Actor, Entry};
use crate::postgres::Db;
use crate::types::EventNo;

/// $1 event, $2 list. In one order, so that two who close one do not wait for each other.
const LOCK: &str = "
    SELECT id FROM gates WHERE event_id = $1 AND list_id = $2 AND closed_at IS NULL ORDER BY id FOR UPDATE";

/// $1 event, $2 gate.
const CLOSE: &str = "UPDATE gates SET closed_at = now() WHERE event_id = $1 AND id = $2";

/// Closes the gates of a list. How many were open.
///
/// # Errors
/// Those of the database.
pub async fn close_gates_of(
    db: &Db,
    event: EventNo,
    list: Uuid,
    by: &Actor,
) -> Result<usize, GateError> {
    db.transaction(|transaction| {
        let by = by.clone();
        Box::pin(async move {
            let lock = transaction.prepare_cached(LOCK).await?;
            let open = transaction.query(&lock, &[&event, &list]).await?;
            let close = transaction.prepare_cached(CLOSE).await?;
            for row in &open {
                let gate: Uuid = row.get("id");
                transaction.execute(&close, &[&event, &gate]).await?;
                let entry = Entry::new(&by, "gate.closed", "gate", gate).event(event);
                audit::record(transaction, &entry).await?;
            }
            Ok(open.len())
        })
    })
    .await
}
