//! The people of the organiser's side: accounts, passwords, second factors, sessions, organisations and who may do what
//! in them. Owns the tables `organisations`, `organisers`, `members`, `invitations`, `organiser_sessions` and `recovery_codes`.
//!
//! What must hold: passwords are known by their Argon2id hash alone, and what a browser or a link carries by its SHA-256;
//! signing in does the same work whether there is such an account or not; the role is looked up at each request, so
//! whoever is removed is out at once; an organisation always keeps an owner; a link and a code are good once.
//!
//! What each role may is said by `types::Role`. `password` hashes, `totp` knows codes, `recovery` those that stand for them, `secret` makes what is shown once. `accounts`,
//! `session`, `invitation` and `members` have a table each; `sign_in` and `accept` put them together. Nothing of HTTP.

pub mod accept;
pub mod accounts;
pub mod invitation;
pub mod members;
mod organisers;
mod password;
mod recovery;
mod secret;
pub mod session;
pub mod sign_in;
mod totp;

use std::time::Duration;

use crate::postgres::retention::purge;
use crate::postgres::{Db, Error};

pub use crate::types::{Right, Role};
pub use accounts::add;
pub use organisers::Organisers;
pub use password::{PasswordInvalid, Passwords};
pub use totp::Totp;

/// Deletes sessions and invitations that ended longer ago than this. How many.
///
/// # Errors
/// Those of the database.
pub(super) async fn forget(db: &Db, older_than: Duration) -> Result<usize, Error> {
    let sessions = purge(db, &session::ENDED, older_than).await?;
    Ok(sessions + purge(db, &invitation::ENDED, older_than).await?)
}
