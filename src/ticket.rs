//! The code on a ticket: the content of its QR code. It names one ticket of one booking and is signed, so that
//! a forged code is recognised without a query.
//!
//! What must hold: every process signs with the same key; the key never leaves this module. It does not decide
//! whether the booking is still live: the caller queries that.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::postgres::{Db, Error, secrets};
use crate::types::{BookingId, EventNo, SeatNo, TierNo};

/// The prefix of a code: the issuer, and the version of the format.
const PREFIX: &str = "BX1";
/// Bytes of the signature that are kept: 96 bits, to be guessed one scan at a time.
const SIGNATURE_BYTES: usize = 12;
/// Bytes that name a ticket: event, booking, tier, seat.
const NAME_BYTES: usize = 8 + 16 + 2 + 4;
/// What the key is called among the secrets.
const KEY_NAME: &str = "ticket-codes";

/// One ticket of one booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Of which event.
    pub event: EventNo,
    /// Of which booking.
    pub booking: BookingId,
    /// Of which tier.
    pub tier: TierNo,
    /// Which one of the tier.
    pub seat: SeatNo,
}

/// The text is not a code that this installation has signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code is not one of ours")]
pub struct Forged;

/// The key that codes are signed with.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Ticket {
    fn name(&self) -> [u8; NAME_BYTES] {
        let mut name = [0; NAME_BYTES];
        name[..8].copy_from_slice(&self.event.0.to_be_bytes());
        name[8..24].copy_from_slice(self.booking.0.as_bytes());
        name[24..26].copy_from_slice(&self.tier.0.to_be_bytes());
        name[26..].copy_from_slice(&self.seat.0.to_be_bytes());
        name
    }

    fn named(name: &[u8; NAME_BYTES]) -> Self {
        let part = |from: usize, bytes: usize| {
            let part = &name[from..from + bytes];
            part.iter()
                .fold(0_u128, |number, &byte| number << 8 | u128::from(byte))
        };
        Self {
            event: EventNo(part(0, 8) as i64),
            booking: BookingId(Uuid::from_u128(part(8, 16))),
            tier: TierNo(part(24, 2) as i16),
            seat: SeatNo(part(26, 4) as i32),
        }
    }
}

/// The code of a ticket: capitals and digits only, which a QR code holds most densely.
pub fn code(key: &Key, ticket: &Ticket) -> String {
    let name = ticket.name();
    let signature = signer(key, &name).finalize().into_bytes();
    format!(
        "{PREFIX}.{}.{}",
        BASE32_NOPAD.encode(&name),
        BASE32_NOPAD.encode(&signature[..SIGNATURE_BYTES])
    )
}

/// The ticket that a code names.
///
/// # Errors
/// It was not signed with this key.
pub fn verify(key: &Key, code: &str) -> Result<Ticket, Forged> {
    let code = code.trim().to_ascii_uppercase();
    let mut parts = code.split('.');
    let (Some(PREFIX), Some(name), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Forged);
    };
    let bytes = |text: &str| BASE32_NOPAD.decode(text.as_bytes()).map_err(|_| Forged);
    let name: [u8; NAME_BYTES] = bytes(name)?.try_into().map_err(|_| Forged)?;
    let signature: [u8; SIGNATURE_BYTES] = bytes(signature)?.try_into().map_err(|_| Forged)?;
    signer(key, &name)
        .verify_truncated_left(&signature)
        .map_err(|_| Forged)?;
    Ok(Ticket::named(&name))
}

fn signer(key: &Key, name: &[u8]) -> Hmac<Sha256> {
    let mut signer =
        Hmac::<Sha256>::new_from_slice(&key.0).expect("a key of HMAC may have any length");
    signer.update(PREFIX.as_bytes());
    signer.update(name);
    signer
}

/// The installation's key, read from the database once by each process.
#[derive(Debug)]
pub struct KeyCache {
    db: Db,
    key: OnceCell<Key>,
}

impl KeyCache {
    /// Reads nothing yet.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            key: OnceCell::new(),
        }
    }

    /// The key; made if no process has made it yet.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn key(&self) -> Result<&Key, Error> {
        let make = async || secrets::newest(&self.db, KEY_NAME).await.map(Key);
        self.key.get_or_try_init(make).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key([7; 32]);

    fn ticket() -> Ticket {
        Ticket {
            event: EventNo(42),
            booking: BookingId(Uuid::from_u128(0x0190_0000_0000_7000_8000_00ff_ffff_fff1)),
            tier: TierNo(2),
            seat: SeatNo(1_000_000),
        }
    }

    #[test]
    fn a_code_names_its_ticket() {
        let code = code(&KEY, &ticket());
        assert_eq!(verify(&KEY, &code), Ok(ticket()));
        assert_eq!(
            verify(&KEY, &format!(" {}\n", code.to_lowercase())),
            Ok(ticket())
        );
        assert!(code.len() <= 90, "{code}");
    }

    #[test]
    fn codes_fit_the_dense_alphabet_of_qr_codes() {
        let dense = |byte: u8| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"$%*+-./: ".contains(&byte)
        };
        assert!(code(&KEY, &ticket()).bytes().all(dense));
    }

    #[test]
    fn a_changed_code_is_refused() {
        let code = code(&KEY, &ticket());
        for at in 0..code.len() {
            for letter in ["A", "B", "7", "."] {
                let mut forged = code.clone();
                forged.replace_range(at..=at, letter);
                assert!(forged == code || verify(&KEY, &forged) == Err(Forged));
            }
            assert_eq!(verify(&KEY, &code[..at]), Err(Forged));
        }
        assert_eq!(verify(&Key([8; 32]), &code), Err(Forged));
        for strange in ["", "BX1", "BX1..", "é.é.é", &format!("{code}A")] {
            assert_eq!(verify(&KEY, strange), Err(Forged), "{strange}");
        }
    }

    #[test]
    fn a_signature_is_of_one_seat() {
        let mine = code(&KEY, &ticket());
        let other = code(
            &KEY,
            &Ticket {
                seat: SeatNo(1),
                ..ticket()
            },
        );
        let (names, signature) = (
            other.rsplit_once('.').unwrap().0,
            mine.rsplit_once('.').unwrap().1,
        );
        assert_eq!(verify(&KEY, &format!("{names}.{signature}")), Err(Forged));
    }
}
