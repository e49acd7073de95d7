//! The first start: while nobody can sign in on the organiser's side, a link is printed that makes its first owner; with
//! the demo events an account is made.
//!
//! What must hold: both go to standard output alone, never into the log; once there is an account nothing is printed.

use std::net::SocketAddr;

use data_encoding::BASE32_NOPAD;

use super::output::{Failure, say};
use crate::access::organiser::accounts::{self, AddError, NewOrganiser};
use crate::access::organiser::{Passwords, Role, add, invitation};
use crate::audit::Actor;
use crate::config::Origin;
use crate::postgres::Db;
use crate::types::OrganisationNo;

/// Whom the demo signs in.
const DEMO_EMAIL: &str = "demo@example.org";
/// Random bytes of the demo's password.
const PASSWORD_BYTES: usize = 15;

/// Prints how to sign in for the first time, if nobody can.
pub(super) async fn offer(
    db: &Db,
    public: Option<&Origin>,
    listen: SocketAddr,
    is_demo: bool,
) -> Result<(), Failure> {
    let origin = public.map_or_else(|| format!("http://{listen}"), Origin::to_string);
    if accounts::any(&db.get().await?).await? {
        return Ok(());
    }
    if is_demo {
        return offer_demo(db, &origin).await;
    }
    if let Some(code) = invitation::first(db, OrganisationNo::FIRST).await? {
        say(&format!(
            "nobody can sign in yet. Whoever opens this link becomes the owner: {origin}/admin/invitations/{code}"
        ))?;
    }
    Ok(())
}

async fn offer_demo(db: &Db, origin: &str) -> Result<(), Failure> {
    let mut random = [0; PASSWORD_BYTES];
    getrandom::fill(&mut random)?;
    let password = BASE32_NOPAD.encode(&random).to_lowercase();
    let new = NewOrganiser {
        email: DEMO_EMAIL,
        name: "Demo",
        password: &password,
    };
    let by = Actor::system("demo");
    let (passwords, first) = (Passwords::default(), OrganisationNo::FIRST);
    match add(db, &passwords, &by, new, first, Role::Owner).await {
        // Another process was first.
        Err(AddError::Taken) => Ok(()),
        added => {
            added?;
            say(&format!(
                "the demo organiser signs in at {origin}/admin with {DEMO_EMAIL} and the password {password}"
            ))?;
            Ok(())
        }
    }
}
