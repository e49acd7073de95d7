//! Lists and gates: made, changed, closed, read.
//!
//! What must hold: a change and its entry in the audit trail are one transaction; a gate has a list of its own event; a gate that scans name is never deleted; an event has
//! [`GATES_MAX`] of each at most.

use serde_json::{Value, json};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::audit::{self, Actor, Entry};
use crate::postgres::{AsDbError, Db, Error, Transaction};
use crate::types::{EventNo, TierNo, Timestamp};

/// Gates of an event at most, closed ones among them; and lists.
pub const GATES_MAX: i64 = 200;
/// Characters of a name at most.
pub const NAME_MAX: usize = 100;

/// $1 event.
const LISTS: &str = "
    SELECT id, name, tiers, allows_reentry FROM check_in_lists WHERE event_id = $1 ORDER BY created_at, id";

/// $1 event.
const GATES: &str = "
    SELECT id, list_id, name, closed_at FROM gates WHERE event_id = $1 ORDER BY created_at, id";

/// $1 event, $2 id, $3 name, $4 tiers, $5 whether it allows re-entry, $6 lists at most. From a tier's row, so that a
/// distributed database runs it whole on one node.
const INSERT_LIST: &str = "
    INSERT INTO check_in_lists AS l (event_id, id, name, tiers, allows_reentry)
    SELECT t.event_id, $2, $3, $4, $5 FROM tiers AS t
    WHERE t.event_id = $1 AND t.tier_no = 1
      AND (SELECT count(*) FROM check_in_lists WHERE event_id = $1) < $6";

/// $1 event, $2 id, $3 list, $4 name, $5 gates at most.
const INSERT_GATE: &str = "
    INSERT INTO gates AS g (event_id, id, list_id, name)
    SELECT l.event_id, $2, l.id, $4 FROM check_in_lists AS l
    WHERE l.event_id = $1 AND l.id = $3 AND (SELECT count(*) FROM gates WHERE event_id = $1) < $5";

/// $1 event, $2 list, $3 name, $4 tiers, $5 whether it allows re-entry.
const CHANGE_LIST: &str = "
    UPDATE check_in_lists SET name = $3, tiers = $4, allows_reentry = $5 WHERE event_id = $1 AND id = $2";

/// $1 event, $2 list.
const LOCK_LIST: &str = "
    SELECT id, name, tiers, allows_reentry FROM check_in_lists WHERE event_id = $1 AND id = $2 FOR UPDATE";

/// $1 event, $2 gate.
const LOCK_GATE: &str = "
    SELECT id, list_id, name, closed_at FROM gates WHERE event_id = $1 AND id = $2 FOR UPDATE";

/// $1 event, $2 gate, $3 list, $4 name.
const CHANGE_GATE: &str =
    "UPDATE gates SET list_id = $3, name = $4 WHERE event_id = $1 AND id = $2";

/// $1 event, $2 gate.
const CLOSE_GATE: &str = "UPDATE gates SET closed_at = now() WHERE event_id = $1 AND id = $2";

/// $1 event, $2 list.
const HAS_LIST: &str = "SELECT EXISTS (SELECT FROM check_in_lists WHERE event_id = $1 AND id = $2)";

/// Who is admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its id.
    pub id: Uuid,
    /// As people call it.
    pub name: String,
    /// The tiers that it admits; `None` is every tier.
    pub tiers: Option<Vec<TierNo>>,
    /// Whether who has left may come in again.
    pub allows_reentry: bool,
}

impl List {
    /// Whether tickets of this tier are let in.
    pub fn admits(&self, tier: TierNo) -> bool {
        self.tiers
            .as_ref()
            .is_none_or(|tiers| tiers.contains(&tier))
    }

    pub(super) fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            name: row.get("name"),
            tiers: row.get("tiers"),
            allows_reentry: row.get("allows_reentry"),
        }
    }
}

/// Where tickets are scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Its id.
    pub id: Uuid,
    /// Its list.
    pub list: Uuid,
    /// As people call it.
    pub name: String,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

impl Gate {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            list: row.get("list_id"),
            name: row.get("name"),
            closed_at: row.get("closed_at"),
        }
    }
}

/// A list that is to be made.
#[derive(Debug)]
pub struct NewList {
    /// As people call it: 1 to [`NAME_MAX`] characters.
    pub name: String,
    /// The tiers that it admits; `None` is every tier.
    pub tiers: Option<Vec<TierNo>>,
    /// Whether who has left may come in again.
    pub allows_reentry: bool,
}

