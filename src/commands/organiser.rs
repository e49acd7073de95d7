//! `boxoffice organiser`: makes accounts or links that make them, lists them, lets people in again, and stops them.
//!
//! What must hold: a password never stands on the command line, where every process of the machine reads it.

use std::io::{BufRead, stdin};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::database::Opened;
use super::output::{Failure, say};
use crate::access::organiser::accounts::{self, NewOrganiser, Organiser};
use crate::access::organiser::{Passwords, add, invitation};
use crate::audit::Actor;
use crate::config::OrganiserCommand;
use crate::postgres::Db;

/// What a link begins with: the operator knows where the server is reached.
const LINK: &str = "/admin/invitations/";

/// Does it; prints JSON, or the end of a link.
pub(super) async fn run(opened: Opened, command: OrganiserCommand) -> Result<ExitCode, Failure> {
    let db = &opened.db;
    match command {
        OrganiserCommand::Add {
            email,
            name,
            organisation,
            role,
            password: true,
        } => {
            let by = Actor::operator("boxoffice organiser add");
            let password = read_password()?;
            let name = name.unwrap_or_default();
            let new = NewOrganiser {
                email: &email,
                name: &name,
                password: &password,
            };
            let id = add(db, &Passwords::default(), &by, new, organisation, role).await?;
            let made = json!({"id": id, "email": email, "name": name, "role": role.as_str()});
            say(&serde_json::to_string_pretty(&made)?)?;
        }
        OrganiserCommand::Add {
            email,
            organisation,
            role,
            ..
        } => {
            let by = Actor::operator("boxoffice organiser add");
            let code = invitation::invite(db, &by, organisation, &email, role).await?;
            say(&format!("{LINK}{code}"))?;
        }
        OrganiserCommand::List => {
            let listed: Value = accounts::list(db).await?.iter().map(printed).collect();
            say(&serde_json::to_string_pretty(&listed)?)?;
        }
        OrganiserCommand::Reset { email } => {
            let by = Actor::operator("boxoffice organiser reset");
            let code = invitation::reset(db, &by, &email).await?;
            let code = code.ok_or_else(|| nobody(&email))?;
            say(&format!("{LINK}{code}"))?;
        }
        OrganiserCommand::Stop { email } => stop(db, &email, true).await?,
        OrganiserCommand::Start { email } => stop(db, &email, false).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn stop(db: &Db, email: &str, is_stopped: bool) -> Result<(), Failure> {
    let by = Actor::operator("boxoffice organiser");
    if !accounts::disable(db, &by, email, is_stopped).await? {
        return Err(nobody(email).into());
    }
    Ok(())
}

fn nobody(email: &str) -> String {
    format!("there is no account with the address {email}")
}

/// The first line of standard input.
fn read_password() -> Result<String, Failure> {
    let mut line = String::new();
    stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

fn printed(organiser: &Organiser) -> Value {
    let roles = organiser.roles.iter();
    let roles = roles.map(|(no, role)| json!({"organisation": no.0, "role": role.as_str()}));
    json!({
        "id": organiser.id,
        "email": organiser.email,
        "name": organiser.name,
        "created_at": organiser.created_at,
        "stopped_at": organiser.disabled_at,
        "has_second_factor": organiser.has_totp,
        "organisations": roles.collect::<Vec<Value>>(),
    })
}
