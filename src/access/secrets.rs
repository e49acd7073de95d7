//! Keys that every process of the installation shares: made at random by the first process that needs
//! one, never changed, never shown.

use crate::postgres::{Db, Error};

/// The key of this name; made if no process has made it yet. Of processes that make it at once, one
/// wins and all read what it made.
///
/// # Errors
/// Those of the database, or there is no randomness to be had.
pub async fn read_or_make(db: &Db, name: &str) -> Result<[u8; 32], Error> {
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).map_err(|error| Error::Unavailable(error.to_string()))?;
    let client = db.get().await?;
    client
        .execute(
            "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            &[&name, &fresh.as_slice()],
        )
        .await?;
    let row = client
        .query_one("SELECT value FROM secrets WHERE name = $1", &[&name])
        .await?;
    let key = row.get::<_, &[u8]>("value").try_into();
    key.map_err(|_| Error::Unavailable(format!("the key {name} is not 32 bytes long")))
}
