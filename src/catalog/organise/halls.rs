//! The halls that an organisation has drawn. Owns the table `halls`.
//!
//! What must hold: a hall that is kept makes sense (`seating::hall`); an organisation sees its own alone; who changes one
//! says which version they have seen. Events copy what they use, so nothing depends on a hall.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::EditError;
use crate::audit::{self, Actor, Entry};
use crate::catalog::must::{Must, Wrong};
use crate::postgres::{Db, Error, Transaction};
use crate::seating::hall::{Hall, Layout};
use crate::types::{HallId, OrganisationNo, Timestamp};

/// Halls of an organisation.
pub const HALLS_MAX: usize = 200;
const NAME_MAX: usize = 200;

/// A hall as its organiser writes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HallDetails {
    /// What it is called: no other hall of the organisation's venue is.
    #[schema(examples("Great hall"))]
    pub name: String,
    /// In which building it is.
    pub venue: String,
    /// Where its seats are.
    pub layout: Layout,
}

/// A hall that is kept.
#[derive(Debug, Clone)]
pub struct KeptHall {
    /// Its id.
    pub id: HallId,
    /// What it is called.
    pub name: String,
    /// In which building it is; empty if nobody has said.
    pub venue: String,
    /// How many seats it has.
    pub seats: i32,
    /// Counts the changes.
    pub version: i32,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

impl HallDetails {
    /// The hall, if nothing is wrong.
    fn parse(&self) -> Result<Hall, EditError> {
        let mut wrong = Vec::new();
        let is_text = |text: &str, least| {
            (least..=NAME_MAX).contains(&text.trim().chars().count())
                && !text.contains(char::is_control)
        };
        if !is_text(&self.name, 1) {
            wrong.push(Wrong::at("/name", Must::BeText(NAME_MAX)));
        }
        if !is_text(&self.venue, 0) {
            wrong.push(Wrong::at("/venue", Must::BeShort(NAME_MAX)));
        }
        let hall = match Hall::parse(&self.layout) {
            Ok(hall) if wrong.is_empty() => return Ok(hall),
            Ok(_) => Vec::new(),
            Err(of_layout) => of_layout,
        };
        let of_layout = hall.into_iter();
        wrong.extend(of_layout.map(|it| Wrong::of_hall("/layout", it)));
        Err(EditError::Invalid(wrong))
    }
}

/// Whether a hall could be kept, but for its name.
///
/// # Errors
/// [`EditError::Invalid`].
pub fn check(details: &HallDetails) -> Result<(), EditError> {
    details.parse().map(|_| ())
}

const COLUMNS: &str = "id, name, venue, seats, version, changed_at";

fn read_row(row: &Row) -> KeptHall {
    KeptHall {
        id: row.get("id"),
        name: row.get("name"),
        venue: row.get("venue"),
        seats: row.get("seats"),
        version: row.get("version"),
        changed_at: row.get("changed_at"),
    }
}

/// The halls of whoever asks, by venue and name, without their layouts.
///
/// # Errors
/// Those of the database.
pub async fn list(db: &Db, by: &Actor) -> Result<Vec<KeptHall>, Error> {
    let list = format!(
        "SELECT {COLUMNS} FROM halls WHERE ($1::bigint IS NULL OR organisation_id = $1)
         ORDER BY venue, name, id LIMIT $2"
    );
    let limit = HALLS_MAX as i64;
    let rows = db.get().await?;
    let rows = rows.query(&list, &[&by.organisation, &limit]).await?;
    Ok(rows.iter().map(read_row).collect())
}

/// A hall of whoever asks, and how it is written.
///
/// # Errors
/// [`EditError::NoHall`], and those of the database.
pub async fn read(db: &Db, by: &Actor, id: HallId) -> Result<(KeptHall, HallDetails), EditError> {
    let read = format!(
        "SELECT {COLUMNS}, layout FROM halls WHERE id = $1 AND ($2::bigint IS NULL OR organisation_id = $2)"
    );
    let client = db.get().await?;
    let row = client.query_opt(&read, &[&id, &by.organisation]).await?;
    let row = row.ok_or(EditError::NoHall)?;
    Ok((read_row(&row), read_details(&row)))
}

fn read_details(row: &Row) -> HallDetails {
    let Json(layout) = row.get::<_, Json<serde_json::Value>>("layout");
    HallDetails {
        name: row.get("name"),
        venue: row.get("venue"),
        layout: serde_json::from_value(layout).unwrap_or_default(),
    }
}

/// Keeps a new hall.
///
/// # Errors
/// [`EditError::Invalid`], and those of the database; nothing was kept.
pub async fn create(db: &Db, by: &Actor, details: &HallDetails) -> Result<HallId, EditError> {
    let hall = details.parse()?;
    let id = HallId(Uuid::new_v4());
    db.transaction(|transaction| {
        let (by, details, hall) = (by.clone(), details.clone(), hall.clone());
        Box::pin(async move {
            let organisation = by.organisation.unwrap_or_default();
            check_room(transaction, organisation).await?;
            let insert = "INSERT INTO halls (id, organisation_id, name, venue, layout, seats)
                          VALUES ($1, $2, $3, $4, $5, $6)";
            let (name, venue) = (details.name.trim(), details.venue.trim());
            let layout = Json(hall.layout());
            let seats = hall.seats() as i32;
            let inserted = transaction
                .execute(
                    insert,
                    &[&id, &organisation, &name, &venue, &layout, &seats],
                )
                .await;
            inserted.map_err(named_twice)?;
            let entry = Entry::new(&by, "hall.created", "hall", id).of(organisation);
            let after = json!({"name": name, "venue": venue, "seats": seats});
            audit::record(transaction, &entry.after(after)).await?;
            Ok(id)
        })
    })
    .await
}

/// One at a time: a lock on the organisation's row counts.
async fn check_room(
    transaction: &Transaction<'_>,
    organisation: OrganisationNo,
) -> Result<(), EditError> {
    let lock = "SELECT FROM organisations WHERE id = $1 FOR NO KEY UPDATE";
    transaction.query(lock, &[&organisation]).await?;
    let count = "SELECT count(*) FROM halls WHERE organisation_id = $1";
    let count: i64 = transaction.query_one(count, &[&organisation]).await?.get(0);
    if count >= HALLS_MAX as i64 {
        return Err(EditError::wrong("/name", Must::HaveEntries(0, HALLS_MAX)));
    }
    Ok(())
}

fn named_twice(error: Error) -> EditError {
    if error.is_unique_violation("halls_name_key") {
        EditError::wrong("/name", Must::BeAlone)
    } else {
        error.into()
    }
}

/// Changes a hall into what is said of it here. Returns the version that it is at then.
///
/// # Errors
/// [`EditError`]; nothing was changed.
pub async fn change(
    db: &Db,
    by: &Actor,
    id: HallId,
    version: i32,
    details: &HallDetails,
) -> Result<i32, EditError> {
    let hall = details.parse()?;
    db.transaction(|transaction| {
        let (by, details, hall) = (by.clone(), details.clone(), hall.clone());
        Box::pin(async move {
            let (organisation, before) = lock(transaction, &by, id, Some(version)).await?;
            let change = "UPDATE halls SET name = $2, venue = $3, layout = $4, seats = $5,
                                           version = version + 1, changed_at = now()
                          WHERE id = $1";
            let (name, venue) = (details.name.trim(), details.venue.trim());
            let layout = Json(hall.layout());
            let seats = hall.seats() as i32;
            let changed = transaction
                .execute(change, &[&id, &name, &venue, &layout, &seats])
                .await;
            changed.map_err(named_twice)?;
            let entry = Entry::new(&by, "hall.changed", "hall", id).of(organisation);
            let after = json!({"name": name, "venue": venue, "seats": seats});
            audit::record(transaction, &entry.before(before).after(after)).await?;
            Ok(version + 1)
        })
    })
    .await
}

/// Deletes a hall. Events that have used it keep their seats.
///
/// # Errors
/// [`EditError::NoHall`], and those of the database.
pub async fn delete(db: &Db, by: &Actor, id: HallId) -> Result<(), EditError> {
    db.transaction(|transaction| {
        let by = by.clone();
        Box::pin(async move {
            let (organisation, before) = lock(transaction, &by, id, None).await?;
            let delete = "DELETE FROM halls WHERE id = $1";
            transaction.execute(delete, &[&id]).await?;
            let entry = Entry::new(&by, "hall.deleted", "hall", id).of(organisation);
            audit::record(transaction, &entry.before(before)).await?;
            Ok(())
        })
    })
    .await
}

/// Whose it is, and what it was.
async fn lock(
    transaction: &Transaction<'_>,
    by: &Actor,
    id: HallId,
    version: Option<i32>,
) -> Result<(OrganisationNo, serde_json::Value), EditError> {
    let lock = "SELECT organisation_id, name, venue, seats, version FROM halls
                WHERE id = $1 AND ($2::bigint IS NULL OR organisation_id = $2) FOR UPDATE";
    let row = transaction
        .query_opt(lock, &[&id, &by.organisation])
        .await?;
    let row = row.ok_or(EditError::NoHall)?;
    let found: i32 = row.get("version");
    if version.is_some_and(|version| version != found) {
        return Err(EditError::Stale { version: found });
    }
    let (name, venue): (&str, &str) = (row.get("name"), row.get("venue"));
    let seats: i32 = row.get("seats");
    let before = json!({"name": name, "venue": venue, "seats": seats});
    Ok((row.get("organisation_id"), before))
}
