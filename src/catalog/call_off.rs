//! Says that an event does not take place. What becomes of its bookings is for `payment`.

use crate::postgres::{Error, Transaction};
use crate::types::EventNo;

/// $1 event.
const CALL_OFF: &str = "
    UPDATE events SET status = 'called_off', called_off_at = now(), version = version + 1
    WHERE event_id = $1 AND status = 'published'";

/// Calls an event off, for good: from the commit on no batch sells anything of it. False if it was called off before, is not
/// published, or there is none.
///
/// # Errors
/// Those of the database.
pub async fn call_off(transaction: &Transaction<'_>, event: EventNo) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(CALL_OFF).await?;
    Ok(transaction.execute(&statement, &[&event]).await? == 1)
}
