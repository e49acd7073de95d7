//! `boxoffice secret`: replaces the secret that signs buyer tokens and booking links; what the old one
//! signed is valid for 90 days more. Ticket codes and webhooks have secrets of their own.

use std::process::ExitCode;

use super::database::Opened;
use super::output::{Failure, say};
use crate::access;
use crate::config::SecretCommand;

/// Says which version signs now.
pub(super) async fn run(opened: Opened, command: SecretCommand) -> Result<ExitCode, Failure> {
    match command {
        SecretCommand::Rotate => {
            let version = access::rotate(&opened.db).await?;
            let days = access::GRACE.as_secs() / (24 * 60 * 60);
            say(&format!(
                "version {version} signs from now on; older ones are believed for {days} days"
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
