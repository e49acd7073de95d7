//! Invitations: links that are good once. They make a member, the first owner of all, or a new password.

use std::time::Duration;

use serde_json::json;
use tokio_postgres::Row;
use uuid::Uuid;

use super::secret::{self, LINK};
use super::{Organisers, Role, accounts};
use crate::audit::{self, Actor, ActorKind, Entry};
use crate::postgres::retention::Aged;
use crate::postgres::{Client, Db, Error, Transaction};
use crate::types::{OrganisationNo, OrganiserId, Timestamp};

/// From when on an invitation is of no use.
pub(super) const ENDED: Aged = Aged::without_event("invitations", "expires_at");
/// How long a link is good.
pub const GOOD_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Invitations of one organisation that are open at once.
const OPEN_MAX: i64 = 100;

/// $1 id, $2 hash, $3 purpose, $4 organisation, $5 role, $6 e-mail, $7 organiser, $8 made by, $9 seconds.
const INSERT: &str = "
    INSERT INTO invitations (id, hash, purpose, organisation_id, role, email, organiser_id, made_by, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))";
/// $1 hash.
pub(super) const FIND: &str = "
    SELECT i.id, i.purpose, i.organisation_id, g.name AS organisation_name, i.role,
           coalesce(i.email, o.email) AS email, i.organiser_id, i.expires_at
    FROM invitations AS i
    LEFT JOIN organisations AS g ON g.id = i.organisation_id
    LEFT JOIN organisers AS o ON o.id = i.organiser_id
    WHERE i.hash = $1 AND i.used_at IS NULL AND i.expires_at > now()";
/// $1 id. Of two at the same moment the second one finds it used.
const USE: &str = "
    UPDATE invitations SET used_at = now() WHERE id = $1 AND used_at IS NULL AND expires_at > now() RETURNING id";
/// $1 organisation.
const OPEN: &str = "
    SELECT i.id, i.email, i.role, i.created_at, i.expires_at, o.name AS made_by
    FROM invitations AS i LEFT JOIN organisers AS o ON o.id = i.made_by
    WHERE i.organisation_id = $1 AND i.purpose = 'join' AND i.used_at IS NULL AND i.expires_at > now()
    ORDER BY i.created_at DESC, i.id LIMIT $2";
/// $1 organisation, $2 id.
const WITHDRAW: &str = "
    UPDATE invitations SET used_at = now()
    WHERE organisation_id = $1 AND id = $2 AND purpose = 'join' AND used_at IS NULL AND expires_at > now()
    RETURNING email, role";
/// $1 organisation, $2 folded e-mail address.
const IS_MEMBER: &str = "
    SELECT FROM members AS m JOIN organisers AS o ON o.id = m.organiser_id
    WHERE m.organisation_id = $1 AND o.email_key = $2";

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// To work for an organisation.
    Join(OrganisationNo, Role),
    /// To be the first owner of all; of no use once there is anybody.
    First(OrganisationNo),
    /// To set the password of an account, whose second factor is taken away.
    Reset(OrganiserId),
}

/// A link that is good.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Its id.
    pub id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// The organisation's name.
    pub organisation: Option<String>,
    /// For whom it is; `None`: for whoever has it.
    pub email: Option<String>,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl Invitation {
    fn read(row: &Row) -> Option<Self> {
        let organisation = row.get::<_, Option<OrganisationNo>>("organisation_id");
        let role = row
            .get::<_, Option<&str>>("role")
            .and_then(|role| role.parse().ok());
        // The CHECK on the table allows no other values.
        let purpose = match row.get("purpose") {
            "join" => Purpose::Join(organisation?, role?),
            "first" => Purpose::First(organisation?),
            _ => Purpose::Reset(row.get::<_, Option<OrganiserId>>("organiser_id")?),
        };
        Some(Self {
            id: row.get("id"),
            purpose,
            organisation: row.get("organisation_name"),
            email: row.get("email"),
            expires_at: row.get("expires_at"),
        })
    }
}

