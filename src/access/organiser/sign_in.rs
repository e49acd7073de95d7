//! Signing in: the password, then the code if the account has a second factor; and changing both.
//!
//! What must hold: whatever is wrong, the answer is the same, and one password was hashed; a code is taken once, also of
//! two that come at the same moment; whoever changes the password ends every other session.

use tokio_postgres::Row;
use uuid::Uuid;

use super::password::{self, BYTES_MAX, PasswordInvalid};
use super::recovery;
use super::session::{self, SignedIn};
use super::{Organisers, Totp};
use crate::audit::{self, Actor, Entry};
use crate::postgres::{Client, Error, Transaction};
use crate::types::contact::fold_email;
use crate::types::{OrganisationNo, OrganiserId};

/// $1 folded e-mail address.
const FIND: &str = "
    SELECT id, password_hash, totp_confirmed_at IS NOT NULL AS has_totp FROM organisers
    WHERE email_key = $1 AND disabled_at IS NULL";
/// $1 organiser. Locked: of two codes at the same moment the second one sees that the first was taken.
const LOCK: &str = "
    SELECT email, password_hash, totp_secret, totp_confirmed_at IS NOT NULL AS has_totp, totp_last_step,
           extract(epoch FROM clock_timestamp())::bigint AS now
    FROM organisers WHERE id = $1 AND disabled_at IS NULL FOR UPDATE";
const TOOK_CODE: &str = "UPDATE organisers SET totp_last_step = $2 WHERE id = $1";
const WRONG_CODE: &str =
    "UPDATE organiser_sessions SET wrong_codes = wrong_codes + 1 WHERE id = $1";
const END_PENDING: &str = "UPDATE organiser_sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL RETURNING id";
/// $1 organiser, $2 hash, $3 hash that it takes the place of.
const CHANGE_PASSWORD: &str = "
    UPDATE organisers SET password_hash = $2 WHERE id = $1 AND password_hash = $3 RETURNING id";
/// $1 organiser. A link that sets a password is of no use after the password was changed.
const END_RESETS: &str = "
    UPDATE invitations SET used_at = now() WHERE organiser_id = $1 AND used_at IS NULL";
const SET_TOTP: &str = "
    UPDATE organisers SET totp_secret = $2, totp_confirmed_at = NULL, totp_last_step = NULL
    WHERE id = $1 AND totp_confirmed_at IS NULL";
const CONFIRM_TOTP: &str = "
    UPDATE organisers SET totp_confirmed_at = now(), totp_last_step = $2 WHERE id = $1";
const DROP_TOTP: &str = "
    UPDATE organisers SET totp_secret = NULL, totp_confirmed_at = NULL, totp_last_step = NULL WHERE id = $1";

/// How a sign-in went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Something is wrong; what, nobody is told.
    Wrong,
    /// Signed in: what the cookie carries.
    Done(String),
    /// The password was right, and the code is missing: what the cookie carries until then.
    CodeNeeded(String),
}

/// How a change of one's own password went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is changed, and every other session has ended.
    Done,
    /// The present password is another one.
    Wrong,
    /// The new one will not do.
    Invalid(PasswordInvalid),
}

