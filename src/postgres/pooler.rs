//! Whether a pooler in front of the database forgets prepared statements.
//!
//! In transaction mode a pooler gives each transaction any of its sessions. PgBouncer before 1.21, or with
//! `max_prepared_statements = 0`, does not prepare there what the client has prepared elsewhere: some statements
//! fail, some are another client's of the same name. <https://www.pgbouncer.org/config.html#max_prepared_statements>
//!
//! What must hold: nothing is sold through such a pooler; the probe changes nothing.

use deadpool_postgres::ClientWrapper;
use tokio::time::timeout;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use super::{Client, Db, Error, STATEMENT_WAIT};

/// How often it is tried: other clients of the pooler may take the session that is meant for the probe.
const ROUNDS: u32 = 3;

/// What a session answers that does not know the statement, has another one of this name, or is to prepare
/// one of this name again.
const FORGOTTEN: [SqlState; 3] = [
    SqlState::INVALID_SQL_STATEMENT_NAME,
    SqlState::PROTOCOL_VIOLATION,
    SqlState::DUPLICATE_PSTATEMENT,
];

/// Tries whether a prepared statement outlives its transaction, over two connections of its own: thirteen round
/// trips.
///
/// # Errors
/// [`Error::ForgetfulPooler`] if it does not; those of [`Db::new`] and of the database.
pub async fn require_prepared_statements(url: &str) -> Result<(), Error> {
    let db = Db::new(url, 2)?;
    let one = Client::take(db.get().await?);
    let other = Client::take(db.get().await?);
    match timeout(STATEMENT_WAIT, remembers(&one, &other)).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(Error::ForgetfulPooler),
        Ok(Err(error)) if error.code().is_some_and(|code| FORGOTTEN.contains(code)) => {
            Err(Error::ForgetfulPooler)
        }
        Ok(Err(error)) => Err(error.into()),
        Err(_) => {
            let waited = STATEMENT_WAIT.as_millis();
            let reason = format!("two transactions at once were not answered within {waited} ms");
            Err(Error::Unavailable(reason))
        }
    }
}

/// Whether `one` can execute what it has prepared, also while `other` is in a transaction and so holds the session
/// that a pooler would give out next.
async fn remembers(
    one: &ClientWrapper,
    other: &ClientWrapper,
) -> Result<bool, tokio_postgres::Error> {
    // Another process may have prepared a statement of the same name, but not with the same answer.
    let answer = Uuid::new_v4().to_string();
    let statement = one.prepare(&format!("SELECT '{answer}'")).await?;
    for round in 0..2 * ROUNDS {
        let is_beside = round % 2 == 1;
        if is_beside {
            other.batch_execute("BEGIN; SELECT 1").await?;
        }
        let rows = one.query(&statement, &[]).await?;
        if is_beside {
            other.batch_execute("ROLLBACK").await?;
        }
        let is_answer = |row: &Row| row.try_get(0).is_ok_and(|text: &str| text == answer);
        if !rows.first().is_some_and(is_answer) {
            return Ok(false);
        }
    }
    Ok(true)
}
