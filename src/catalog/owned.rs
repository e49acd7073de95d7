//! Whether an event is an organisation's, asked before anything of an organiser's is read or changed; and which are.

use super::Catalog;
use super::address::IS_AMBIGUOUS;
use super::page::{Cursor, Page};
use super::rows::EVENT_COLUMNS;
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

/// Which events of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Those that have not begun, the next one first.
    ToCome,
    /// The others, the last one first.
    Past,
}

impl Catalog {
    /// A page of an organisation's events, as they are now: after `cursor`, `limit` at most.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of_organisation(
        &self,
        organisation: OrganisationNo,
        when: When,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, Error> {
        let (compared, from, order) = match when {
            When::ToCome => (">", "e.starts_at >= now()", "ASC"),
            When::Past => ("<", "e.starts_at < now()", "DESC"),
        };
        // $1 organisation, $2 and $3 the event after which the page begins, $4 how many.
        let statement = format!(
            "SELECT {EVENT_COLUMNS}, {IS_AMBIGUOUS} FROM events e JOIN venues v USING (venue_id)
             WHERE e.organisation_id = $1 AND {from}
               AND ($2::timestamptz IS NULL OR (e.starts_at, e.public_id) {compared} ($2, $3))
             ORDER BY e.starts_at {order}, e.public_id {order} LIMIT $4"
        );
        let (at, id) = (cursor.map(|at| at.starts_at), cursor.map(|at| at.id));
        let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let reader = self.reads.of_primary().await?;
        let params = [&organisation as _, &at as _, &id as _, &one_more as _];
        let found = self.read_by(&reader, &statement, &params).await?;
        let mut events: Vec<_> = found.into_iter().map(|found| found.whole).collect();
        let next = (events.len() > limit).then(|| {
            events.truncate(limit);
            events.last().map(|event| Cursor {
                starts_at: event.starts_at,
                id: event.id,
            })
        });
        Ok(Page {
            events,
            next: next.flatten(),
            did_you_mean: None,
        })
    }
}