/// A gate that is to be made.
#[derive(Debug)]
pub struct NewGate {
    /// As people call it: 1 to [`NAME_MAX`] characters.
    pub name: String,
    /// A list of the event.
    pub list: Uuid,
}

/// What is to be changed of a gate.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another list.
    pub list: Option<Uuid>,
}

/// Why a list or a gate is not made or changed.
#[derive(Debug)]
pub enum GateError {
    /// There is no such gate, or it is closed.
    NoGate,
    /// The event has no such list.
    NoList,
    /// Another open gate has this name.
    NameTaken,
    /// The event has [`GATES_MAX`] of them.
    TooMany,
    /// Those of the database.
    Db(Error),
}

impl From<Error> for GateError {
    fn from(error: Error) -> Self {
        if error.is_unique_violation("gates_name_key") {
            Self::NameTaken
        } else {
            Self::Db(error)
        }
    }
}

impl AsDbError for GateError {
    fn as_db_error(&self) -> Option<&Error> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// The event's lists and gates, the oldest first; closed gates among them.
///
/// # Errors
/// Those of the database.
pub async fn gates(db: &Db, event: EventNo) -> Result<(Vec<List>, Vec<Gate>), Error> {
    let client = db.get().await?;
    let lists = client.prepare_cached(LISTS).await?;
    let lists = client.query(&lists, &[&event]).await?;
    let gates = client.prepare_cached(GATES).await?;
    let gates = client.query(&gates, &[&event]).await?;
    Ok((
        lists.iter().map(List::read).collect(),
        gates.iter().map(Gate::read).collect(),
    ))
}

/// Makes a list.
///
/// # Errors
/// [`GateError::TooMany`] and [`GateError::Db`].
pub async fn create_list(
    db: &Db,
    event: EventNo,
    new: NewList,
    by: &Actor,
) -> Result<List, GateError> {
    let list = List {
        id: Uuid::new_v4(),
        name: new.name,
        tiers: new.tiers,
        allows_reentry: new.allows_reentry,
    };
    let made = Entry::new(by, "list.made", "check-in list", list.id).event(event);
    let made = made.after(said_of_list(&list));
    db.transaction(|transaction| {
        let (list, made) = (list.clone(), made.clone());
        Box::pin(async move {
            insert_list(transaction, event, &list).await?;
            audit::record(transaction, &made).await?;
            Ok(list)
        })
    })
    .await
}

async fn insert_list(
    transaction: &Transaction<'_>,
    event: EventNo,
    list: &List,
) -> Result<(), GateError> {
    let statement = transaction.prepare_cached(INSERT_LIST).await?;
    let made = transaction
        .execute(
            &statement,
            &[
                &event,
                &list.id,
                &list.name,
                &list.tiers,
                &list.allows_reentry,
                &GATES_MAX,
            ],
        )
        .await?;
    (made == 1).then_some(()).ok_or(GateError::TooMany)
}

/// Makes a list another one. Who is in stays in.
///
/// # Errors
/// [`GateError::NoList`] and [`GateError::Db`].
pub async fn change_list(
    db: &Db,
    event: EventNo,
    list: &List,
    by: &Actor,
) -> Result<(), GateError> {
    let changed = Entry::new(by, "list.changed", "check-in list", list.id).event(event);
    let changed = changed.after(said_of_list(list));
    db.transaction(|transaction| {
        let (list, changed) = (list.clone(), changed.clone());
        Box::pin(async move {
            let statement = transaction.prepare_cached(LOCK_LIST).await?;
            let before = transaction
                .query_opt(&statement, &[&event, &list.id])
                .await?;
            let before = List::read(&before.ok_or(GateError::NoList)?);
            let statement = transaction.prepare_cached(CHANGE_LIST).await?;
            transaction
                .execute(
                    &statement,
                    &[
                        &event,
                        &list.id,
                        &list.name,
                        &list.tiers,
                        &list.allows_reentry,
                    ],
                )
                .await?;
            let entry = changed.before(said_of_list(&before));
            Ok(audit::record(transaction, &entry).await?)
        })
    })
    .await
}

/// Opens a gate.
///
/// # Errors
/// [`GateError`].
pub async fn create_gate(
    db: &Db,
    event: EventNo,
    new: NewGate,
    by: &Actor,
) -> Result<Gate, GateError> {
    let gate = Gate {
        id: Uuid::new_v4(),
        list: new.list,
        name: new.name,
        closed_at: None,
    };
    let made = Entry::new(by, "gate.opened", "gate", gate.id).event(event);
    let made = made.after(said_of_gate(&gate));
    db.transaction(|transaction| {
        let (gate, made) = (gate.clone(), made.clone());
        Box::pin(async move {
            require_list(transaction, event, Some(gate.list)).await?;
            let statement = transaction.prepare_cached(INSERT_GATE).await?;
            let inserted = transaction
                .execute(
                    &statement,
                    &[&event, &gate.id, &gate.list, &gate.name, &GATES_MAX],
                )
                .await?;
            if inserted == 0 {
                return Err(GateError::TooMany);
            }
            audit::record(transaction, &made).await?;
            Ok(gate)
        })
    })
    .await
}

/// Changes an open gate: its name, its list, or both.
///
/// # Errors
/// [`GateError`].
pub async fn change_gate(
    db: &Db,
    event: EventNo,
    gate: Uuid,
    change: Change,
    by: &Actor,
) -> Result<(), GateError> {
    let changed = Entry::new(by, "gate.changed", "gate", gate).event(event);
    db.transaction(|transaction| {
        let (change, changed) = (change.clone(), changed.clone());
        Box::pin(async move {
            require_list(transaction, event, change.list).await?;
            let before = lock_gate(transaction, event, gate).await?;
            let before = before.filter(|gate| gate.closed_at.is_none());
            let before = before.ok_or(GateError::NoGate)?;
            let after = Gate {
                name: change.name.unwrap_or_else(|| before.name.clone()),
                list: change.list.unwrap_or(before.list),
                ..before.clone()
            };
            let statement = transaction.prepare_cached(CHANGE_GATE).await?;
            transaction
                .execute(&statement, &[&event, &gate, &after.list, &after.name])
                .await?;
            let entry = changed.before(said_of_gate(&before));
            let entry = entry.after(said_of_gate(&after));
            Ok(audit::record(transaction, &entry).await?)
        })
    })
    .await
}

/// Closes a gate; again, it changes nothing. Scans that were queued at it are still taken.
///
/// # Errors
/// [`GateError::NoGate`] and [`GateError::Db`].
pub async fn close_gate(db: &Db, event: EventNo, gate: Uuid, by: &Actor) -> Result<(), GateError> {
    let closed = Entry::new(by, "gate.closed", "gate", gate).event(event);
    db.transaction(|transaction| {
        let closed = closed.clone();
        Box::pin(async move {
            let before = lock_gate(transaction, event, gate).await?;
            if before.ok_or(GateError::NoGate)?.closed_at.is_some() {
                return Ok(());
            }
            let statement = transaction.prepare_cached(CLOSE_GATE).await?;
            transaction.execute(&statement, &[&event, &gate]).await?;
            Ok(audit::record(transaction, &closed).await?)
        })
    })
    .await
}

async fn lock_gate(
    transaction: &Transaction<'_>,
    event: EventNo,
    gate: Uuid,
) -> Result<Option<Gate>, Error> {
    let statement = transaction.prepare_cached(LOCK_GATE).await?;
    let row = transaction.query_opt(&statement, &[&event, &gate]).await?;
    Ok(row.as_ref().map(Gate::read))
}

/// What the audit trail says of a list.
fn said_of_list(list: &List) -> Value {
    let tiers = list.tiers.as_ref();
    let tiers = tiers.map(|tiers| tiers.iter().map(|tier| tier.0).collect::<Vec<_>>());
    json!({"name": list.name, "tiers": tiers, "allows_reentry": list.allows_reentry})
}

/// What the audit trail says of a gate.
fn said_of_gate(gate: &Gate) -> Value {
    json!({"name": gate.name, "list": gate.list})
}

async fn require_list(
    transaction: &Transaction<'_>,
    event: EventNo,
    list: Option<Uuid>,
) -> Result<(), GateError> {
    let Some(list) = list else {
        return Ok(());
    };
    let statement = transaction.prepare_cached(HAS_LIST).await?;
    let found = transaction.query_one(&statement, &[&event, &list]).await?;
    found
        .get::<_, bool>(0)
        .then_some(())
        .ok_or(GateError::NoList)
}
