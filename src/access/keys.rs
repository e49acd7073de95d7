//! The keys that sign buyer tokens and booking links. Each process keeps every version that is still valid
//! in memory, so verifying needs no query.
//!
//! What must hold: a signature for one purpose is not valid for another; comparing takes the same time
//! wherever two signatures differ. A version that another process made is loaded when a signature made
//! with it arrives, and is used for signing within a minute.

use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::Mutex;

use crate::postgres::secrets::{self, Secret};
use crate::postgres::{Db, Error};

/// The secret's name in the table.
const NAME: &str = "access";
/// For how long what was signed with a replaced secret is believed.
pub const GRACE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How often an unknown version may make this process read the secrets again: anyone can invent one.
const REFRESH_PAUSE: Duration = Duration::from_secs(1);

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    BuyerToken,
    BookingLink,
}

impl Purpose {
    fn context(self) -> &'static [u8] {
        match self {
            Self::BuyerToken => b"boxoffice buyer token v1",
            Self::BookingLink => b"boxoffice booking link v1",
        }
    }
}

/// One version of the secret, as a key for each purpose.
pub(super) struct Version {
    number: u16,
    buyer_token: Hmac<Sha256>,
    booking_link: Hmac<Sha256>,
}

impl Version {
    /// The key of a purpose is HMAC(secret, context): HKDF-Expand of one block without its counter
    /// (RFC 5869).
    fn new(secret: &Secret) -> Self {
        let key = |purpose: Purpose| {
            let mut derive = keyed(&secret.value);
            derive.update(purpose.context());
            keyed(&derive.finalize().into_bytes())
        };
        Self {
            number: secret.version,
            buyer_token: key(Purpose::BuyerToken),
            booking_link: key(Purpose::BookingLink),
        }
    }

    fn signer(&self, purpose: Purpose) -> Hmac<Sha256> {
        match purpose {
            Purpose::BuyerToken => self.buyer_token.clone(),
            Purpose::BookingLink => self.booking_link.clone(),
        }
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("a key of HMAC may have any length")
}

/// A signature, HMAC-SHA-256.
pub(super) type Signature = [u8; 32];

/// The versions that are believed, the newest first.
pub(super) type Ring = Arc<[Version]>;

/// Signs and verifies.
pub(super) struct Keys {
    db: Db,
    ring: RwLock<Option<Ring>>,
    /// When an unknown version last made this process read the secrets; held while they are read.
    searched_at: Mutex<Option<Instant>>,
}

impl Keys {
    /// Reads nothing yet.
    pub(super) fn new(db: Db) -> Self {
        Self {
            db,
            ring: RwLock::default(),
            searched_at: Mutex::default(),
        }
    }

    /// The newest version's number, and its signature of this name.
    pub(super) async fn sign(
        &self,
        purpose: Purpose,
        name: &[u8],
    ) -> Result<(u16, Signature), Error> {
        let ring = match self.ring() {
            Some(ring) => ring,
            None => Box::pin(self.refresh()).await?,
        };
        let newest = ring
            .first()
            .ok_or_else(|| Error::Inconsistent("there is no key".into()))?;
        let mut signer = newest.signer(purpose);
        signer.update(name);
        Ok((newest.number, signer.finalize().into_bytes().into()))
    }

    /// Whether this version signed this name. `signature` may be the beginning of one.
    pub(super) async fn verify(
        &self,
        purpose: Purpose,
        version: u16,
        name: &[u8],
        signature: &[u8],
    ) -> Result<bool, Error> {
        let find = |ring: &Ring| {
            let version = ring.iter().find(|known| known.number == version)?;
            let mut signer = version.signer(purpose);
            signer.update(name);
            Some(signer.verify_truncated_left(signature).is_ok())
        };
        if let Some(verdict) = self.ring().as_ref().and_then(find) {
            return Ok(verdict);
        }
        // Boxed: rare, and larger than all that a request is usually.
        let ring = Box::pin(self.search()).await?;
        Ok(find(&ring).unwrap_or(false))
    }

    fn ring(&self) -> Option<Ring> {
        self.ring.read().expect("no panic while it is held").clone()
    }

    /// Reads the versions again for an unknown one, unless that was done a moment ago.
    async fn search(&self) -> Result<Ring, Error> {
        let mut searched_at = self.searched_at.lock().await;
        let is_recent = searched_at.is_some_and(|at| at.elapsed() < REFRESH_PAUSE);
        if let Some(ring) = self.ring().filter(|_| is_recent) {
            return Ok(ring);
        }
        let ring = self.read().await?;
        *searched_at = Some(Instant::now());
        Ok(ring)
    }

    /// Reads the versions again.
    pub(super) async fn refresh(&self) -> Result<Ring, Error> {
        let _searched_at = self.searched_at.lock().await;
        self.read().await
    }

    /// As [`Keys::refresh`]; one at a time, or an older reading could replace a newer one.
    async fn read(&self) -> Result<Ring, Error> {
        let versions = secrets::versions(&self.db, NAME, GRACE).await?;
        let ring: Ring = versions.iter().map(Version::new).collect();
        *self.ring.write().expect("no panic while it is held") = Some(ring.clone());
        Ok(ring)
    }
}

/// Deletes the versions of the secret that are not believed any more. How many.
pub(super) async fn forget(db: &Db) -> Result<usize, Error> {
    secrets::forget(db, NAME, GRACE).await
}

/// Makes a new version of the secret, which signs from now on. Its number.
///
/// # Errors
/// Those of the database.
pub async fn rotate(db: &Db) -> Result<u16, Error> {
    secrets::rotate(db, NAME).await
}
