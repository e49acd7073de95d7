//! The text of a code, and its signature. No I/O: whether the ticket is still that of whoever shows the code
//! is for the caller to look up.
//!
//! Every code that is made is a BX2:
//!
//! ```text
//! BX2.  base32( event: 8 bytes | tier: 2 | seat: 4 | issue: 4 | MAC: 12 )
//! MAC   the first 12 bytes of HMAC-SHA-256( key of the event, "BX2" | event | tier | seat | issue )
//! key   of the event: HMAC-SHA-256( secret, "boxoffice ticket code v2" | event )
//! ```
//!
//! Numbers are big-endian; base32 is that of RFC 4648 without padding. That is 52 capitals and digits, which
//! a QR code holds most densely: 29 modules wide at error correction level M. 96 bits of a MAC suffice where
//! each guess is a scan at the door. A key of its own for each event can be given to one door alone.
//!
//! BX1 names the booking and no issue. It is not made any more, but printed on tickets of events to come:
//!
//! ```text
//! BX1.  base32( event: 8 bytes | booking: 16 | tier: 2 | seat: 4 ) . base32( MAC: 12 )
//! MAC   the first 12 bytes of HMAC-SHA-256( secret, "BX1" | event | booking | tier | seat )
//! ```
//!
//! What must hold: a text has one spelling only, but for the case of its letters, and anything else is
//! refused.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::types::{BookingId, EventNo, SeatNo, TierNo};

const PREFIX: &str = "BX2";
const OLDER_PREFIX: &str = "BX1";
const EVENT_KEY_CONTEXT: &[u8] = b"boxoffice ticket code v2";
/// Bytes of a MAC that are kept.
const MAC_BYTES: usize = 12;
const NAME_BYTES: usize = 8 + 2 + 4 + 4;
const OLDER_NAME_BYTES: usize = 8 + 16 + 2 + 4;

/// One ticket, as whoever has it now has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Of which event.
    pub event: EventNo,
    /// Of which tier.
    pub tier: TierNo,
    /// Which one of the tier: a seat, or with general admission a number.
    pub seat: SeatNo,
    /// How often it had been taken when this code was issued.
    pub issue: i32,
}

/// The secret that all codes are signed with.
#[derive(Clone)]
pub(super) struct Key([u8; 32]);

impl Key {
    /// 32 random bytes.
    pub(super) fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        mac(&self.0, parts)
    }

    fn mac_of_event(&self, event: EventNo, name: &[u8]) -> Hmac<Sha256> {
        let key = self.mac(&[EVENT_KEY_CONTEXT, &event.0.to_be_bytes()]);
        mac(&key.finalize().into_bytes(), &[PREFIX.as_bytes(), name])
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of HMAC may have any length");
    parts.iter().for_each(|part| mac.update(part));
    mac
}

/// The text is not a code that this installation has signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forged;

/// What a code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    /// Of which event.
    pub(super) event: EventNo,
    /// Of which tier.
    pub(super) tier: TierNo,
    /// Which ticket of the tier.
    pub(super) seat: SeatNo,
    /// As whose it was issued.
    pub(super) proof: Proof,
}

/// What tells the code of one holder of a ticket from those of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// How often the ticket had been taken.
    Issue(i32),
    /// The booking that held it: BX1.
    Booking(BookingId),
}

/// The code of a ticket.
pub(super) fn of(key: &Key, ticket: &Ticket) -> String {
    let name = name(ticket);
    let mac = key.mac_of_event(ticket.event, &name).finalize();
    let mut bytes = [0; NAME_BYTES + MAC_BYTES];
    bytes[..NAME_BYTES].copy_from_slice(&name);
    bytes[NAME_BYTES..].copy_from_slice(&mac.into_bytes()[..MAC_BYTES]);
    format!("{PREFIX}.{}", BASE32_NOPAD.encode(&bytes))
}

