//! `boxoffice organisation`: makes and lists organisations.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::database::Opened;
use super::output::{Failure, say};
use crate::access::organiser::accounts::{self, Organisation};
use crate::audit::Actor;
use crate::config::OrganisationCommand;

/// Makes or lists; prints JSON.
pub(super) async fn run(opened: Opened, command: OrganisationCommand) -> Result<ExitCode, Failure> {
    let json: Value = match command {
        OrganisationCommand::Add { name } => {
            let by = Actor::operator("boxoffice organisation add");
            printed(&accounts::add_organisation(&opened.db, &by, &name).await?)
        }
        OrganisationCommand::List => accounts::organisations(&opened.db)
            .await?
            .iter()
            .map(printed)
            .collect(),
    };
    say(&serde_json::to_string_pretty(&json)?)?;
    Ok(ExitCode::SUCCESS)
}

fn printed(organisation: &Organisation) -> Value {
    json!({
        "number": organisation.no.0,
        "id": organisation.id,
        "name": organisation.name,
        "created_at": organisation.created_at,
    })
}
