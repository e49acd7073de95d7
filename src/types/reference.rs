//! The reference of a booking: what its buyer reads out, and an organiser types in.
//!
//! What must hold: it says nothing of an id, and no two confirmed bookings of an event have the same.

use std::fmt;

use postgres_types::{FromSql, ToSql};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::base32::{self, DIGITS};
use super::{BookingId, Invalid};

/// Bits of a reference: eight digits.
const BITS: u32 = 40;

/// The short name of a booking within its event: `K7QF-2MXD`. 40 random bits; it opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ToSql, FromSql, ToSchema)]
#[postgres(transparent)]
#[schema(
    value_type = String,
    pattern = "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$",
    examples("K7QF-2MXD")
)]
pub struct Reference(i64);

impl Reference {
    /// A new one, as unpredictable as an id and independent of all ids.
    pub fn make() -> Self {
        Self((rand::random::<u64>() >> (u64::BITS - BITS)) as i64)
    }

    /// The one of a booking from before references were stored: the last 40 bits of its id. It was printed
    /// on confirmations, so it stays.
    pub fn of_older(id: BookingId) -> Self {
        Self((id.0.as_u128() & ((1 << BITS) - 1)) as i64)
    }
}

impl std::str::FromStr for Reference {
    type Err = Invalid;
    /// As somebody types it: in any case, with or without the dash, with O for 0 and I or L for 1.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("must be a booking's reference, such as K7QF-2MXD");
        let digits: [u8; 8] = base32::read(text).ok_or_else(invalid)?;
        let bits = digits
            .iter()
            .fold(0, |bits, digit| bits << 5 | i64::from(*digit));
        Ok(Self(bits))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |at: u32| char::from(DIGITS[(self.0 >> (5 * at)) as usize & 31]);
        let half = |from: u32| -> String { (from - 4..from).rev().map(digit).collect() };
        write!(f, "{}-{}", half(8), half(4))
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_reference_is_eight_unmistakable_characters() {
        assert_eq!(Reference((1 << BITS) - 1).to_string(), "ZZZZ-ZZZZ");
        assert_eq!(Reference(1).to_string(), "0000-0001");
        let read = |text: &str| text.parse::<Reference>();
        assert_eq!(read(" k7qf2mxo "), read("K7QF-2MX0"));
        assert_eq!(read("zzzz-zzzz").unwrap().to_string(), "ZZZZ-ZZZZ");
        for bad in ["", "K7QF", "K7QF-2MXD-1", "K7QF-2MXU", "K7QF-2MXé"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert_eq!(Reference(0x1_0000_0000_u64 as i64).to_string(), "0400-0000");
    }

    #[test]
    fn all_forty_bits_are_random() {
        let made: Vec<_> = (0..200).map(|_| Reference::make().0).collect();
        assert!(made.iter().all(|bits| (0..1 << BITS).contains(bits)));
        // Each bit is set in some and not in others, but for one chance in 2^193.
        let (any, all) = made
            .iter()
            .fold((0, -1), |(any, all), bits| (any | bits, all & bits));
        assert_eq!((any, all), ((1 << BITS) - 1, 0));
        assert_eq!(made.iter().collect::<HashSet<_>>().len(), made.len());
    }

    #[test]
    fn an_older_booking_keeps_the_reference_that_was_printed() {
        let of = |id: u128| Reference::of_older(BookingId(Uuid::from_u128(id))).to_string();
        assert_eq!(of(0x0190_0000_0000_7000_8000_00ff_ffff_ffff), "ZZZZ-ZZZZ");
        assert_eq!(of(0x0190_0000_0000_7000_8000_ff00_0000_0001), "0000-0001");
    }
}
