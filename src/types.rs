//! The value types that all modules use: ids, references, money, tier codes, keys.
//!
//! What must hold: each is parsed once, at the edge, and is valid from then on; money is an integer. They go
//! straight into SQL (`#[postgres(transparent)]`) and into JSON. No I/O here, and no import of another module.

pub mod base32;
mod booking_kind;
pub mod clock;
pub mod contact;
pub mod json;
pub mod provider;
mod reference;
mod role;
pub mod watched;

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use iso_currency::Currency as Iso4217;
use postgres_types::{FromSql, ToSql};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use booking_kind::BookingKind;
pub use reference::Reference;
pub use role::{Right, Role};

/// A point in time, always UTC; the database's clock is its only source.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSql, FromSql, Serialize, Deserialize, ToSchema)]
        #[postgres(transparent)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

uuid_id!(
    /// The public id of an event, in URLs and JSON. Internally [`EventNo`] is used.
    EventId
);
uuid_id!(
    /// A hall that an organisation has drawn.
    HallId
);
uuid_id!(
    /// A buyer. It proves nothing: a buyer token does.
    BuyerId
);

impl BuyerId {
    /// Whose an order is that organisers make of this event under this key: the same for a repetition of the order,
    /// and another for each other one, so that no buyer's limit counts it and none is looked up among thousands.
    pub fn of_organisers(event: EventId, key: &IdempotencyKey) -> Self {
        let parts = [
            b"organisers".as_slice(),
            event.0.as_bytes(),
            key.as_str().as_bytes(),
        ];
        let hash = Fingerprint::of(parts).0;
        Self(uuid::Builder::from_custom_bytes(hash).into_uuid())
    }
}
uuid_id!(
    /// A booking; version 7, made by the server.
    BookingId
);
uuid_id!(
    /// A payment; also the gateway's idempotency key.
    PaymentId
);
uuid_id!(
    /// A refund; also the gateway's idempotency key. What goes back last of a payment has the payment's id.
    RefundId
);
uuid_id!(
    /// A change of a booking; version 7, made by the server.
    ChangeId
);
uuid_id!(
    /// Somebody who signs in on the organiser's side. It proves nothing: a session does.
    OrganiserId
);
uuid_id!(
    /// An entry of the audit trail; version 7.
    AuditId
);

/// One of a booking's links. Only the newest is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingLink {
    /// Of which booking.
    pub booking: BookingId,
    /// How often it was handed over before.
    pub no: i32,
}

impl BookingLink {
    /// The link that a booking has until it is handed over.
    pub fn first(booking: BookingId) -> Self {
        Self { booking, no: 0 }
    }
}

impl OrganiserId {
    /// A new organiser.
    pub fn make() -> Self {
        Self(Uuid::new_v4())
    }
}

impl AuditId {
    /// A new id; ids that this process makes later sort later.
    pub fn make() -> Self {
        Self(time_ordered())
    }
}

impl BookingId {
    /// A new id; ids that this process makes later sort later.
    pub fn make() -> Self {
        Self(time_ordered())
    }
}

impl PaymentId {
    /// A new id; ids that this process makes later sort later.
    pub fn make() -> Self {
        Self(time_ordered())
    }

    /// What sorts before all ids that are made from then on, by the clocks of the machines that make them.
    pub fn before(time: Timestamp) -> Self {
        let millis = u64::try_from(time.timestamp_millis()).unwrap_or(0);
        Self(Uuid::from_u128(u128::from(millis) << 80))
    }
}

impl RefundId {
    /// A new id; ids that this process makes later sort later.
    pub fn make() -> Self {
        Self(time_ordered())
    }
}

impl ChangeId {
    /// A new id; ids that this process makes later sort later.
    pub fn make() -> Self {
        Self(time_ordered())
    }
}

impl BuyerId {
    /// A new buyer.
    pub fn make() -> Self {
        Self(Uuid::new_v4())
    }
}

