//! Passwords: what may be one, and their hashes: Argon2id with the parameters that OWASP recommends (19 MiB, two passes).
//! <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>
//!
//! What must hold: hashing never runs on a thread that speaks HTTP, and only so many at once: each takes 19 MiB and some
//! 50 ms of a processor; where there is no account, the same work is done against a hash that nothing fits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::postgres::Error;
use crate::types::contact::fold_email;

/// Characters of a password at least.
const LENGTH_MIN: usize = 12;
/// Bytes of a password at most: more than anybody types, and what hashing reads.
pub(super) const BYTES_MAX: usize = 1024;
/// How long a sign-in waits for its turn to be hashed.
const TURN_WAIT: Duration = Duration::from_secs(3);

/// What is wrong with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordInvalid {
    /// Fewer than [`LENGTH_MIN`] characters.
    TooShort,
    /// More than [`BYTES_MAX`] bytes.
    TooLong,
    /// It is the e-mail address, or its part before the @ written until it is long enough.
    IsEmail,
}

/// Whether somebody with this address may have this password. Length counts, not which characters: NIST SP 800-63B,
/// section 5.1.1.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(password: &str, email: &str) -> Result<(), PasswordInvalid> {
    if password.chars().count() < LENGTH_MIN {
        return Err(PasswordInvalid::TooShort);
    }
    if password.len() > BYTES_MAX {
        return Err(PasswordInvalid::TooLong);
    }
    let (password, email) = (password.to_lowercase(), fold_email(email));
    let local = email.split('@').next().unwrap_or_default();
    let is_repeated = !local.is_empty() && password.replace(local, "").is_empty();
    if password == email || is_repeated {
        return Err(PasswordInvalid::IsEmail);
    }
    Ok(())
}

/// Hashes and compares passwords.
pub struct Passwords {
    /// For the turn of a hash.
    turns: Arc<Semaphore>,
    /// How many were compared.
    compared: AtomicU64,
}

impl Default for Passwords {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            turns: Arc::new(Semaphore::new(processors)),
            compared: AtomicU64::new(0),
        }
    }
}

impl Passwords {
    /// The hash of a new password, with a salt of its own.
    ///
    /// # Errors
    /// Too many are hashed at once.
    pub async fn hash(&self, password: &str) -> Result<String, Error> {
        let password = password.to_owned();
        self.work(move || {
            let hash = argon2().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string())
                .map_err(|error| Error::Unavailable(format!("a password is not hashed: {error}")))
        })
        .await?
    }

    /// Whether a password is the one that was hashed; `None` for the hash if there is no account. Takes as long
    /// whatever there is.
    ///
    /// # Errors
    /// Too many are compared at once.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Error> {
        self.compared.fetch_add(1, Ordering::Relaxed);
        let password = password.to_owned();
        let (is_there, hash) = (hash.is_some(), hash.map_or_else(decoy, str::to_owned));
        let is_right = self
            .work(move || {
                let hash = PasswordHash::new(&hash).ok();
                let fits = |hash| argon2().verify_password(password.as_bytes(), &hash);
                hash.is_some_and(|hash| fits(hash).is_ok())
            })
            .await?;
        Ok(is_right && is_there)
    }

    /// How many passwords were compared since the process began.
    pub fn compared(&self) -> u64 {
        self.compared.load(Ordering::Relaxed)
    }

    async fn work<T: Send + 'static>(
        &self,
        hash: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let turn = tokio::time::timeout(TURN_WAIT, self.turns.clone().acquire_owned()).await;
        let busy = || Error::Unavailable("too many sign-ins at once".into());
        let turn = turn.ok().and_then(Result::ok).ok_or_else(busy)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = hash();
            drop(turn);
            done
        });
        done.await
            .map_err(|error| Error::Unavailable(format!("a password is not hashed: {error}")))
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::default()
}

/// A hash that no password has: of the parameters of the others.
fn decoy() -> String {
    let (m, t, p) = (
        Params::DEFAULT_M_COST,
        Params::DEFAULT_T_COST,
        Params::DEFAULT_P_COST,
    );
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${output}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_the_address() {
        let email = "Ana.Silva@example.org";
        for (password, expected) in [
            ("correct horse", Ok(())),
            ("ああああああああああああ", Ok(())),
            ("short pass.", Err(PasswordInvalid::TooShort)),
            ("ana.silva@EXAMPLE.org", Err(PasswordInvalid::IsEmail)),
            ("ana.silvaana.silva", Err(PasswordInvalid::IsEmail)),
        ] {
            assert_eq!(check(password, email), expected, "{password}");
        }
        let long = "x".repeat(BYTES_MAX + 1);
        assert_eq!(check(&long, email), Err(PasswordInvalid::TooLong));
        assert_eq!(check(&long[1..], email), Ok(()));
    }

    #[tokio::test]
    async fn a_password_is_hashed_and_known_again_and_the_decoy_costs_the_same_and_fits_nothing() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse").await.unwrap();
        assert!(
            passwords
                .verify("correct horse", Some(&hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct-horse", Some(&hash))
                .await
                .unwrap()
        );
        assert!(!passwords.verify("correct horse", None).await.unwrap());
        assert_eq!(passwords.compared(), 3);
        let parameters = |hash: &str| {
            let parts: Vec<String> = hash.split('$').map(str::to_owned).collect();
            (parts[..4].join("$"), parts[4].len(), parts[5].len())
        };
        assert_eq!(parameters(&hash), parameters(&decoy()));
        assert!(PasswordHash::new(&decoy()).is_ok());
        assert_ne!(hash, passwords.hash("correct horse").await.unwrap());
    }
}
