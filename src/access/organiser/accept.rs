//! Using an invitation: by somebody new, by somebody who has an account, or to set a password.
//!
//! What must hold: of two who use one link at the same moment one is let in; whoever has a link for an address that has
//! an account does not get that account: its owner signs in first.

use serde_json::json;

use super::invitation::{self, Invitation, Purpose};
use super::password::{self, PasswordInvalid};
use super::session::{self, SignedIn};
use super::{Organisers, Role, accounts, members, sign_in};
use crate::audit::{self, Actor, Entry};
use crate::postgres::{Error, Transaction};
use crate::types::contact::fold_email;
use crate::types::{OrganisationNo, OrganiserId};

/// Locks the organisation, so that one of several first owners is the first.
const LOCK: &str = "SELECT FROM organisations WHERE id = $1 FOR UPDATE";
const SET_PASSWORD: &str =
    "UPDATE organisers SET password_hash = $2 WHERE id = $1 AND disabled_at IS NULL RETURNING id";
/// $1 session, $2 organisation.
const WORK_FOR: &str = "UPDATE organiser_sessions SET organisation_id = $2 WHERE id = $1";

/// Why an invitation is not taken.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// It was used meanwhile, has expired or is of no use any more.
    #[error("the invitation is gone")]
    Gone,
    /// Somebody has an account with this address: they sign in and use the link then.
    #[error("there is an account with this e-mail address")]
    HasAccount,
    /// It is for another address.
    #[error("the invitation is for another e-mail address")]
    ForAnother,
    /// The password will not do.
    #[error("the password will not do: {0:?}")]
    Password(PasswordInvalid),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

/// Who uses an invitation without having an account.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer<'a> {
    /// Checked; of no account if the invitation names another.
    pub email: &'a str,
    /// Checked.
    pub name: &'a str,
    /// What they want to sign in with.
    pub password: &'a str,
    /// What the browser calls itself.
    pub agent: &'a str,
}

impl Organisers {
    /// Makes an account of a newcomer, and lets them in: what the cookie carries.
    ///
    /// # Errors
    /// [`AcceptError`].
    pub async fn join(
        &self,
        invitation: &Invitation,
        new: Newcomer<'_>,
    ) -> Result<String, AcceptError> {
        let (organisation, role) = place(invitation)?;
        check_address(invitation, new.email)?;
        password::check(new.password, new.email).map_err(AcceptError::Password)?;
        let hash = self.passwords.hash(new.password).await?;
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        transaction.query(LOCK, &[&organisation]).await?;
        let is_first = matches!(invitation.purpose, Purpose::First(_));
        if is_first && accounts::any(&transaction).await? {
            return Err(AcceptError::Gone);
        }
        if !invitation::take(&transaction, invitation.id).await? {
            return Err(AcceptError::Gone);
        }
        let id = accounts::insert(&transaction, new.email, new.name, &hash).await?;
        let id = id.ok_or(AcceptError::HasAccount)?;
        members::insert(&transaction, organisation, id, role).await?;
        record_joined(&transaction, id, new.name, organisation, role).await?;
        let cookie = session::begin(&transaction, id, &hash, true, new.agent).await?;
        transaction.commit().await?;
        cookie.ok_or(AcceptError::Gone)
    }

    /// Makes a member of somebody who is signed in; from now on they work there.
    ///
    /// # Errors
    /// [`AcceptError`].
    pub async fn join_as(
        &self,
        invitation: &Invitation,
        who: &SignedIn,
    ) -> Result<(), AcceptError> {
        let (organisation, role) = place(invitation)?;
        check_address(invitation, &who.email)?;
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        if matches!(invitation.purpose, Purpose::First(_))
            || !invitation::take(&transaction, invitation.id).await?
        {
            return Err(AcceptError::Gone);
        }
        members::insert(&transaction, organisation, who.organiser, role).await?;
        record_joined(&transaction, who.organiser, &who.name, organisation, role).await?;
        transaction
            .execute(WORK_FOR, &[&who.session, &organisation])
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Sets the password of an account, takes its second factor away, ends its sessions, and lets its owner in: what the
    /// cookie carries.
    ///
    /// # Errors
    /// [`AcceptError`].
    pub async fn set_password(
        &self,
        invitation: &Invitation,
        password: &str,
        agent: &str,
    ) -> Result<String, AcceptError> {
        let Purpose::Reset(organiser) = invitation.purpose else {
            return Err(AcceptError::Gone);
        };
        let email = invitation.email.as_deref().unwrap_or_default();
        password::check(password, email).map_err(AcceptError::Password)?;
        let hash = self.passwords.hash(password).await?;
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        if !invitation::take(&transaction, invitation.id).await? {
            return Err(AcceptError::Gone);
        }
        let set = transaction
            .query_opt(SET_PASSWORD, &[&organiser, &hash])
            .await?;
        if set.is_none() {
            return Err(AcceptError::Gone);
        }
        sign_in::take_totp(&transaction, organiser).await?;
        sign_in::end_what_the_password_opened(&transaction, organiser, None).await?;
        let by = Actor {
            organisation: None,
            ..Actor::organiser(organiser, email, OrganisationNo::FIRST)
        };
        let entry = Entry::new(&by, "password.reset", "organiser", organiser);
        audit::record(&transaction, &entry).await?;
        let cookie = session::begin(&transaction, organiser, &hash, true, agent).await?;
        transaction.commit().await?;
        cookie.ok_or(AcceptError::Gone)
    }
}

/// Where an invitation leads, and as what.
fn place(invitation: &Invitation) -> Result<(OrganisationNo, Role), AcceptError> {
    match invitation.purpose {
        Purpose::Join(organisation, role) => Ok((organisation, role)),
        Purpose::First(organisation) => Ok((organisation, Role::Owner)),
        Purpose::Reset(_) => Err(AcceptError::Gone),
    }
}

fn check_address(invitation: &Invitation, email: &str) -> Result<(), AcceptError> {
    let named = invitation.email.as_deref().map(fold_email);
    if named.is_some_and(|named| named != fold_email(email)) {
        return Err(AcceptError::ForAnother);
    }
    Ok(())
}

async fn record_joined(
    transaction: &Transaction<'_>,
    id: OrganiserId,
    name: &str,
    organisation: OrganisationNo,
    role: Role,
) -> Result<(), Error> {
    let by = Actor::organiser(id, name, organisation);
    let entry = Entry::new(&by, "member.joined", "member", id);
    let entry = entry.after(json!({"name": name, "role": role.as_str()}));
    audit::record(transaction, &entry).await
}