/// A version 7 UUID (RFC 9562, section 5.7): 48 bits of Unix time in milliseconds, 10 bits that count
/// what this process makes within one, and 64 random bits, whatever else is made at the same time.
/// More than 1,024 in a millisecond run ahead of the clock.
fn time_ordered() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = u64::try_from(clock::local().timestamp_millis()).unwrap_or(0) << 10;
    let last = LAST.fetch_max(now, Ordering::Relaxed);
    let stamp = if last < now {
        now
    } else {
        LAST.fetch_add(1, Ordering::Relaxed) + 1
    };
    let random: u64 = rand::random();
    let (time, count) = (u128::from(stamp >> 10), u128::from(stamp & 0x3ff));
    let high = (time << 80) | (0x7 << 76) | (count << 66) | (u128::from(random >> 62) << 64);
    Uuid::from_u128(high | (0b10 << 62) | u128::from(random & (u64::MAX >> 2)))
}

/// An organisation inside the database: who runs events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSql, FromSql)]
#[postgres(transparent)]
pub struct OrganisationNo(pub i64);

impl OrganisationNo {
    /// The one that the schema begins with.
    pub const FIRST: Self = Self(1);
}

impl Default for OrganisationNo {
    fn default() -> Self {
        Self::FIRST
    }
}

impl fmt::Display for OrganisationNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for OrganisationNo {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let number = text.parse().ok().filter(|&number| number > 0);
        let number = number.ok_or_else(|| Invalid::new("must be a number from 1 on"))?;
        Ok(Self(number))
    }
}

/// An event inside the database; first in every key of the booking path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSql, FromSql)]
#[postgres(transparent)]
pub struct EventNo(pub i64);

/// A tier within its event: 1, 2, 3, ... in the order in which tickets are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSql, FromSql)]
#[postgres(transparent)]
pub struct TierNo(pub i16);

/// A ticket within its tier: 1 ..= capacity in allocation order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSql, FromSql)]
#[postgres(transparent)]
pub struct SeatNo(pub i32);

/// A promo code within its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSql, FromSql)]
#[postgres(transparent)]
pub struct CodeNo(pub i32);

/// Why a value is invalid, as text for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Invalid {
    /// Makes one of a text such as `must be …`.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

/// How a tier is called in JSON and forms: `vip`, `front-row`. 1 to 32 of `a-z 0-9 - _`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ToSql, FromSql, Serialize, ToSchema,
)]
#[postgres(transparent)]
#[serde(transparent)]
#[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,31}$", examples("vip"))]
pub struct TierCode(String);

