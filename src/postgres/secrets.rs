//! Secrets that every process of the installation shares, kept in the table `secrets`: made at random by
//! the first process that needs one, replaced by newer versions, never shown.
//!
//! What must hold: if several processes make or rotate a secret at once, all read what one of them
//! made. What a secret is for, and how long an old version is believed, is for its user to say.

use std::time::Duration;

use super::{Client, Db, Error};

/// $1 name, $2 version, $3 32 random bytes.
const INSERT: &str = "INSERT INTO secrets (name, version, value) VALUES ($1, $2, $3) ON CONFLICT (name, version) DO NOTHING";

/// $1 name, $2 seconds for which a replaced version is believed.
const GET: &str = "
    SELECT version, value
    FROM (SELECT version, value, lead(made_at) OVER (ORDER BY version) AS replaced_at
          FROM secrets WHERE name = $1) AS s
    WHERE replaced_at IS NULL OR replaced_at > now() - make_interval(secs => $2)
    ORDER BY version DESC";

/// $1 name, $2 seconds for which a replaced version is kept.
const FORGET: &str = "
    DELETE FROM secrets AS old
    USING (SELECT version, lead(made_at) OVER (ORDER BY version) AS replaced_at
           FROM secrets WHERE name = $1) AS s
    WHERE old.name = $1 AND old.version = s.version
      AND s.replaced_at < now() - make_interval(secs => $2)";

/// $1 name.
const NEWEST: &str = "SELECT max(version) FROM secrets WHERE name = $1";

/// One version of a secret.
pub struct Secret {
    /// 1 for the first; the highest is the newest.
    pub version: u16,
    /// Random.
    pub value: [u8; 32],
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({})", self.version)
    }
}

/// The versions of this secret that are believed, the newest first; the first is made if no process has
/// made it yet. A version that was replaced is believed for `grace` after that.
///
/// # Errors
/// Those of the database, or the system has no randomness.
pub async fn versions(db: &Db, name: &str, grace: Duration) -> Result<Vec<Secret>, Error> {
    let client = db.get().await?;
    let mut rows = client.query(GET, &[&name, &grace.as_secs_f64()]).await?;
    if rows.is_empty() {
        insert(&client, name, 1).await?;
        rows = client.query(GET, &[&name, &grace.as_secs_f64()]).await?;
    }
    let read = |row: &tokio_postgres::Row| {
        let value = row.get::<_, &[u8]>("value").try_into();
        let value = value
            .map_err(|_| Error::Inconsistent(format!("the secret {name} is not 32 bytes long")))?;
        Ok(Secret {
            version: row.get::<_, i32>("version") as u16,
            value,
        })
    };
    rows.iter().map(read).collect()
}

/// The newest version; made if there is none.
///
/// # Errors
/// As [`versions`].
pub async fn newest(db: &Db, name: &str) -> Result<[u8; 32], Error> {
    let versions = versions(db, name, Duration::ZERO).await?;
    let newest = versions.first().map(|secret| secret.value);
    newest.ok_or_else(|| Error::Inconsistent(format!("the secret {name} cannot be read back")))
}

/// Makes a new version, which signs from now on. Its number.
///
/// # Errors
/// As [`versions`].
pub async fn rotate(db: &Db, name: &str) -> Result<u16, Error> {
    let client = db.get().await?;
    let newest: Option<i32> = client.query_one(NEWEST, &[&name]).await?.get(0);
    let version = newest.unwrap_or(0) + 1;
    insert(&client, name, version).await?;
    Ok(version as u16)
}

/// Deletes the versions of this secret that were replaced longer ago than this. How many.
///
/// # Errors
/// Those of the database.
pub async fn forget(db: &Db, name: &str, older_than: Duration) -> Result<usize, Error> {
    let client = db.get().await?;
    let forgotten = client
        .execute(FORGET, &[&name, &older_than.as_secs_f64()])
        .await?;
    Ok(forgotten as usize)
}

async fn insert(client: &Client, name: &str, version: i32) -> Result<(), Error> {
    let mut value = [0; 32];
    getrandom::fill(&mut value).map_err(|error| Error::Unavailable(error.to_string()))?;
    client
        .execute(INSERT, &[&name, &version, &value.as_slice()])
        .await?;
    Ok(())
}
