//! Buyer tokens and booking links as text: what they say, signed by [`Keys`](super::keys::Keys).
//!
//! ```text
//! buyer token    bxb_ + base64url( version: 2 bytes | buyer id: 16 | HMAC-SHA-256 of the id: 32 )
//! booking link   base64url( version: 2 bytes | first 16 bytes of the HMAC-SHA-256 of the booking id and the link's number )
//! API token      bxt_ + base64url( 32 random bytes ), see `api_token`
//! ```
//!
//! The version names the key. A booking's first link has no number; each time it is handed over, the number goes up. What must hold: a text has one spelling only, and anything else is refused.

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use super::keys::{Keys, Purpose};
use crate::postgres::Error;
use crate::types::{BookingLink, BuyerId};

const BUYER_PREFIX: &str = "bxb_";
const BUYER_BYTES: usize = 2 + 16 + 32;
const LINK_BYTES: usize = 2 + 16;

/// The token of a buyer, signed with the newest key.
pub(super) async fn buyer_token(keys: &Keys, buyer: BuyerId) -> Result<String, Error> {
    let (version, signature) = keys.sign(Purpose::BuyerToken, buyer.0.as_bytes()).await?;
    let mut bytes = [0; BUYER_BYTES];
    bytes[..2].copy_from_slice(&version.to_be_bytes());
    bytes[2..18].copy_from_slice(buyer.0.as_bytes());
    bytes[18..].copy_from_slice(&signature);
    Ok(format!("{BUYER_PREFIX}{}", BASE64URL_NOPAD.encode(&bytes)))
}

/// Whether the text is meant to be a buyer token.
pub(super) fn is_buyer_token(text: &str) -> bool {
    text.starts_with(BUYER_PREFIX)
}

/// The buyer whose token this is.
pub(super) async fn buyer_of(keys: &Keys, text: &str) -> Result<Option<BuyerId>, Error> {
    let Some(bytes) = decode::<BUYER_BYTES>(text.strip_prefix(BUYER_PREFIX)) else {
        return Ok(None);
    };
    let (version, id) = (u16::from_be_bytes([bytes[0], bytes[1]]), &bytes[2..18]);
    let is_ours = keys
        .verify(Purpose::BuyerToken, version, id, &bytes[18..])
        .await?;
    Ok(Uuid::from_slice(id).ok().filter(|_| is_ours).map(BuyerId))
}

/// What a link is signed for.
fn signed(of: BookingLink) -> Vec<u8> {
    let mut signed = of.booking.0.as_bytes().to_vec();
    if of.no > 0 {
        signed.extend_from_slice(&of.no.to_be_bytes());
    }
    signed
}

/// What the link of a booking carries as `access`.
pub(super) async fn link(keys: &Keys, of: BookingLink) -> Result<String, Error> {
    let (version, signature) = keys.sign(Purpose::BookingLink, &signed(of)).await?;
    let mut bytes = [0; LINK_BYTES];
    bytes[..2].copy_from_slice(&version.to_be_bytes());
    bytes[2..].copy_from_slice(&signature[..16]);
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

/// Whether this is what this link of the booking carries.
pub(super) async fn is_link(keys: &Keys, of: BookingLink, text: &str) -> Result<bool, Error> {
    let Some(bytes) = decode::<LINK_BYTES>(Some(text)) else {
        return Ok(false);
    };
    let version = u16::from_be_bytes([bytes[0], bytes[1]]);
    keys.verify(Purpose::BookingLink, version, &signed(of), &bytes[2..])
        .await
}

fn decode<const N: usize>(text: Option<&str>) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let text = text.filter(|text| text.len() == BASE64URL_NOPAD.encode_len(N))?;
    BASE64URL_NOPAD
        .decode_mut(text.as_bytes(), &mut bytes)
        .ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parse_any_text_in_its_one_spelling(text in "\\PC{0,80}", digits in "[A-Za-z0-9_-]{67}") {
            for text in [&text, &digits] {
                if let Some(bytes) = decode::<BUYER_BYTES>(Some(text)) {
                    prop_assert_eq!(&BASE64URL_NOPAD.encode(&bytes), text);
                }
            }
        }
    }
}
