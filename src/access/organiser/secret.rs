//! What is shown once and known by its hash: the content of session cookies, and the end of one-time links.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::postgres::Error;

/// What the cookies of sessions begin with, so that one that leaks is recognised.
pub(super) const SESSION: &str = "bxs_";
/// What one-time links end with begins so.
pub(super) const LINK: &str = "bxi_";

/// SHA-256: 256 random bits need no salt and no slow hash.
pub(super) type Hash = [u8; 32];

/// A new one: its text, and what is kept of it.
pub(super) fn make(prefix: &str) -> Result<(String, Hash), Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| Error::Unavailable(error.to_string()))?;
    let text = format!("{prefix}{}", BASE64URL_NOPAD.encode(&random));
    let hash = Sha256::digest(&text).into();
    Ok((text, hash))
}

/// Of a text that may be one of ours.
pub(super) fn hash(prefix: &str, text: &str) -> Option<Hash> {
    let random = text.strip_prefix(prefix)?;
    let is_ours = random.len() == BASE64URL_NOPAD.encode_len(32);
    is_ours.then(|| Sha256::digest(text).into())
}
