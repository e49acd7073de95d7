//! Database errors by what the caller can do about them: retry later, repeat the transaction, or report a
//! violated constraint or a defect.
//!
//! What must hold: the SQLSTATE and the severity decide, never the message; but the name of a violated constraint is
//! read from it where the server gives none. What a client is shown is decided in `web::error`.

use std::sync::Arc;

use deadpool_postgres::PoolError;
use tokio_postgres::error::{DbError, Severity, SqlState};

/// An error of the database, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address of the database cannot be used. Contains nothing that may be its password.
    #[error("the address of the database (--database-url, DATABASE_URL) {0}")]
    Address(String),
    /// A pooler stands in front of the database through which prepared statements do not work.
    #[error(
        "the pooler in front of the database forgets prepared statements: PgBouncer 1.21 or later with \
         max_prepared_statements > 0 is needed, or connect directly"
    )]
    ForgetfulPooler,
    /// No connection is available, or it broke: retry later. The outcome of a commit in flight is in doubt.
    #[error("the database is not reachable: {0}")]
    Unavailable(String),
    /// A unique, check or foreign key constraint refused a row.
    #[error("constraint {name} was violated")]
    Constraint {
        /// Begins with the name given in the migration; a distributed database adds a shard's number.
        name: String,
        /// Which kind: SQLSTATE 23505 (unique), 23514 (check), ...
        state: SqlState,
    },
    /// A serialization failure, a deadlock, a lock that was waited for in vain: the same transaction may succeed
    /// if it is repeated.
    #[error("the transaction was in another's way: {0}")]
    Conflict(tokio_postgres::Error),
    /// Anything else: a defect of this program.
    #[error("statement failed: {0:?}")]
    Statement(tokio_postgres::Error),
    /// A condition that a transaction relies on does not hold: a defect of this program.
    #[error("the data is inconsistent: {0}")]
    Inconsistent(String),
    /// A defect, told to one of several who have waited for the same answer.
    #[error("{0}")]
    Shared(Arc<Error>),
    /// The schema is not the one that this program needs, or must not be migrated now.
    #[error("the schema {0}")]
    Schema(String),
    /// The database cannot be distributed.
    #[error("the database is not distributed {0}")]
    Distribution(String),
    /// A migration failed.
    #[error("migration failed: {}", of_migration(.0))]
    Migration(Box<refinery::Error>),
}

impl Error {
    /// The same error for one more of those who have waited for the same answer.
    pub(super) fn shared(error: &Arc<Self>) -> Self {
        match error.as_ref() {
            Self::Unavailable(reason) => Self::Unavailable(reason.clone()),
            Self::Conflict(_) => Self::Unavailable(error.to_string()),
            _ => Self::Shared(error.clone()),
        }
    }

    /// What an error of a COMMIT means. An internal one leaves the outcome in doubt: a distributed database answers
    /// so if it loses the node meanwhile.
    pub(super) fn of_commit(self) -> Self {
        match self {
            Self::Statement(error)
                if error
                    .code()
                    .is_some_and(|code| code.code().starts_with("XX")) =>
            {
                Self::Unavailable(describe(&error))
            }
            error => error,
        }
    }

    /// Whether it is a violation of a unique constraint whose name begins so.
    pub fn is_unique_violation(&self, constraint: &str) -> bool {
        matches!(self, Self::Constraint { name, state }
            if *state == SqlState::UNIQUE_VIOLATION && name.starts_with(constraint))
    }

    /// Whether it is a violation of a CHECK constraint whose name begins so.
    pub fn is_check_violation(&self, constraint: &str) -> bool {
        matches!(self, Self::Constraint { name, state }
            if *state == SqlState::CHECK_VIOLATION && name.starts_with(constraint))
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.code() else {
            // No SQLSTATE: the connection broke, or a value did not fit its column.
            let broken = error.is_closed()
                || std::error::Error::source(&error).is_some_and(|s| s.is::<std::io::Error>());
            return if broken {
                Self::Unavailable(describe(&error))
            } else {
                Self::Statement(error)
            };
        };
        if error.as_db_error().is_some_and(has_ended_the_session) {
            return Self::Unavailable(describe(&error));
        }
        match state.code() {
            // Connection exceptions, operator intervention (shutdown, crash, a statement that took too long),
            // a full disk, too many connections, a read-only replica; a session that is idle in a transaction for
            // too long, or that has forgotten its statements or their plans (a pooler, a migration).
            code if ["08", "53", "57"]
                .iter()
                .any(|class| code.starts_with(class))
                || ["25006", "25P03", "26000", "0A000"].contains(&code) =>
            {
                Self::Unavailable(describe(&error))
            }
            "40001" | "40P01" | "55P03" => Self::Conflict(error),
            code if code.starts_with("23") => Self::Constraint {
                name: error.as_db_error().map(constraint).unwrap_or_default(),
                state: state.clone(),
            },
            _ => Self::Statement(error),
        }
    }
}

/// The name of the violated constraint. Citus passes on a node's message and not its fields; there the name comes last
/// in quotation marks, with the shard's number: `... violates unique constraint "bookings_turn_key_102044"`.
fn constraint(error: &DbError) -> String {
    let name = error.constraint().map(str::to_owned);
    name.unwrap_or_else(|| quoted_last(error.message()).to_owned())
}

fn quoted_last(message: &str) -> &str {
    let mut parts = message.rsplit('"');
    match (parts.next(), parts.next()) {
        (Some(_), Some(name)) => name,
        _ => "",
    }
}

/// Behind a pooler that may be any reason for which it could not open a session. PgBouncer sends the field that may
/// be translated, and does not translate it; PostgreSQL sends both.
fn has_ended_the_session(error: &DbError) -> bool {
    matches!(
        error.parsed_severity(),
        Some(Severity::Fatal | Severity::Panic)
    ) || error.severity() == "FATAL"
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            // While a connection is opened every error means "retry later": wrong port, starting up, too many.
            PoolError::Backend(error) => Self::Unavailable(describe(&error)),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// Which migration failed, and what PostgreSQL said of it, which the error itself leaves out.
fn of_migration(error: &refinery::Error) -> String {
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref()) {
        Some(failure) => format!("{error}: {}", describe(failure)),
        None => error.to_string(),
    }
}

pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(db), _) => db.message().to_owned(),
        (None, Some(source)) => source.to_string(),
        (None, None) => error.to_string(),
    }
}

impl Error {
    /// Whether a lock of another transaction was waited for in vain.
    pub fn is_lock_timeout(&self) -> bool {
        matches!(self, Self::Conflict(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE))
    }
}

/// An error that may be, or hold, a failure of the database.
pub trait AsDbError {
    /// The failure inside.
    fn as_db_error(&self) -> Option<&Error>;
}

impl AsDbError for Error {
    fn as_db_error(&self) -> Option<&Error> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_constraint_is_the_last_in_quotation_marks() {
        for (message, name) in [
            (
                "duplicate key value violates unique constraint \"bookings_turn_102044\"",
                "bookings_turn_102044",
            ),
            (
                "new row for relation \"bookings_102027\" violates check constraint \"bookings_total_check\"",
                "bookings_total_check",
            ),
            ("something else", ""),
            ("", ""),
        ] {
            assert_eq!(quoted_last(message), name);
        }
    }
}
