//! `boxoffice seed`: creates the demo events in an empty database. What must hold: a second run creates nothing. The
//! events are in `catalog::demo`.

use std::process::ExitCode;

use super::database::Opened;
use super::organisation;
use super::output::{Failure, say};
use crate::catalog::demo;
use crate::config::SeedArgs;

/// Creates them and prints how many.
pub(super) async fn run(opened: Opened, args: SeedArgs) -> Result<ExitCode, Failure> {
    organisation::require(&opened.db, args.organisation).await?;
    let created = demo::seed(&opened.db, args.organisation).await?;
    say(&format!("{created} demo events created"))?;
    Ok(ExitCode::SUCCESS)
}
