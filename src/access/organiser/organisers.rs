//! What signing in needs of the process: the database, the turns of hashing, how long sessions last. What it does stands
//! beside each table.

use super::password::Passwords;
use crate::config::OrganiserConfig;
use crate::postgres::Db;

/// Lets people in. One for the process.
pub struct Organisers {
    pub(super) db: Db,
    /// Hashes and compares.
    pub passwords: Passwords,
    pub(super) config: OrganiserConfig,
}

impl Organisers {
    /// Reads nothing yet.
    pub fn new(db: Db, config: OrganiserConfig) -> Self {
        Self {
            db,
            passwords: Passwords::default(),
            config,
        }
    }
}
