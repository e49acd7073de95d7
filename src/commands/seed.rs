//! `boxoffice seed`: the demo events, in an empty database.

use std::process::ExitCode;

use super::output::{Failure, say};
use crate::catalog::demo;
use crate::postgres::Db;

/// Says how many events were created.
pub(super) async fn run(db: Db) -> Result<ExitCode, Failure> {
    let created = demo::seed(&db).await?;
    say(&format!("{created} demo events created"))?;
    Ok(ExitCode::SUCCESS)
}
