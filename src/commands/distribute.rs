//! `boxoffice distribute`: distributes the database by event over the nodes of a Citus cluster.

use std::process::ExitCode;

use super::database::Opened;
use super::output::{Failure, say};

/// Prints a line for each step.
pub(super) async fn run(opened: Opened) -> Result<ExitCode, Failure> {
    let mut said = Ok(());
    opened
        .db
        .distribute(|step| {
            if said.is_ok() {
                said = say(&step);
            }
        })
        .await?;
    said?;
    Ok(ExitCode::SUCCESS)
}
