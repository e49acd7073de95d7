//! `boxoffice token`: creates, lists and revokes API tokens.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::database::Opened;
use super::organisation;
use super::output::{Failure, say};
use crate::access::api_token::{self, ApiToken, NewToken, Scope};
use crate::audit::Actor;
use crate::config::TokenCommand;

/// Makes, lists or revokes; prints JSON.
pub(super) async fn run(opened: Opened, command: TokenCommand) -> Result<ExitCode, Failure> {
    let json = match command {
        TokenCommand::Create {
            scopes,
            name,
            expires_in,
            organisation: of,
        } => {
            let new = NewToken {
                name: &name,
                scopes: &scopes,
                expires_in,
                organisation: of,
            };
            if let Some(of) = of {
                organisation::require(&opened.db, of).await?;
            }
            let by = Actor::operator("boxoffice token create");
            let (kept, token) = api_token::create_by(&opened.db, &by, &new).await?;
            let mut json = printed(&kept);
            json["token"] = token.into();
            json
        }
        TokenCommand::List => api_token::list(&opened.db)
            .await?
            .iter()
            .map(printed)
            .collect(),
        TokenCommand::Revoke { id } => {
            let by = Actor::operator("boxoffice token revoke");
            let token = api_token::revoke_any(&opened.db, &by, id).await?;
            printed(&token.ok_or_else(|| format!("there is no token {id}"))?)
        }
    };
    say(&serde_json::to_string_pretty(&json)?)?;
    Ok(ExitCode::SUCCESS)
}

fn printed(token: &ApiToken) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "organisation": token.organisation.map(|organisation| organisation.0),
        "scopes": token.scopes.iter().map(|scope: &Scope| scope.as_str()).collect::<Vec<_>>(),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "last_used_at": token.last_used_at,
    })
}
