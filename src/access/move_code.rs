//! Codes that move all bookings of a buyer to another: 60 random bits, shown once, stored as a hash.
//!
//! What must hold: a code is of use to one browser; whoever reads the table cannot use any. It gives bookings away and
//! takes none: a code that somebody else has made up a story about cannot cost its reader a ticket.

use std::time::Duration;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::postgres::retention::{Aged, purge};
use crate::postgres::{Db, Error};
use crate::types::BuyerId;
use crate::types::base32::{self, DIGITS};

/// Digits of a code: 60 bits. Guessing is limited by address.
const LENGTH: usize = 12;

/// How long a code is of use that is typed into another browser at once.
pub const SOON: Duration = Duration::from_secs(15 * 60);
/// How long a code is of use that somebody keeps who starts afresh.
pub const KEPT: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// For so long after its first use a code works again: the answer may have been lost.
const AFTER_USE: Duration = Duration::from_secs(60);

/// From when on a code is of no use.
const ENDED: Aged = Aged::without_event("move_codes", "expires_at");

/// $1 id, $2 buyer, $3 seconds.
const INSERT: &str = "
    INSERT INTO move_codes (id, buyer_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))";

/// $1 id, $2 seconds for which it goes on working.
const USE: &str = "
    UPDATE move_codes SET expires_at = least(expires_at, now() + make_interval(secs => $2))
    WHERE id = $1 AND expires_at > now() RETURNING buyer_id";

/// Makes a code: `K7QF-2MXD-9TRV`.
///
/// # Errors
/// Those of the database.
pub async fn create(db: &Db, buyer: BuyerId, works_for: Duration) -> Result<String, Error> {
    let mut code = [0; LENGTH];
    getrandom::fill(&mut code).map_err(|error| Error::Unavailable(error.to_string()))?;
    code = code.map(|byte| byte % 32);
    let client = db.get().await?;
    let statement = client.prepare_cached(INSERT).await?;
    client
        .execute(&statement, &[&id(&code), &buyer, &works_for.as_secs_f64()])
        .await?;
    let digits = code.map(|value| DIGITS[usize::from(value)]);
    let groups: Vec<_> = digits.chunks(4).map(String::from_utf8_lossy).collect();
    Ok(groups.join("-"))
}

/// Whose bookings a code moves; it is of no further use a minute later. `None` if it is no code, or of no use any more.
///
/// # Errors
/// Those of the database.
pub async fn redeem(db: &Db, text: &str) -> Result<Option<BuyerId>, Error> {
    let Some(code) = base32::read(text) else {
        return Ok(None);
    };
    let client = db.get().await?;
    let statement = client.prepare_cached(USE).await?;
    let again = AFTER_USE.as_secs_f64();
    let row = client.query_opt(&statement, &[&id(&code), &again]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// Deletes codes that ended longer ago than this. How many.
pub(super) async fn forget(db: &Db, older_than: Duration) -> Result<usize, Error> {
    purge(db, &ENDED, older_than).await
}

/// What the table knows of a code.
fn id(code: &[u8; LENGTH]) -> Uuid {
    let hash: [u8; 32] = Sha256::digest(code).into();
    Uuid::from_bytes(std::array::from_fn(|at| hash[at]))
}
