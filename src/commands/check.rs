//! `boxoffice check`: prints the rows that break an invariant. What must hold: any such row makes the exit status 1;
//! a rule that was not checked is named. The rules are in `crate::check`.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use super::database::Opened;
use super::output::{Failure, say};
use crate::catalog::Catalog;
use crate::check::{self, Scope};
use crate::config::CheckArgs;
use crate::types::EventId;

/// Prints a line for each violation; exits with 1 if there is any.
pub(super) async fn run(opened: Opened, args: CheckArgs) -> Result<ExitCode, Failure> {
    let mut scope = Scope {
        is_served: opened.is_served,
        // There is no other gateway yet.
        ..Scope::default()
    };
    if let Some(id) = args.event {
        let event = Catalog::new(opened.db.clone()).event(EventId(id)).await?;
        scope.event = Some(event.ok_or_else(|| format!("there is no event {id}"))?.no);
    }
    let is_watched = std::io::stderr().is_terminal();
    let report = check::check_scope(&opened.db, &scope, |done, total, rule| {
        if is_watched {
            show(&format!("{done} of {total} rules checked: {rule}"));
        }
    })
    .await;
    if is_watched {
        show("");
    }
    let report = report?;
    for (rule, reason) in &report.skipped {
        say(&format!("{rule} is not checked: {reason}"))?;
    }
    for violation in &report.violations {
        say(&violation.to_string())?;
    }
    if report.violations.is_empty() {
        say("all invariants hold")?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// Replaces the last line of the terminal.
fn show(line: &str) {
    let mut terminal = std::io::stderr();
    // A terminal that has gone is no reason to fail.
    let _ = write!(terminal, "\r\x1b[K{line}").and_then(|()| terminal.flush());
}
