//! `boxoffice migrate`: brings the schema up to date. What must hold: it is the only command beside `serve` that does;
//! all others refuse a schema that is not theirs.

use std::process::ExitCode;

use super::database::Opened;
use super::output::{Failure, say};
use crate::config::MigrateArgs;
use crate::postgres::MigrateOptions;

/// Prints a line for each migration that it applies.
pub(super) async fn run(opened: Opened, args: MigrateArgs) -> Result<ExitCode, Failure> {
    let options = MigrateOptions {
        despite_older_servers: args.despite_older_servers,
        ..MigrateOptions::default()
    };
    let applied = opened.db.migrate_with(options).await?;
    for name in &applied {
        say(&format!("applied {name}"))?;
    }
    say("the schema is up to date")?;
    Ok(ExitCode::SUCCESS)
}