impl Organisers {
    /// Signs somebody in by e-mail address and password; `agent` is what the browser calls itself.
    ///
    /// # Errors
    /// Those of the database, and too many at once.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        agent: &str,
    ) -> Result<Attempt, Error> {
        let found = {
            let client = self.db.get().await?;
            let find = client.prepare_cached(FIND).await?;
            client.query_opt(&find, &[&fold_email(email)]).await?
        };
        // A password that nobody may have is compared all the same.
        let is_sane = password.len() <= BYTES_MAX;
        let password = if is_sane { password } else { "" };
        let hash = found
            .as_ref()
            .map(|row| row.get::<_, &str>("password_hash"));
        let is_right = self.passwords.verify(password, hash).await?;
        let Some(row) = found.filter(|_| is_right) else {
            return Ok(Attempt::Wrong);
        };
        let has_totp: bool = row.get("has_totp");
        let client = self.db.get().await?;
        let (organiser, hash) = (row.get("id"), row.get("password_hash"));
        let begun = session::begin(&client, organiser, hash, !has_totp, agent).await?;
        Ok(match begun {
            None => Attempt::Wrong,
            Some(cookie) if has_totp => Attempt::CodeNeeded(cookie),
            Some(cookie) => Attempt::Done(cookie),
        })
    }

    /// Takes the code that the session of this cookie lacks. After a few wrong ones the password is asked for again.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn enter_code(
        &self,
        cookie: &str,
        code: &str,
        agent: &str,
    ) -> Result<Attempt, Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let Some(pending) = self.pending(&transaction, cookie).await? else {
            return Ok(Attempt::Wrong);
        };
        let Some(row) = transaction.query_opt(LOCK, &[&pending.organiser]).await? else {
            return Ok(Attempt::Wrong);
        };
        if !take_code(&transaction, pending.organiser, &row, code).await? {
            transaction.execute(WRONG_CODE, &[&pending.session]).await?;
            transaction.commit().await?;
            return Ok(Attempt::Wrong);
        }
        let ended = transaction
            .query_opt(END_PENDING, &[&pending.session])
            .await?;
        if ended.is_none() {
            return Ok(Attempt::Wrong);
        }
        let hash = row.get("password_hash");
        let begun = session::begin(&transaction, pending.organiser, hash, true, agent).await?;
        transaction.commit().await?;
        Ok(begun.map_or(Attempt::Wrong, Attempt::Done))
    }

    /// Changes somebody's own password; their other sessions end.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn change_password(
        &self,
        by: &Actor,
        who: &SignedIn,
        present: &str,
        new: &str,
    ) -> Result<Change, Error> {
        let hash = self.password_hash(who.organiser).await?;
        if !self.passwords.verify(present, hash.as_deref()).await? {
            return Ok(Change::Wrong);
        }
        if let Err(invalid) = password::check(new, &who.email) {
            return Ok(Change::Invalid(invalid));
        }
        let new = self.passwords.hash(new).await?;
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let changed = transaction
            .query_opt(CHANGE_PASSWORD, &[&who.organiser, &new, &hash])
            .await?;
        if changed.is_none() {
            return Ok(Change::Wrong);
        }
        end_what_the_password_opened(&transaction, who.organiser, Some(who.session)).await?;
        let entry = Entry::new(by, "password.changed", "organiser", who.organiser);
        audit::record(&transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Change::Done)
    }

    async fn password_hash(&self, organiser: OrganiserId) -> Result<Option<String>, Error> {
        let client = self.db.get().await?;
        let get = "SELECT password_hash FROM organisers WHERE id = $1";
        let row = client.query_opt(get, &[&organiser]).await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// A new secret for a second factor, which counts once its first code was typed. `None` if there is one already.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin_totp(&self, who: &SignedIn) -> Result<Option<Totp>, Error> {
        let totp = Totp::make()?;
        let client = self.db.get().await?;
        let set = client
            .execute(SET_TOTP, &[&who.organiser, &totp.as_bytes()])
            .await?;
        Ok((set == 1).then_some(totp))
    }

    /// The secret whose first code is awaited, so that a wrong code does not make a new one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn unconfirmed_totp(&self, who: &SignedIn) -> Result<Option<Totp>, Error> {
        let client = self.db.get().await?;
        let get = "SELECT totp_secret FROM organisers WHERE id = $1 AND totp_confirmed_at IS NULL";
        let row = client.query_opt(get, &[&who.organiser]).await?;
        Ok(row
            .and_then(|row| row.get::<_, Option<Vec<u8>>>(0))
            .map(Totp::of))
    }

    /// Turns the second factor on by its first code. The recovery codes, which are shown once; `None` if the code was
    /// wrong.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn confirm_totp(
        &self,
        by: &Actor,
        who: &SignedIn,
        code: &str,
    ) -> Result<Option<Vec<String>>, Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let row = transaction.query_opt(LOCK, &[&who.organiser]).await?;
        let row = row.filter(|row| !row.get::<_, bool>("has_totp"));
        let Some(step) = row.and_then(|row| step_of(&row, code)) else {
            return Ok(None);
        };
        transaction
            .execute(CONFIRM_TOTP, &[&who.organiser, &step])
            .await?;
        session::end_all(&transaction, who.organiser, Some(who.session)).await?;
        let codes = recovery::make(&transaction, who.organiser).await?;
        let entry = Entry::new(by, "second-factor.on", "organiser", who.organiser);
        audit::record(&transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Some(codes))
    }

    /// New recovery codes instead of those before, for one more code. `None` if that was wrong.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn renew_recovery_codes(
        &self,
        by: &Actor,
        who: &SignedIn,
        code: &str,
    ) -> Result<Option<Vec<String>>, Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let row = transaction.query_opt(LOCK, &[&who.organiser]).await?;
        let Some(row) = row.filter(|row| row.get::<_, bool>("has_totp")) else {
            return Ok(None);
        };
        if !take_code(&transaction, who.organiser, &row, code).await? {
            return Ok(None);
        }
        let codes = recovery::make(&transaction, who.organiser).await?;
        let entry = Entry::new(by, "recovery-codes.made", "organiser", who.organiser);
        audit::record(&transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Some(codes))
    }

    /// How many recovery codes are left.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn recovery_codes_left(&self, who: &SignedIn) -> Result<i64, Error> {
        let client = self.db.get().await?;
        recovery::left(&client, who.organiser).await
    }

    /// Turns the second factor off by one more code. Whether the code was right.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn drop_totp(&self, by: &Actor, who: &SignedIn, code: &str) -> Result<bool, Error> {
        let mut client = self.db.get().await?;
        let transaction = client.transaction().await?;
        let row = transaction.query_opt(LOCK, &[&who.organiser]).await?;
        let row = row.filter(|row| row.get::<_, bool>("has_totp"));
        let Some(row) = row else {
            return Ok(false);
        };
        if !take_code(&transaction, who.organiser, &row, code).await? {
            return Ok(false);
        }
        take_totp(&transaction, who.organiser).await?;
        let entry = Entry::new(by, "second-factor.off", "organiser", who.organiser);
        audit::record(&transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// The step of a code, if it is good and newer than the last one that was taken.
fn step_of(row: &Row, code: &str) -> Option<i64> {
    let secret: Option<Vec<u8>> = row.get("totp_secret");
    Totp::of(secret?).step_of(code, row.get("now"), row.get("totp_last_step"))
}

/// Takes a code of the app, or a recovery code, whose account is locked and has a second factor. Whether it is good: each
/// is once.
async fn take_code(
    transaction: &Transaction<'_>,
    organiser: OrganiserId,
    row: &Row,
    code: &str,
) -> Result<bool, Error> {
    if let Some(step) = step_of(row, code) {
        transaction.execute(TOOK_CODE, &[&organiser, &step]).await?;
        return Ok(true);
    }
    if !recovery::take(transaction, organiser, code).await? {
        return Ok(false);
    }
    let by = Actor {
        organisation: None,
        ..Actor::organiser(organiser, row.get("email"), OrganisationNo::FIRST)
    };
    let entry = Entry::new(&by, "recovery-code.used", "organiser", organiser);
    audit::record(transaction, &entry).await?;
    Ok(true)
}

/// Ends the sessions of an account but one, and the links that would set its password.
pub(super) async fn end_what_the_password_opened(
    transaction: &Transaction<'_>,
    organiser: OrganiserId,
    but: Option<Uuid>,
) -> Result<(), Error> {
    session::end_all(transaction, organiser, but).await?;
    transaction.execute(END_RESETS, &[&organiser]).await?;
    Ok(())
}

/// Takes the second factor from an account whose phone is lost.
pub(super) async fn take_totp(client: &Client, organiser: OrganiserId) -> Result<(), Error> {
    client.execute(DROP_TOTP, &[&organiser]).await?;
    recovery::end(client, organiser).await
}