fn name(ticket: &Ticket) -> [u8; NAME_BYTES] {
    let mut name = [0; NAME_BYTES];
    name[..8].copy_from_slice(&ticket.event.0.to_be_bytes());
    name[8..10].copy_from_slice(&ticket.tier.0.to_be_bytes());
    name[10..14].copy_from_slice(&ticket.seat.0.to_be_bytes());
    name[14..].copy_from_slice(&ticket.issue.to_be_bytes());
    name
}

/// What a code names, in either format.
///
/// # Errors
/// It was not signed with this key.
pub(super) fn read(key: &Key, code: &str) -> Result<Named, Forged> {
    let code = code.trim().to_ascii_uppercase();
    match code.split_once('.') {
        Some((PREFIX, rest)) => read_newer(key, rest),
        Some((OLDER_PREFIX, rest)) => read_older(key, rest),
        _ => Err(Forged),
    }
}

fn read_newer(key: &Key, text: &str) -> Result<Named, Forged> {
    let bytes: [u8; NAME_BYTES + MAC_BYTES] = decode(text)?;
    let (name, mac) = bytes.split_at(NAME_BYTES);
    let event = EventNo(i64::from_be_bytes(part(name, 0)));
    let expected = key.mac_of_event(event, name);
    expected.verify_truncated_left(mac).map_err(|_| Forged)?;
    Ok(Named {
        event,
        tier: TierNo(i16::from_be_bytes(part(name, 8))),
        seat: SeatNo(i32::from_be_bytes(part(name, 10))),
        proof: Proof::Issue(i32::from_be_bytes(part(name, 14))),
    })
}

fn read_older(key: &Key, text: &str) -> Result<Named, Forged> {
    let (name, mac) = text.split_once('.').ok_or(Forged)?;
    let name: [u8; OLDER_NAME_BYTES] = decode(name)?;
    let mac: [u8; MAC_BYTES] = decode(mac)?;
    let expected = key.mac(&[OLDER_PREFIX.as_bytes(), &name]);
    expected.verify_truncated_left(&mac).map_err(|_| Forged)?;
    Ok(Named {
        event: EventNo(i64::from_be_bytes(part(&name, 0))),
        tier: TierNo(i16::from_be_bytes(part(&name, 24))),
        seat: SeatNo(i32::from_be_bytes(part(&name, 26))),
        proof: Proof::Booking(BookingId(Uuid::from_bytes(part(&name, 8)))),
    })
}

fn decode<const N: usize>(text: &str) -> Result<[u8; N], Forged> {
    let bytes = BASE32_NOPAD.decode(text.as_bytes()).map_err(|_| Forged)?;
    bytes.try_into().map_err(|_| Forged)
}

