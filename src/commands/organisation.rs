//! `boxoffice organisation`: makes and lists organisations.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::database::Opened;
use super::output::{Failure, say};
use crate::access::organiser::accounts::{self, Organisation};
use crate::audit::Actor;
use crate::config::OrganisationCommand;
use crate::postgres::Db;
use crate::types::OrganisationNo;

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

/// Refuses what is to belong to an organisation that is not there.
pub(super) async fn require(db: &Db, organisation: OrganisationNo) -> Result<(), Failure> {
    if accounts::exists(&db.get().await?, organisation).await? {
        return Ok(());
    }
    Err(
        format!("there is no organisation {organisation}: see `boxoffice organisation list`")
            .into(),
    )
}

fn printed(organisation: &Organisation) -> Value {
    json!({
        "number": organisation.no.0,
        "id": organisation.id,
        "name": organisation.name,
        "created_at": organisation.created_at,
    })
}
