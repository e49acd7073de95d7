//! `boxoffice check`: the invariants, and the rows that break them.

use std::process::ExitCode;

use super::output::{Failure, say};
use crate::check;
use crate::postgres::Db;

/// A line a violation; exits with 1 if there is any.
pub(super) async fn run(db: Db) -> Result<ExitCode, Failure> {
    let violations = check::check(&db).await?;
    for violation in &violations {
        say(&format!("{}: {}", violation.invariant, violation.detail))?;
    }
    if violations.is_empty() {
        say("all invariants hold")?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
