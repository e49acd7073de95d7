//! `boxoffice seed`: creates the demo events in an empty database. What must hold: a second run creates nothing. The
//! events are in `catalog::demo`.

use std::process::ExitCode;

use super::output::{Failure, say};
use crate::catalog::demo;
use crate::postgres::Db;

/// Creates them and prints how many.
pub(super) async fn run(db: Db) -> Result<ExitCode, Failure> {
    let created = demo::seed(&db).await?;
    say(&format!("{created} demo events created"))?;
    Ok(ExitCode::SUCCESS)
}
