//! `boxoffice seed`: creates the demo events in an empty database. What must hold: a second run creates nothing. The
//! events are in `catalog::demo`.

use std::process::ExitCode;

use super::database::Opened;
use super::output::{Failure, say};
use crate::catalog::demo;

/// Creates them and prints how many.
pub(super) async fn run(opened: Opened) -> Result<ExitCode, Failure> {
    let created = demo::seed(&opened.db).await?;
    say(&format!("{created} demo events created"))?;
    Ok(ExitCode::SUCCESS)
}
