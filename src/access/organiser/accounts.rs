//! Accounts and organisations: the people who may sign in, and for whom they work.

use serde_json::json;
use tokio_postgres::Row;
use uuid::Uuid;

use super::password::{self, PasswordInvalid};
use super::{Passwords, Role};
use crate::audit::{self, Actor, Entry};
use crate::postgres::{Client, Db, Error, Transaction};
use crate::types::contact::fold_email;
use crate::types::{OrganisationNo, OrganiserId, Timestamp};

/// $1 id, $2 e-mail, $3 the same folded, $4 name, $5 hash of the password. No row if the address is taken.
const INSERT: &str = "
    INSERT INTO organisers (id, email, email_key, name, password_hash) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT ON CONSTRAINT organisers_email_key DO NOTHING RETURNING id";

const LIST: &str = "
    SELECT o.id, o.email, o.name, o.created_at, o.disabled_at, o.totp_confirmed_at IS NOT NULL AS has_totp,
           coalesce(array_agg(m.organisation_id ORDER BY m.organisation_id) FILTER (WHERE m.role IS NOT NULL), '{}') AS organisations,
           coalesce(array_agg(m.role ORDER BY m.organisation_id) FILTER (WHERE m.role IS NOT NULL), '{}') AS roles
    FROM organisers AS o LEFT JOIN members AS m ON m.organiser_id = o.id
    GROUP BY o.id ORDER BY o.created_at, o.id";

const ORGANISATIONS: &str = "SELECT id, public_id, name, created_at FROM organisations ORDER BY id";
const ADD_ORGANISATION: &str = "
    INSERT INTO organisations (public_id, name) VALUES ($1, $2) RETURNING id, public_id, name, created_at";

/// Somebody who signs in.
#[derive(Debug, Clone)]
pub struct Organiser {
    /// Their id.
    pub id: OrganiserId,
    /// As it was typed.
    pub email: String,
    /// For people.
    pub name: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the operator stopped it.
    pub disabled_at: Option<Timestamp>,
    /// Whether signing in takes a code.
    pub has_totp: bool,
    /// Where they work, and as what.
    pub roles: Vec<(OrganisationNo, Role)>,
}

/// Who runs events.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// Its number.
    pub no: OrganisationNo,
    /// Its public id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Organisation {
    fn read(row: &Row) -> Self {
        Self {
            no: row.get("id"),
            id: row.get("public_id"),
            name: row.get("name"),
            created_at: row.get("created_at"),
        }
    }
}

/// An account to make.
#[derive(Debug, Clone, Copy)]
pub struct NewOrganiser<'a> {
    /// Where letters reach them; checked.
    pub email: &'a str,
    /// For people; checked.
    pub name: &'a str,
    /// What they sign in with.
    pub password: &'a str,
}

/// Why an account is not made.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The password will not do.
    #[error("the password will not do: {0:?}")]
    Password(PasswordInvalid),
    /// Somebody has this address.
    #[error("there is an account with this e-mail address")]
    Taken,
    /// No such organisation.
    #[error("there is no such organisation")]
    NoOrganisation,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

