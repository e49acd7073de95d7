//! An organisation's events, whatever their status: read from the primary, as they are.

use std::str::FromStr;

use crate::types::Invalid;
use tokio_postgres::Row;

use super::EditError;
use crate::audit::Actor;
use crate::catalog::address::IS_AMBIGUOUS;
use crate::catalog::details::Details;
use crate::catalog::event::Event;
use crate::catalog::page;
use crate::catalog::rows::{EVENT_COLUMNS, read_event, read_tiers};
use crate::catalog::status::Status;
use crate::postgres::{Client, Db, Error, Transaction};
use crate::types::{EventId, EventNo, OrganisationNo, Timestamp};

/// An event as its organiser sees it.
#[derive(Debug, Clone)]
pub struct Own {
    /// As buyers see it, or would.
    pub event: Event,
    /// What was said of how many tickets one buyer may have; `None` if nothing was.
    pub max_tickets_per_buyer: Option<i32>,
    /// What was said of how many seconds a pending booking keeps its tickets.
    pub hold_seconds: Option<i32>,
    /// The database's time.
    pub now: Timestamp,
}

impl Own {
    /// As its organiser writes it.
    pub fn details(&self) -> Details {
        Details {
            max_tickets_per_buyer: self.max_tickets_per_buyer.map(i64::from),
            hold_seconds: self.hold_seconds.map(i64::from),
            ..Details::of(&self.event)
        }
    }
}

/// The event after which a page of the list begins.
pub type Cursor = page::Cursor;

/// Some events of an organisation, the latest first.
#[derive(Debug, Default)]
pub struct Page {
    /// At most as many as requested.
    pub events: Vec<Own>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// With what is read beside [`EVENT_COLUMNS`].
fn select(condition: &str) -> String {
    format!(
        "SELECT {EVENT_COLUMNS}, {IS_AMBIGUOUS}, e.max_tickets_per_buyer AS said_per_buyer, e.hold_seconds, now() AS now
         FROM events e JOIN venues v USING (venue_id) WHERE {condition}"
    )
}

/// One event of whoever asks.
///
/// # Errors
/// [`EditError::NoEvent`], and those of the database.
pub async fn read(db: &Db, id: EventId, by: &Actor) -> Result<Own, EditError> {
    read_in(&db.get().await?, id, by.organisation).await
}

/// `organisation` is whose it must be; `None`: anybody's.
pub(super) async fn read_in(
    client: &Client,
    id: EventId,
    organisation: Option<OrganisationNo>,
) -> Result<Own, EditError> {
    let condition = "e.public_id = $1 AND ($2::bigint IS NULL OR e.organisation_id = $2)";
    let statement = client.prepare_cached(&select(condition)).await?;
    let rows = client.query(&statement, &[&id, &organisation]).await?;
    let found = with_tiers(client, &rows).await?.pop();
    found.ok_or(EditError::NoEvent)
}

/// A page of an organisation's events, the latest first: those of a status, if one is given.
///
/// # Errors
/// Those of the database.
pub async fn list(
    db: &Db,
    by: &Actor,
    status: Option<Status>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page, Error> {
    let client = db.get().await?;
    let condition =
        "($1::bigint IS NULL OR e.organisation_id = $1) AND ($2::text IS NULL OR e.status = $2)
        AND ($3::timestamptz IS NULL OR (e.starts_at, e.public_id) < ($3, $4))
        ORDER BY e.starts_at DESC, e.public_id DESC LIMIT $5";
    let statement = client.prepare_cached(&select(condition)).await?;
    let (at, id) = (after.map(|it| it.starts_at), after.map(|it| it.id));
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let status = status.map(Status::as_str);
    let rows = client
        .query(
            &statement,
            &[&by.organisation, &status, &at, &id, &one_more],
        )
        .await?;
    let mut events = with_tiers(&client, &rows).await?;
    let next = (events.len() > limit).then(|| {
        events.truncate(limit);
        events.last().map(|Own { event, .. }| Cursor {
            starts_at: event.starts_at,
            id: event.id,
        })
    });
    Ok(Page {
        events,
        next: next.flatten(),
    })
}

async fn with_tiers(client: &Client, rows: &[Row]) -> Result<Vec<Own>, Error> {
    let numbers: Vec<EventNo> = rows.iter().map(|row| row.get("event_id")).collect();
    let mut tiers = read_tiers(client, &numbers, |_, _| None).await?;
    let own = |row: &Row| Own {
        event: read_event(row, tiers.remove(&row.get("event_id")).unwrap_or_default()),
        max_tickets_per_buyer: row.get("said_per_buyer"),
        hold_seconds: row.get("hold_seconds"),
        now: row.get("now"),
    };
    Ok(rows.iter().map(own).collect())
}

/// Locks an event against other changes, and reads it. Sales go on.
///
/// # Errors
/// [`EditError::NoEvent`]; [`EditError::Stale`] if it is not at `version`, where one is given.
pub(super) async fn lock(
    transaction: &Transaction<'_>,
    id: EventId,
    by: &Actor,
    version: Option<i32>,
) -> Result<Own, EditError> {
    let lock = "SELECT version FROM events
                WHERE public_id = $1 AND ($2::bigint IS NULL OR organisation_id = $2) FOR NO KEY UPDATE";
    let row = transaction
        .query_opt(lock, &[&id, &by.organisation])
        .await?;
    let row = row.ok_or(EditError::NoEvent)?;
    let found: i32 = row.get("version");
    if version.is_some_and(|version| version != found) {
        return Err(EditError::Stale { version: found });
    }
    read_in(transaction, id, by.organisation).await
}

/// Counts the version of an event that is locked.
pub(super) async fn count_version(
    transaction: &Transaction<'_>,
    event: EventNo,
) -> Result<(), Error> {
    set_cheapest(transaction, event).await?;
    let count = "UPDATE events SET version = version + 1 WHERE event_id = $1";
    transaction.execute(count, &[&event]).await?;
    Ok(())
}

/// Writes what an event is found by: the lowest price that everybody sees.
pub(super) async fn set_cheapest(
    transaction: &Transaction<'_>,
    event: EventNo,
) -> Result<(), Error> {
    let cheapest = "SELECT min(price_minor) FROM tiers WHERE event_id = $1 AND NOT hidden";
    let cheapest: Option<i64> = transaction.query_one(cheapest, &[&event]).await?.get(0);
    let set = "UPDATE events SET price_from_minor = $2 WHERE event_id = $1";
    transaction.execute(set, &[&event, &cheapest]).await?;
    Ok(())
}

impl FromStr for Status {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| Invalid::new("must be draft, publishing, published or called_off"))
    }
}
