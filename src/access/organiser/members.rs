//! Who works for an organisation, and as what.
//!
//! What must hold: an organisation keeps an owner who can sign in, also when two are removed at the same moment: whoever
//! changes members locks the organisation first.

use serde_json::json;
use tokio_postgres::Row;

use super::Role;
use crate::audit::{self, Actor, Entry};
use crate::postgres::{Db, Error, Transaction};
use crate::types::{OrganisationNo, OrganiserId, Timestamp};

/// Who is a member stays what they are.
const INSERT: &str = "
    INSERT INTO members (organisation_id, organiser_id, role) VALUES ($1, $2, $3)
    ON CONFLICT ON CONSTRAINT members_pkey DO NOTHING";
/// $1 organisation.
const LIST: &str = "
    SELECT o.id, o.name, o.email, m.role, m.created_at, o.disabled_at IS NOT NULL AS is_disabled,
           o.totp_confirmed_at IS NOT NULL AS has_totp,
           (SELECT max(s.last_used_at) FROM organiser_sessions AS s
            WHERE s.organiser_id = o.id AND s.signed_in_at IS NOT NULL) AS last_seen_at
    FROM members AS m JOIN organisers AS o ON o.id = m.organiser_id
    WHERE m.organisation_id = $1 ORDER BY o.name, o.id";
const LOCK: &str = "SELECT FROM organisations WHERE id = $1 FOR UPDATE";
/// $1 organisation, $2 organiser.
const GET: &str = "
    SELECT o.name, o.email, m.role,
           (SELECT count(*) FROM members AS other JOIN organisers AS p ON p.id = other.organiser_id
            WHERE other.organisation_id = $1 AND other.organiser_id <> $2 AND other.role = 'owner'
              AND p.disabled_at IS NULL) AS other_owners
    FROM members AS m JOIN organisers AS o ON o.id = m.organiser_id
    WHERE m.organisation_id = $1 AND m.organiser_id = $2";
const CHANGE: &str =
    "UPDATE members SET role = $3 WHERE organisation_id = $1 AND organiser_id = $2";
const REMOVE: &str = "DELETE FROM members WHERE organisation_id = $1 AND organiser_id = $2";

/// Somebody who works for an organisation.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub id: OrganiserId,
    /// What they are called.
    pub name: String,
    /// Where letters reach them.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
    /// When they last used the pages, to the minute.
    pub last_seen_at: Option<Timestamp>,
    /// Whether signing in takes a code.
    pub has_totp: bool,
    /// Whether the operator has stopped the account.
    pub is_disabled: bool,
}

/// Why a member is not changed.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// They are no member.
    #[error("there is no such member")]
    NotFound,
    /// An organisation keeps an owner.
    #[error("an organisation keeps an owner")]
    LastOwner,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

/// Makes a member of an account.
pub(super) async fn insert(
    transaction: &Transaction<'_>,
    organisation: OrganisationNo,
    organiser: OrganiserId,
    role: Role,
) -> Result<(), Error> {
    transaction
        .execute(INSERT, &[&organisation, &organiser, &role.as_str()])
        .await?;
    Ok(())
}

/// The members of an organisation, by name.
///
/// # Errors
/// Those of the database.
pub async fn list(db: &Db, organisation: OrganisationNo) -> Result<Vec<Member>, Error> {
    let rows = db.get().await?.query(LIST, &[&organisation]).await?;
    let read = |row: &Row| {
        Some(Member {
            id: row.get("id"),
            name: row.get("name"),
            email: row.get("email"),
            // The CHECK on the column allows no other value.
            role: row.get::<_, &str>("role").parse().ok()?,
            since: row.get("created_at"),
            last_seen_at: row.get("last_seen_at"),
            has_totp: row.get("has_totp"),
            is_disabled: row.get("is_disabled"),
        })
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// Gives a member another role.
///
/// # Errors
/// [`MemberError`].
pub async fn change_role(
    db: &Db,
    by: &Actor,
    organisation: OrganisationNo,
    organiser: OrganiserId,
    role: Role,
) -> Result<(), MemberError> {
    change(db, by, organisation, organiser, Some(role)).await
}

/// Removes a member; at their next request they are out.
///
/// # Errors
/// [`MemberError`].
pub async fn remove(
    db: &Db,
    by: &Actor,
    organisation: OrganisationNo,
    organiser: OrganiserId,
) -> Result<(), MemberError> {
    change(db, by, organisation, organiser, None).await
}

async fn change(
    db: &Db,
    by: &Actor,
    organisation: OrganisationNo,
    organiser: OrganiserId,
    role: Option<Role>,
) -> Result<(), MemberError> {
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    transaction.query(LOCK, &[&organisation]).await?;
    let row = transaction
        .query_opt(GET, &[&organisation, &organiser])
        .await?;
    let row = row.ok_or(MemberError::NotFound)?;
    let (name, before): (&str, &str) = (row.get("name"), row.get("role"));
    let is_owner = before == Role::Owner.as_str();
    if is_owner && role != Some(Role::Owner) && row.get::<_, i64>("other_owners") == 0 {
        return Err(MemberError::LastOwner);
    }
    let before = json!({"name": name, "role": before});
    let entry = match role {
        Some(role) => {
            let params = [&organisation as _, &organiser as _, &role.as_str() as _];
            transaction.execute(CHANGE, &params).await?;
            Entry::new(by, "member.role-changed", "member", organiser)
                .after(json!({"name": name, "role": role.as_str()}))
        }
        None => {
            transaction
                .execute(REMOVE, &[&organisation, &organiser])
                .await?;
            Entry::new(by, "member.removed", "member", organiser)
        }
    };
    audit::record(&transaction, &entry.of(organisation).before(before)).await?;
    transaction.commit().await?;
    Ok(())
}