fn part<const N: usize>(name: &[u8], from: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&name[from..from + N]);
    part
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: Key = Key([7; 32]);
    const EVENT: EventNo = EventNo(42);
    const TICKET: Ticket = Ticket {
        event: EVENT,
        tier: TierNo(2),
        seat: SeatNo(1_000_000),
        issue: 3,
    };
    /// The code of [`TICKET`], worked out by another program.
    const CODE: &str = "BX2.AAAAAAAAAAACUAACAAHUEQAAAAAAHWMRSA7UXPQGG5JSSQCD";
    /// The same of the version before, which named a booking.
    const OLDER: &str = "BX1.AAAAAAAAAAACUAMQAAAAAADQACAAAAH7777774IAAIAA6QSA.SXZQYKR67STMLY4BTS3Q";

    fn named(proof: Proof) -> Named {
        Named {
            event: EVENT,
            tier: TICKET.tier,
            seat: TICKET.seat,
            proof,
        }
    }

    fn older_booking() -> Proof {
        let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_00ff_ffff_fff1);
        Proof::Booking(BookingId(id))
    }

    proptest! {
        #[test]
        fn parse_any_text_and_believe_none_but_the_signed_one(
            text in "\\PC{0,80}",
            digits in "BX[12]\\.[A-Z2-7]{44,52}(\\.[A-Z2-7]{20})?",
            at in 4..CODE.len(),
            other in "[A-Z2-7]",
        ) {
            prop_assert_eq!(read(&KEY, &text), Err(Forged));
            prop_assert_eq!(read(&KEY, &digits), Err(Forged));
            let mut changed = CODE.to_owned();
            changed.replace_range(at..=at, &other);
            prop_assert_eq!(read(&KEY, &changed).is_ok(), changed == CODE);
        }
    }

    #[test]
    fn a_code_names_its_ticket() {
        assert_eq!(of(&KEY, &TICKET), CODE);
        for (code, proof) in [(CODE, Proof::Issue(3)), (OLDER, older_booking())] {
            assert_eq!(read(&KEY, code), Ok(named(proof)));
            let typed = format!(" {}\n", code.to_lowercase());
            assert_eq!(read(&KEY, &typed), Ok(named(proof)));
        }
    }

    #[test]
    fn a_code_fits_a_small_qr_code() {
        let dense = |byte: u8| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"$%*+-./: ".contains(&byte)
        };
        assert!(CODE.bytes().all(dense));
        // What version 3, 29 modules wide, holds of these at level M (ISO/IEC 18004, table 7).
        assert!(CODE.len() <= 61);
    }

    #[test]
    fn a_changed_code_is_refused() {
        for code in [CODE, OLDER] {
            for at in 0..code.len() {
                for letter in ["A", "B", "7", "."] {
                    let mut forged = code.to_owned();
                    forged.replace_range(at..=at, letter);
                    let is_same = forged == code;
                    assert!(is_same || read(&KEY, &forged) == Err(Forged), "{forged}");
                }
                assert_eq!(read(&KEY, &code[..at]), Err(Forged));
            }
            assert_eq!(read(&Key([8; 32]), code), Err(Forged));
            let longer = format!("{code}A");
            for strange in ["", "BX2", "BX1.", "BX2..", "é.é.é", &longer] {
                assert_eq!(read(&KEY, strange), Err(Forged), "{strange}");
            }
        }
        let (_, rest) = CODE.split_once('.').unwrap();
        assert_eq!(read(&KEY, &format!("BX1.{rest}")), Err(Forged));
        let (_, rest) = OLDER.split_once('.').unwrap();
        assert_eq!(read(&KEY, &format!("BX2.{rest}")), Err(Forged));
    }

    #[test]
    fn a_signature_is_of_one_ticket_and_one_issue() {
        // The last 19 letters are 95 bits of the MAC, the one before them has bits of the issue too.
        let split = |code: &str| {
            let (name, mac) = code.split_at(code.len() - 19);
            (name.to_owned(), mac.to_owned())
        };
        let (name, _) = split(CODE);
        for other in [
            Ticket {
                event: EventNo(43),
                ..TICKET
            },
            Ticket {
                tier: TierNo(1),
                ..TICKET
            },
            Ticket {
                seat: SeatNo(1),
                ..TICKET
            },
            Ticket { issue: 2, ..TICKET },
        ] {
            let (_, mac) = split(&of(&KEY, &other));
            assert_eq!(
                read(&KEY, &format!("{name}{mac}")),
                Err(Forged),
                "{other:?}"
            );
        }
    }

    #[test]
    fn the_key_of_an_event_signs_for_no_other() {
        let name = name(&TICKET);
        let signed_for = |event: i64| {
            let mac = KEY.mac_of_event(EventNo(event), &name).finalize();
            let mac = &mac.into_bytes()[..MAC_BYTES];
            format!("BX2.{}", BASE32_NOPAD.encode(&[&name, mac].concat()))
        };
        assert_eq!(signed_for(42), CODE);
        assert_eq!(read(&KEY, &signed_for(43)), Err(Forged));
    }
}