impl TierCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TierCode {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        let first = text
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !first || text.len() > 32 || !text.bytes().all(inner) {
            return Err(Invalid::new(
                "must be a tier's code: 1 to 32 of a-z, 0-9, - and _",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// An ISO 4217 currency that money is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ToSchema)]
#[schema(value_type = String, pattern = "^[A-Z]{3}$", examples("EUR"))]
pub struct Currency(Iso4217);

impl Currency {
    /// The three letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal digits its minor unit has: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl FromStr for Currency {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Iso4217::from_code(text)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or_else(|| Invalid::new("must be an ISO 4217 currency code such as EUR"))
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'a> FromSql<'a> for Currency {
    fn from_sql(
        ty: &postgres_types::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(<&str as FromSql>::from_sql(ty, raw)?.parse()?)
    }
    fn accepts(ty: &postgres_types::Type) -> bool {
        <&str as FromSql>::accepts(ty)
    }
}

/// An amount: an integer count of the currency's minor unit, never a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Money {
    /// Minor units: 21000 is 210.00 USD, and 21,000 JPY.
    #[serde(rename = "amount")]
    pub minor: i64,
    /// What the units are of.
    pub currency: Currency,
}

/// A client's name for one request, by which a repetition is known: 1 to 255 printable characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ToSql, FromSql)]
#[postgres(transparent)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let length = text.chars().count();
        let is_printable = |letter: char| !letter.is_control() && !is_invisible(letter);
        if length == 0 || length > 255 || !text.chars().all(is_printable) {
            return Err(Invalid::new("must be 1 to 255 printable characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Whether a character shows nothing of its own: Unicode's Default_Ignorable_Code_Point, what separates lines, and
/// what annotates. Two keys that look the same would be two requests.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// What an API token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Read events that are not published yet.
    EventsRead,
    /// Create and change events.
    EventsWrite,
    /// Read any booking, and any buyer's list.
    BookingsRead,
    /// Book on behalf of a buyer; pay and cancel any booking.
    BookingsWrite,
    /// Check tickets in.
    CheckIn,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::EventsRead,
        Self::EventsWrite,
        Self::BookingsRead,
        Self::BookingsWrite,
        Self::CheckIn,
    ];

    /// As the command line, the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventsRead => "events:read",
            Self::EventsWrite => "events:write",
            Self::BookingsRead => "bookings:read",
            Self::BookingsWrite => "bookings:write",
            Self::CheckIn => "check-in",
        }
    }
}

impl FromStr for Scope {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| {
                let known = Self::ALL.map(Self::as_str).join(", ");
                Invalid::new(format!("must be one of {known}"))
            })
    }
}

/// The first 16 bytes of a SHA-256 over the content of a request: the same key with another fingerprint is
/// another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// Hashes these parts in this order; each is prefixed by its length, so that parts cannot run together.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        use sha2::Digest;
        let mut hash = sha2::Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let mut first = [0; 16];
        first.copy_from_slice(&hash.finalize()[..16]);
        Self(first)
    }
}

impl ToSql for Fingerprint {
    fn to_sql(
        &self,
        ty: &postgres_types::Type,
        out: &mut postgres_types::private::BytesMut,
    ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.0.as_slice().to_sql(ty, out)
    }
    fn accepts(ty: &postgres_types::Type) -> bool {
        <&[u8] as ToSql>::accepts(ty)
    }
    postgres_types::to_sql_checked!();
}

impl<'a> FromSql<'a> for Fingerprint {
    fn from_sql(
        ty: &postgres_types::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(<&[u8] as FromSql>::from_sql(ty, raw)?.try_into()?))
    }
    fn accepts(ty: &postgres_types::Type) -> bool {
        <&[u8] as FromSql>::accepts(ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tier_codes_are_strict() {
        for good in ["vip", "front-row", "ga", "a_1", "0"] {
            assert_eq!(good.parse::<TierCode>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "VIP",
            "-a",
            "a b",
            "é",
            "x'; drop table tickets;--",
            &"a".repeat(33),
        ] {
            assert!(bad.parse::<TierCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn idempotency_keys_are_printable_and_bounded() {
        assert!("k".repeat(255).parse::<IdempotencyKey>().is_ok());
        assert!("Bestellung №7 für 佐藤".parse::<IdempotencyKey>().is_ok());
        for bad in [
            "",
            &"k".repeat(256),
            "a\nb",
            "a\0",
            "a\u{200b}",
            "\u{202e}a",
            "a\u{feff}",
            "a\u{e0061}",
        ] {
            assert!(bad.parse::<IdempotencyKey>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn currencies_know_their_minor_unit() {
        let exponent = |code: &str| code.parse::<Currency>().unwrap().exponent();
        assert_eq!(
            (exponent("USD"), exponent("JPY"), exponent("KWD")),
            (2, 0, 3)
        );
        for bad in ["usd", "US", "XYZ1", "XXX", ""] {
            assert!(bad.parse::<Currency>().is_err(), "{bad}");
        }
    }

    #[test]
    fn fingerprints_tell_parts_apart() {
        assert_ne!(
            Fingerprint::of([b"ab".as_slice(), b"c"]),
            Fingerprint::of([b"a".as_slice(), b"bc"])
        );
    }
}