/// An invitation that nobody has used.
#[derive(Debug, Clone)]
pub struct Open {
    /// Its id.
    pub id: Uuid,
    /// For whom.
    pub email: Option<String>,
    /// What they are to be.
    pub role: Role,
    /// Who has made it; `None`: the operator.
    pub made_by: Option<String>,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// Why nobody is invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// They are a member already.
    #[error("they are a member already")]
    IsMember,
    /// Too many are open.
    #[error("too many invitations are open")]
    TooMany,
    /// No such organisation.
    #[error("there is no such organisation")]
    NoOrganisation,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

/// Invites somebody to work for an organisation; the end of the link, which is shown once.
///
/// # Errors
/// [`InviteError`].
pub async fn invite(
    db: &Db,
    by: &Actor,
    organisation: OrganisationNo,
    email: &str,
    role: Role,
) -> Result<String, InviteError> {
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    if !accounts::exists(&transaction, organisation).await? {
        return Err(InviteError::NoOrganisation);
    }
    let folded = crate::types::contact::fold_email(email);
    let member = transaction
        .query_opt(IS_MEMBER, &[&organisation, &folded])
        .await?;
    if member.is_some() {
        return Err(InviteError::IsMember);
    }
    if open_in(&transaction, organisation).await?.len() as i64 >= OPEN_MAX {
        return Err(InviteError::TooMany);
    }
    let purpose = Purpose::Join(organisation, role);
    let (id, text) = insert(&transaction, by, &purpose, Some(email.trim())).await?;
    let entry = Entry::new(by, "member.invited", "invitation", id)
        .of(organisation)
        .after(json!({"email": email.trim(), "role": role.as_str()}));
    audit::record(&transaction, &entry).await?;
    transaction.commit().await?;
    Ok(text)
}

async fn insert(
    transaction: &Transaction<'_>,
    by: &Actor,
    purpose: &Purpose,
    email: Option<&str>,
) -> Result<(Uuid, String), Error> {
    let (text, hash) = secret::make(LINK)?;
    let made_by = by.id.filter(|_| by.kind == ActorKind::Organiser);
    let (name, organisation, role, organiser) = match purpose {
        Purpose::Join(organisation, role) => {
            ("join", Some(organisation), Some(role.as_str()), None)
        }
        Purpose::First(organisation) => (
            "first",
            Some(organisation),
            Some(Role::Owner.as_str()),
            None,
        ),
        Purpose::Reset(organiser) => ("reset", None, None, Some(organiser)),
    };
    let (id, seconds) = (Uuid::new_v4(), GOOD_FOR.as_secs_f64());
    transaction
        .execute(
            INSERT,
            &[
                &id,
                &hash.as_slice(),
                &name,
                &organisation,
                &role,
                &email,
                &organiser,
                &made_by,
                &seconds,
            ],
        )
        .await?;
    Ok((id, text))
}

/// A link that makes whoever uses it first the owner of an organisation; `None` if there is an account already.
///
/// # Errors
/// Those of the database.
pub async fn first(db: &Db, organisation: OrganisationNo) -> Result<Option<String>, Error> {
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    if accounts::any(&transaction).await? {
        return Ok(None);
    }
    let by = Actor::system("first start");
    let (_, text) = insert(&transaction, &by, &Purpose::First(organisation), None).await?;
    transaction.commit().await?;
    Ok(Some(text))
}

/// A link that sets the password of an account and takes its second factor away; `None` if there is no such account.
///
/// # Errors
/// Those of the database.
pub async fn reset(db: &Db, by: &Actor, email: &str) -> Result<Option<String>, Error> {
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    let Some(organiser) = accounts::find(&transaction, email).await? else {
        return Ok(None);
    };
    let (_, text) = insert(&transaction, by, &Purpose::Reset(organiser), None).await?;
    let entry = Entry::new(by, "password.reset-offered", "organiser", organiser);
    audit::record(&transaction, &entry).await?;
    transaction.commit().await?;
    Ok(Some(text))
}

/// Uses it. Whether nobody has before.
pub(super) async fn take(transaction: &Transaction<'_>, id: Uuid) -> Result<bool, Error> {
    Ok(transaction.query_opt(USE, &[&id]).await?.is_some())
}

/// The invitations of an organisation that nobody has used, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn open(db: &Db, organisation: OrganisationNo) -> Result<Vec<Open>, Error> {
    open_in(&db.get().await?, organisation).await
}

async fn open_in(client: &Client, organisation: OrganisationNo) -> Result<Vec<Open>, Error> {
    let rows = client.query(OPEN, &[&organisation, &OPEN_MAX]).await?;
    let read = |row: &Row| {
        Some(Open {
            id: row.get("id"),
            email: row.get("email"),
            role: row.get::<_, &str>("role").parse().ok()?,
            made_by: row.get("made_by"),
            expires_at: row.get("expires_at"),
        })
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// Withdraws an invitation. Whether there was one.
///
/// # Errors
/// Those of the database.
pub async fn withdraw(
    db: &Db,
    by: &Actor,
    organisation: OrganisationNo,
    id: Uuid,
) -> Result<bool, Error> {
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    let Some(row) = transaction
        .query_opt(WITHDRAW, &[&organisation, &id])
        .await?
    else {
        return Ok(false);
    };
    let (email, role): (Option<String>, String) = (row.get("email"), row.get("role"));
    let entry = Entry::new(by, "invitation.withdrawn", "invitation", id)
        .of(organisation)
        .before(json!({"email": email, "role": role}));
    audit::record(&transaction, &entry).await?;
    transaction.commit().await?;
    Ok(true)
}

impl Organisers {
    /// The invitation whose link ends so, if it is good. Looking uses nothing up.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn invitation(&self, text: &str) -> Result<Option<Invitation>, Error> {
        let Some(hash) = secret::hash(LINK, text) else {
            return Ok(None);
        };
        let client = self.db.get().await?;
        let row = client.query_opt(FIND, &[&hash.as_slice()]).await?;
        Ok(row.as_ref().and_then(Invitation::read))
    }
}
