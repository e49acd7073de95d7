//! How many are in, by list and gate.

use uuid::Uuid;

use crate::postgres::{Db, Error};
use crate::types::{EventNo, Timestamp};

/// $1 event. Who came in before it was moved counts no more.
const COUNT: &str = "
    SELECT list_id, gate_id, count(*) AS tickets, count(*) FILTER (WHERE left_at IS NULL) AS inside,
           sum(entries)::bigint AS entries, max(recorded_at) AS last_at
    FROM check_ins
    WHERE event_id = $1 AND entered_at > coalesce((SELECT moved_at FROM events WHERE event_id = $1), '-infinity')
    GROUP BY list_id, gate_id";

/// $1 event.
const CONFLICTS: &str = "SELECT count(*) FROM scans WHERE event_id = $1 AND result = 'conflict'";

/// What came in at a gate. A ticket counts at the gate where it came in last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateCount {
    /// Of which list.
    pub list: Uuid,
    /// At which gate.
    pub gate: Uuid,
    /// Tickets that were let in.
    pub tickets: i64,
    /// Those of them that are in now.
    pub inside: i64,
    /// How often they were let in.
    pub entries: i64,
    /// When the last of them was recorded, in or out.
    pub last_at: Timestamp,
}

/// The counts of all gates where somebody has come in, and how many conflicts there are.
///
/// # Errors
/// Those of the database.
pub async fn counts(db: &Db, event: EventNo) -> Result<(Vec<GateCount>, i64), Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(COUNT).await?;
    let rows = client.query(&statement, &[&event]).await?;
    let count = |row: &tokio_postgres::Row| GateCount {
        list: row.get("list_id"),
        gate: row.get("gate_id"),
        tickets: row.get("tickets"),
        inside: row.get("inside"),
        entries: row.get("entries"),
        last_at: row.get("last_at"),
    };
    let conflicts = client.prepare_cached(CONFLICTS).await?;
    let conflicts = client.query_one(&conflicts, &[&event]).await?;
    Ok((rows.iter().map(count).collect(), conflicts.get(0)))
}
