//! The audit trail: who did what when, and what it was before. Owns the table `audit_entries`.
//!
//! What must hold: an entry is written in the transaction of the change that it tells of, so there is none without
//! its change and no change without its entry; entries are added and never changed or deleted; none holds a secret.
//! Who may read them is decided at the edge.

use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use uuid::Uuid;

use crate::postgres::{Db, Error, Transaction};
use crate::types::{AuditId, EventNo, Invalid, OrganisationNo, OrganiserId, Timestamp};

/// What kind of hand made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// Somebody who is signed in.
    Organiser,
    /// A program with an API token.
    ApiToken,
    /// Whoever runs the server: a command, a setting.
    Operator,
    /// The server itself.
    System,
}

impl ActorKind {
    /// As the database has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organiser => "organiser",
            Self::ApiToken => "api_token",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }

    fn parse(text: &str) -> Self {
        let kinds = [Self::Organiser, Self::ApiToken, Self::Operator];
        let kind = kinds.into_iter().find(|kind| kind.as_str() == text);
        kind.unwrap_or(Self::System)
    }
}

/// Who makes a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of hand.
    pub kind: ActorKind,
    /// The organiser or the API token.
    pub id: Option<Uuid>,
    /// For people.
    pub name: String,
    /// For which organisation they act; `None` for none or for all.
    pub organisation: Option<OrganisationNo>,
}

impl Actor {
    /// Somebody who is signed in, at work for an organisation.
    pub fn organiser(id: OrganiserId, name: &str, organisation: OrganisationNo) -> Self {
        Self {
            kind: ActorKind::Organiser,
            id: Some(id.0),
            name: name.to_owned(),
            organisation: Some(organisation),
        }
    }

    /// A program.
    pub fn api_token(id: Uuid, name: &str, organisation: Option<OrganisationNo>) -> Self {
        Self {
            kind: ActorKind::ApiToken,
            id: Some(id),
            name: name.to_owned(),
            organisation,
        }
    }

    /// Whoever runs the server, by this command.
    pub fn operator(command: &str) -> Self {
        Self {
            kind: ActorKind::Operator,
            id: None,
            name: command.to_owned(),
            organisation: None,
        }
    }

    /// The server itself, by this task.
    pub fn system(task: &str) -> Self {
        Self {
            kind: ActorKind::System,
            id: None,
            name: task.to_owned(),
            organisation: None,
        }
    }
}

/// A change to record.
#[derive(Debug, Clone)]
pub struct Entry {
    by: Actor,
    organisation: Option<OrganisationNo>,
    event: EventNo,
    action: &'static str,
    subject_kind: &'static str,
    subject_id: String,
    before: Option<Value>,
    after: Option<Value>,
}

/// What stands in `event_id` of what belongs to no event.
const NO_EVENT: EventNo = EventNo(0);

impl Entry {
    /// That somebody did this to that: `Entry::new(by, "member.invited", "member", &email)`. An action is the noun and
    /// what happened to it.
    pub fn new(
        by: &Actor,
        action: &'static str,
        subject_kind: &'static str,
        subject_id: impl ToString,
    ) -> Self {
        Self {
            organisation: by.organisation,
            by: by.clone(),
            event: NO_EVENT,
            action,
            subject_kind,
            subject_id: subject_id.to_string(),
            before: None,
            after: None,
        }
    }

    /// Of this event.
    pub fn event(self, event: EventNo) -> Self {
        Self { event, ..self }
    }

    /// Of this organisation, where the actor does not say which.
    pub fn of(self, organisation: OrganisationNo) -> Self {
        let organisation = Some(organisation);
        Self {
            organisation,
            ..self
        }
    }

    /// Of what was changed, once it has an id.
    pub fn subject(self, id: impl ToString) -> Self {
        let subject_id = id.to_string();
        Self { subject_id, ..self }
    }

    /// What it was before. No secret, and nothing of a buyer that is to be forgotten.
    pub fn before(self, before: Value) -> Self {
        let before = Some(before);
        Self { before, ..self }
    }

    /// What it is now. As [`Entry::before`].
    pub fn after(self, after: Value) -> Self {
        let after = Some(after);
        Self { after, ..self }
    }
}

/// From parameters alone, so that a distributed database runs it on the event's node.
const INSERT: &str = "
    INSERT INTO audit_entries (event_id, id, organisation_id, actor_kind, actor_id, actor_name, action,
                               subject_kind, subject_id, before, after)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// Writes an entry, within the transaction of the change.
