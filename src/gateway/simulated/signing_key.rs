//! The key with which the simulated gateway signs its webhooks.

use tokio::sync::OnceCell;

use crate::config::Secret;
use crate::postgres::{Db, Error, secrets};

/// The name of the header that has the signature.
pub const HEADER: &str = "Boxoffice-Signature";
/// The name of the key in the table of secrets.
const KEY_NAME: &str = "webhooks";

/// The time by the database's clock.
pub(super) async fn now(db: &Db) -> Result<i64, Error> {
    let client = db.get().await?;
    let row = client
        .query_one("SELECT extract(epoch FROM now())::bigint", &[])
        .await?;
    Ok(row.get(0))
}

/// The key that all processes share: from the settings, or made at random and kept in the database.
pub struct SigningKey {
    db: Db,
    configured: Option<Secret>,
    kept: OnceCell<[u8; 32]>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Reads nothing yet.
    pub fn new(db: Db, configured: Option<Secret>) -> Self {
        Self {
            db,
            configured,
            kept: OnceCell::new(),
        }
    }

    /// The key.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn get(&self) -> Result<&[u8], Error> {
        match &self.configured {
            Some(secret) => Ok(secret.as_bytes()),
            None => {
                let make = || secrets::newest(&self.db, KEY_NAME);
                Ok(self.kept.get_or_try_init(make).await?)
            }
        }
    }
}
