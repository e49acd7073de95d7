//! Keys that all processes of the installation share. Owns the table `secrets`.
//!
//! What must hold: a key is made at random by the first process that needs it, never changed, never shown. What a
//! key signs is its caller's business.

use super::{Db, Error};

/// $1 name, $2 32 random bytes.
const INSERT: &str =
    "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

/// $1 name.
const GET: &str = "SELECT value FROM secrets WHERE name = $1";

/// The key of this name; made if no process has made it yet. If several processes make it at once, one
/// of them wins and all read what it made.
///
/// # Errors
/// Those of the database, or there is no randomness to be had.
pub async fn read_or_make(db: &Db, name: &str) -> Result<[u8; 32], Error> {
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).map_err(|error| Error::Unavailable(error.to_string()))?;
    let client = db.get().await?;
    client.execute(INSERT, &[&name, &fresh.as_slice()]).await?;
    let row = client.query_one(GET, &[&name]).await?;
    let key = row.get::<_, &[u8]>("value").try_into();
    key.map_err(|_| Error::Inconsistent(format!("the key {name} is not 32 bytes long")))
}