///
/// # Errors
/// Those of the database.
pub async fn record(transaction: &Transaction<'_>, entry: &Entry) -> Result<(), Error> {
    let statement = transaction.prepare_cached(INSERT).await?;
    let name: String = entry.by.name.chars().take(200).collect();
    transaction
        .execute(
            &statement,
            &[
                &entry.event,
                &AuditId::make(),
                &entry.organisation,
                &entry.by.kind.as_str(),
                &entry.by.id,
                &name,
                &entry.action,
                &entry.subject_kind,
                &entry.subject_id,
                &entry.before.as_ref().map(Json),
                &entry.after.as_ref().map(Json),
            ],
        )
        .await?;
    Ok(())
}

/// An entry as it was written.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its id.
    pub id: AuditId,
    /// Of which event; `None` if of none.
    pub event: Option<EventNo>,
    /// When the transaction of the change began.
    pub at: Timestamp,
    /// Who made the change, as they were called then.
    pub by: Actor,
    /// What was done.
    pub action: String,
    /// The kind of what was changed.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: String,
    /// What it was before.
    pub before: Option<Value>,
    /// What it was after.
    pub after: Option<Value>,
}

impl Recorded {
    fn read(row: &Row) -> Self {
        let event: EventNo = row.get("event_id");
        let value = |column| row.get::<_, Option<Json<Value>>>(column).map(|json| json.0);
        Self {
            id: row.get("id"),
            event: (event != NO_EVENT).then_some(event),
            at: row.get("at"),
            by: Actor {
                kind: ActorKind::parse(row.get("actor_kind")),
                id: row.get("actor_id"),
                name: row.get("actor_name"),
                organisation: row.get("organisation_id"),
            },
            action: row.get("action"),
            subject_kind: row.get("subject_kind"),
            subject_id: row.get("subject_id"),
            before: value("before"),
            after: value("after"),
        }
    }
}

/// Which entries.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// Everything that concerns an organisation.
    Organisation(OrganisationNo),
    /// What was done to an event and what belongs to it.
    Event(EventNo),
    /// What was done to one thing of an event, such as a booking's id.
    Subject(EventNo, &'a str),
}

/// The entry after which a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    at: Timestamp,
    id: AuditId,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let micros = self.at.timestamp_micros();
        write!(f, "{micros:x}.{}", self.id.0.simple())
    }
}

impl std::str::FromStr for Cursor {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parse = || {
            let (micros, id) = text.split_once('.')?;
            let micros = i64::from_str_radix(micros, 16).ok()?;
            let at = Timestamp::from_timestamp_micros(micros)?;
            let id = AuditId(Uuid::try_parse(id).ok()?);
            Some(Self { at, id })
        };
        parse()
            .filter(|cursor| cursor.to_string() == text)
            .ok_or_else(|| Invalid::new("must be the cursor of a page of this list"))
    }
}

/// Some entries, the newest first.
#[derive(Debug, Default)]
pub struct Page {
    /// At most as many as requested.
    pub entries: Vec<Recorded>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// $1 time, $2 id, $3 how many; then what `condition` compares with.
fn list(condition: &str) -> String {
    format!(
        "SELECT event_id, id, at, organisation_id, actor_kind, actor_id, actor_name, action, subject_kind,
                subject_id, before, after
         FROM audit_entries
         WHERE {condition} AND ($1::timestamptz IS NULL OR (at, id) < ($1, $2))
         ORDER BY at DESC, id DESC LIMIT $3"
    )
}

/// A page of entries, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn read(db: &Db, of: Of<'_>, after: Option<Cursor>, limit: usize) -> Result<Page, Error> {
    let client = db.get().await?;
    let (at, id) = (after.map(|after| after.at), after.map(|after| after.id));
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let rows = match of {
        Of::Organisation(organisation) => {
            let list = client.prepare_cached(&list("organisation_id = $4")).await?;
            let params = [&at as _, &id as _, &one_more as _, &organisation as _];
            client.query(&list, &params).await?
        }
        Of::Event(event) => {
            let list = client.prepare_cached(&list("event_id = $4")).await?;
            let params = [&at as _, &id as _, &one_more as _, &event as _];
            client.query(&list, &params).await?
        }
        Of::Subject(event, subject) => {
            let list = list("event_id = $4 AND subject_id = $5");
            let list = client.prepare_cached(&list).await?;
            let params = [
                &at as _,
                &id as _,
                &one_more as _,
                &event as _,
                &subject as _,
            ];
            client.query(&list, &params).await?
        }
    };
    let mut entries: Vec<Recorded> = rows.iter().map(Recorded::read).collect();
    let next = (entries.len() > limit).then(|| {
        entries.truncate(limit);
        entries.last().map(|last| Cursor {
            at: last.at,
            id: last.id,
        })
    });
    Ok(Page {
        entries,
        next: next.flatten(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_round_trip_and_nothing_else_passes() {
        let cursor = Cursor {
            at: Timestamp::from_timestamp_micros(1_800_000_000_000_001).unwrap(),
            id: AuditId(Uuid::from_u128(7)),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "1", ".", "zz.00", "1.x", "' OR 1=1"] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }
}
