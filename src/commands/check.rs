//! `boxoffice check`: prints the rows that break an invariant. What must hold: any such row makes the exit status 1.
//! The rules are in `crate::check`.

use std::process::ExitCode;

use super::output::{Failure, say};
use crate::check;
use crate::postgres::Db;

/// Prints a line for each violation; exits with 1 if there is any.
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
