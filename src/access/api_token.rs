//! API tokens: programs that act for an organiser. 256 random bits, shown once, stored as a hash, with
//! scopes, an expiry and a name.
//!
//! What must hold: every process refuses a revoked or expired token within five seconds; the table holds
//! only hashes, so that who reads it cannot use any token. The scopes are `types::Scope`.

use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use moka::future::Cache;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::audit::{self, Actor, Entry};
use crate::postgres::retention::{Aged, purge};
use crate::postgres::{Client, Db, Error};
use crate::types::{OrganisationNo, Timestamp};

pub use crate::types::Scope;

const PREFIX: &str = "bxt_";
/// How long a process believes what it has read of a token: shorter than the five seconds within which
/// a revocation works.
const BELIEVED: Duration = Duration::from_secs(4);
/// Tokens that a process remembers, forged ones among them.
const REMEMBERED: u64 = 10_000;

/// $1 id, $2 name, $3 hash, $4 scopes, $5 seconds until it expires, $6 organisation.
const INSERT: &str = "
    INSERT INTO api_tokens (id, name, hash, scopes, expires_at, organisation_id)
    VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5), $6)
    RETURNING *";

/// $1 hash. `last_used_at` is written once a minute at most.
const GET: &str = "SELECT *, now() AS now FROM api_tokens WHERE hash = $1";
const USED: &str = "
    UPDATE api_tokens SET last_used_at = now()
    WHERE hash = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')";

const LIST: &str = "SELECT * FROM api_tokens ORDER BY created_at, id";

/// $1 organisation. The newest first.
const LIST_OF: &str = "
    SELECT * FROM api_tokens WHERE organisation_id = $1 ORDER BY created_at DESC, id LIMIT 200";

/// $1 id, $2 organisation.
const REVOKE_OF: &str = "
    UPDATE api_tokens SET revoked_at = now()
    WHERE id = $1 AND organisation_id = $2 AND revoked_at IS NULL RETURNING *";

/// $1 id.
const REVOKE: &str = "
    UPDATE api_tokens SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING *";

/// A token as it is kept: all but the secret.
#[derive(Debug, Clone)]
pub struct ApiToken {
    /// What `revoke` names it by.
    pub id: Uuid,
    /// For people.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Whose events and bookings it is good for; `None` for those of all.
    pub organisation: Option<OrganisationNo>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl ApiToken {
    /// Whether it may be used for this.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whether it is good for what this organisation runs.
    pub fn is_for(&self, organisation: OrganisationNo) -> bool {
        self.organisation.is_none_or(|own| own == organisation)
    }

    fn read(row: &Row) -> Self {
        let scopes: Vec<&str> = row.get("scopes");
        Self {
            id: row.get("id"),
            name: row.get("name"),
            // A scope that a newer version knows allows nothing here.
            scopes: scopes.iter().filter_map(|text| text.parse().ok()).collect(),
            organisation: row.get("organisation_id"),
            created_at: row.get("created_at"),
            expires_at: row.get("expires_at"),
            revoked_at: row.get("revoked_at"),
            last_used_at: row.get("last_used_at"),
        }
    }
}

/// From when on a token is of no use.
const ENDED: Aged = Aged::without_event("api_tokens", "least(expires_at, revoked_at)");

/// What became of a token that was shown.
#[derive(Debug, Clone)]
pub(super) enum Found {
    Valid(Arc<ApiToken>),
    Expired(Timestamp),
    Revoked,
    Unknown,
}

/// Looks tokens up, and remembers them for [`BELIEVED`].
pub(super) struct ApiTokens {
    db: Db,
    known: Cache<[u8; 32], Found>,
}

impl ApiTokens {
    pub(super) fn new(db: Db) -> Self {
        let known = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(BELIEVED);
        Self {
            db,
            known: known.build(),
        }
    }

    /// What became of this token; one look at the database for all who ask at once.
    pub(super) async fn find(&self, text: &str) -> Result<Found, Error> {
        let Some(hash) = hash(text) else {
            return Ok(Found::Unknown);
        };
        if let Some(found) = self.known.get(&hash).await {
            return Ok(found);
        }
        // Boxed: rare, and larger than all that a request is usually.
        let found = Box::pin(self.known.try_get_with(hash, self.read(hash))).await;
        found.map_err(|error| Error::Unavailable(error.to_string()))
    }