/// Makes an account and, in the same transaction, a member of an organisation.
///
/// # Errors
/// [`AddError`].
pub async fn add(
    db: &Db,
    passwords: &Passwords,
    by: &Actor,
    new: NewOrganiser<'_>,
    organisation: OrganisationNo,
    role: Role,
) -> Result<OrganiserId, AddError> {
    password::check(new.password, new.email).map_err(AddError::Password)?;
    let hash = passwords.hash(new.password).await?;
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    if !exists(&transaction, organisation).await? {
        return Err(AddError::NoOrganisation);
    }
    let id = insert(&transaction, new.email, new.name, &hash).await?;
    let id = id.ok_or(AddError::Taken)?;
    super::members::insert(&transaction, organisation, id, role).await?;
    let entry = Entry::new(by, "member.added", "member", id)
        .of(organisation)
        .after(json!({"name": new.name, "role": role.as_str()}));
    audit::record(&transaction, &entry).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Makes an account; `None` if the address is taken.
pub(super) async fn insert(
    transaction: &Transaction<'_>,
    email: &str,
    name: &str,
    password_hash: &str,
) -> Result<Option<OrganiserId>, Error> {
    let (id, key) = (OrganiserId::make(), fold_email(email));
    let row = transaction
        .query_opt(
            INSERT,
            &[&id, &email.trim(), &key, &name.trim(), &password_hash],
        )
        .await?;
    Ok(row.map(|row| row.get("id")))
}

/// Whether there is this organisation.
///
/// # Errors
/// Those of the database.
pub async fn exists(client: &Client, organisation: OrganisationNo) -> Result<bool, Error> {
    let found = "SELECT FROM organisations WHERE id = $1";
    Ok(client.query_opt(found, &[&organisation]).await?.is_some())
}

/// Whether there is anybody who can sign in.
///
/// # Errors
/// Those of the database.
pub async fn any(client: &Client) -> Result<bool, Error> {
    let row = client
        .query_one("SELECT EXISTS (SELECT FROM organisers)", &[])
        .await?;
    Ok(row.get(0))
}

/// The account with this address.
///
/// # Errors
/// Those of the database.
pub async fn find(client: &Client, email: &str) -> Result<Option<OrganiserId>, Error> {
    let found = "SELECT id FROM organisers WHERE email_key = $1";
    let row = client.query_opt(found, &[&fold_email(email)]).await?;
    Ok(row.map(|row| row.get("id")))
}

/// Every account, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn list(db: &Db) -> Result<Vec<Organiser>, Error> {
    let rows = db.get().await?.query(LIST, &[]).await?;
    let read = |row: &Row| {
        let organisations: Vec<OrganisationNo> = row.get("organisations");
        let roles: Vec<String> = row.get("roles");
        let roles = organisations.into_iter().zip(roles);
        Organiser {
            id: row.get("id"),
            email: row.get("email"),
            name: row.get("name"),
            created_at: row.get("created_at"),
            disabled_at: row.get("disabled_at"),
            has_totp: row.get("has_totp"),
            // The CHECK on the column allows no other value.
            roles: roles
                .filter_map(|(no, role)| Some((no, role.parse().ok()?)))
                .collect(),
        }
    };
    Ok(rows.iter().map(read).collect())
}

/// Stops an account, or lets it in again; its sessions end. `false` if there is none with this address.
///
/// # Errors
/// Those of the database.
pub async fn disable(db: &Db, by: &Actor, email: &str, is_disabled: bool) -> Result<bool, Error> {
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    let update =
        "UPDATE organisers SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, now()) END
                  WHERE email_key = $1 RETURNING id";
    let row = transaction
        .query_opt(update, &[&fold_email(email), &is_disabled])
        .await?;
    let Some(id) = row.map(|row| row.get::<_, OrganiserId>("id")) else {
        return Ok(false);
    };
    super::session::end_all(&transaction, id, None).await?;
    let action = if is_disabled {
        "organiser.disabled"
    } else {
        "organiser.enabled"
    };
    audit::record(&transaction, &Entry::new(by, action, "organiser", id)).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Every organisation, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn organisations(db: &Db) -> Result<Vec<Organisation>, Error> {
    let rows = db.get().await?.query(ORGANISATIONS, &[]).await?;
    Ok(rows.iter().map(Organisation::read).collect())
}

/// Makes an organisation. Its name is 1 to 200 characters.
///
/// # Errors
/// Those of the database.
pub async fn add_organisation(db: &Db, by: &Actor, name: &str) -> Result<Organisation, Error> {
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    let row = transaction
        .query_one(ADD_ORGANISATION, &[&Uuid::new_v4(), &name.trim()])
        .await?;
    let made = Organisation::read(&row);
    let entry = Entry::new(by, "organisation.added", "organisation", made.id).of(made.no);
    let entry = entry.after(json!({"name": made.name}));
    audit::record(&transaction, &entry).await?;
    transaction.commit().await?;
    Ok(made)
}
