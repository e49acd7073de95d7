//! Whether an event is an organisation's: asked before anything of an organiser's is read or changed.

use crate::postgres::{Client, Error};
use crate::types::{EventId, EventNo, OrganisationNo};

/// $1 public id, $2 organisation.
const OWNED: &str = "SELECT event_id FROM events WHERE public_id = $1 AND organisation_id = $2";

/// The event's number, if it is this organisation's; a foreign event is as if it did not exist.
///
/// # Errors
/// Those of the database.
pub async fn owned(
    client: &Client,
    event: EventId,
    organisation: OrganisationNo,
) -> Result<Option<EventNo>, Error> {
    let statement = client.prepare_cached(OWNED).await?;
    let row = client
        .query_opt(&statement, &[&event, &organisation])
        .await?;
    Ok(row.map(|row| row.get("event_id")))
}