    async fn read(&self, hash: [u8; 32]) -> Result<Found, Error> {
        let (client, hash) = (self.db.get().await?, hash.as_slice());
        let Some(row) = client.query_opt(GET, &[&hash]).await? else {
            return Ok(Found::Unknown);
        };
        let (token, now) = (ApiToken::read(&row), row.get::<_, Timestamp>("now"));
        if token.revoked_at.is_some() {
            return Ok(Found::Revoked);
        }
        if token.expires_at <= now {
            return Ok(Found::Expired(token.expires_at));
        }
        client.execute(USED, &[&hash]).await?;
        Ok(Found::Valid(Arc::new(token)))
    }
}

/// Deletes tokens that expired or were revoked longer ago than this. How many.
pub(super) async fn forget(db: &Db, older_than: Duration) -> Result<usize, Error> {
    purge(db, &ENDED, older_than).await
}

/// Whether the text is meant to be an API token.
pub(super) fn is_api_token(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// Of a text that may be one of ours.
fn hash(text: &str) -> Option<[u8; 32]> {
    let random = text.strip_prefix(PREFIX)?;
    let is_ours = random.len() == BASE64URL_NOPAD.encode_len(32);
    is_ours.then(|| Sha256::digest(text).into())
}

/// A token to make.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// For people.
    pub name: &'a str,
    /// What it may be used for.
    pub scopes: &'a [Scope],
    /// How long it may be used.
    pub expires_in: Duration,
    /// Whose events and bookings it is good for; `None` for those of all.
    pub organisation: Option<OrganisationNo>,
}

/// Makes an operator's token, good for every organisation. As [`create_for`].
///
/// # Errors
/// Those of the database.
pub async fn create(
    db: &Db,
    name: &str,
    scopes: &[Scope],
    expires_in: Duration,
) -> Result<(ApiToken, String), Error> {
    let new = NewToken {
        name,
        scopes,
        expires_in,
        organisation: None,
    };
    create_for(&db.get().await?, &new).await
}

/// Makes a token. What is kept of it, and its text, which is not.
///
/// # Errors
/// Those of the database.
pub async fn create_for(client: &Client, new: &NewToken<'_>) -> Result<(ApiToken, String), Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| Error::Unavailable(error.to_string()))?;
    let text = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&random));
    let hash: [u8; 32] = Sha256::digest(&text).into();
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
    let row = client
        .query_one(
            INSERT,
            &[
                &Uuid::new_v4(),
                &new.name,
                &hash.as_slice(),
                &scopes,
                &new.expires_in.as_secs_f64(),
                &new.organisation,
            ],
        )
        .await?;
    Ok((ApiToken::read(&row), text))
}

/// Every token, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn list(db: &Db) -> Result<Vec<ApiToken>, Error> {
    let rows = db.get().await?.query(LIST, &[]).await?;
    Ok(rows.iter().map(ApiToken::read).collect())
}

/// Revokes a token; again, it changes nothing. `None` if there is none with this id.
///
/// # Errors
/// Those of the database.
pub async fn revoke(db: &Db, id: Uuid) -> Result<Option<ApiToken>, Error> {
    let row = db.get().await?.query_opt(REVOKE, &[&id]).await?;
    Ok(row.as_ref().map(ApiToken::read))
}

/// Makes a token, and records who did.
///
/// # Errors
/// Those of the database.
pub async fn create_by(
    db: &Db,
    by: &Actor,
    new: &NewToken<'_>,
) -> Result<(ApiToken, String), Error> {
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    let (kept, text) = create_for(&transaction, new).await?;
    let entry = Entry::new(by, "token.made", "token", kept.id).after(said(&kept));
    let entry = of_its_organisation(entry, &kept);
    audit::record(&transaction, &entry).await?;
    transaction.commit().await?;
    Ok((kept, text))
}

/// The tokens of an organisation, the newest first.
///
/// # Errors
/// Those of the database.
pub async fn list_of(db: &Db, organisation: OrganisationNo) -> Result<Vec<ApiToken>, Error> {
    let rows = db.get().await?.query(LIST_OF, &[&organisation]).await?;
    Ok(rows.iter().map(ApiToken::read).collect())
}

/// Revokes a token of an organisation, and records who did. Whether there was one.
///
/// # Errors
/// Those of the database.
pub async fn revoke_by(
    db: &Db,
    by: &Actor,
    organisation: OrganisationNo,
    id: Uuid,
) -> Result<bool, Error> {
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    let row = transaction
        .query_opt(REVOKE_OF, &[&id, &organisation])
        .await?;
    let Some(revoked) = row.as_ref().map(ApiToken::read) else {
        return Ok(false);
    };
    let entry = Entry::new(by, "token.revoked", "token", id).before(said(&revoked));
    audit::record(&transaction, &entry).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Revokes any token, and records who did; again, it changes nothing. `None` if there is none with this id.
///
/// # Errors
/// Those of the database.
pub async fn revoke_any(db: &Db, by: &Actor, id: Uuid) -> Result<Option<ApiToken>, Error> {
    let mut client = db.get().await?;
    let transaction = client.transaction().await?;
    let row = transaction.query_opt(REVOKE, &[&id]).await?;
    let Some(revoked) = row.as_ref().map(ApiToken::read) else {
        return Ok(None);
    };
    let entry = Entry::new(by, "token.revoked", "token", id).before(said(&revoked));
    audit::record(&transaction, &of_its_organisation(entry, &revoked)).await?;
    transaction.commit().await?;
    Ok(Some(revoked))
}

/// The entry is read by those whose token it is.
fn of_its_organisation(entry: Entry, token: &ApiToken) -> Entry {
    match token.organisation {
        Some(organisation) => entry.of(organisation),
        None => entry,
    }
}

/// What the audit trail says of a token.
fn said(token: &ApiToken) -> Value {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    json!({"name": token.name, "scopes": scopes.join(" "), "expires_at": token.expires_at})
}
