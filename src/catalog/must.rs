//! What a field of an event or a tier must be, and which field is not. The words for it are chosen where the reader's
//! language is known; what is displayed here is for command lines.

use std::fmt;

use crate::seating::hall::{self, Fault};
use crate::types::Timestamp;

/// What a field must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Must {
    /// Given.
    BeGiven,
    /// Text of at least one character and at most so many.
    BeText(usize),
    /// At most so many characters.
    BeShort(usize),
    /// ISO 3166-1 alpha-2.
    BeCountry,
    /// IANA.
    BeTimeZone,
    /// That of the venue, which is known.
    BeZoneOfVenue(String),
    /// ISO 4217.
    BeCurrency,
    /// `none`, `optional`, `required`.
    BeContactRule,
    /// In the future.
    BeToCome,
    /// Before the event starts.
    BeBeforeStart,
    /// No later than it is: the sale is open, or is about to.
    NotBeLater(Timestamp),
    /// A time within 24 hours before the start.
    BeDoors,
    /// A time within 31 days after the start.
    BeEnd,
    /// 1 to 64 of `a-z 0-9 -`.
    BeSeries,
    /// Not the series of another organisation's events that buyers can see.
    BeOwnSeries,
    /// Within these.
    BeWithin(i64, i64),
    /// At most so many entries.
    HaveEntries(usize, usize),
    /// What no other entry is.
    BeAlone,
    /// As it is: the event is published.
    StayAsItIs,
    /// As it is, unless the event is moved.
    BeMoved,
    /// Not what it is already.
    BeAnother,
    /// 1 to 32 of `a-z 0-9 - _`.
    BeTierCode,
    /// The code of a tier of the event.
    BeTier,
    /// The code of another tier of the event that has tickets of its own.
    BeStock,
    /// That of the tier whose stock is shared, or not said.
    BeOfStock,
    /// A question of the event, or none if it is new.
    BeQuestion,
    /// As it was first asked.
    StayAsAsked,
    /// Blocks of 1 to 1000 seats together.
    BeRow,
    /// So many seats that there are at most 32000 rows.
    HaveFewerRows,
    /// A seat of the tier.
    BeSeat,
    /// ISO 639.
    BeLanguage,
    /// After this other field of it.
    BeAfter(&'static str),
    /// At least as much as this other field.
    BeAtLeast(&'static str),
    /// As it is: its seats are those of a hall.
    StayAsInHall,
    /// A section of the hall.
    BeSection,
    /// A row of the section.
    BeRowOfSection,
    /// What a field of a hall must be.
    Hall(Fault),
    /// An amount or a percentage, not both and not neither.
    BeAmountOrPercent,
    /// 1 to 32 of `A-Z 0-9 - _`.
    BePromoCode,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// RFC 6901: `/tiers/0/capacity`.
    pub pointer: String,
    /// What it must be.
    pub must: Must,
}

impl Wrong {
    /// The field at this pointer.
    pub(super) fn at(pointer: impl Into<String>, must: Must) -> Self {
        Self {
            pointer: pointer.into(),
            must,
        }
    }

    /// A field of a layout, at this pointer.
    pub(super) fn of_hall(layout: &str, wrong: hall::Wrong) -> Self {
        Self {
            pointer: format!("{layout}{}", wrong.pointer),
            must: Must::Hall(wrong.must),
        }
    }

    /// Several, as a command line shows them.
    pub fn list(wrong: &[Self]) -> String {
        let lines: Vec<String> = wrong.iter().map(Self::to_string).collect();
        lines.join("; ")
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.pointer.trim_start_matches('/'), self.must)
    }
}

impl fmt::Display for Must {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeGiven => write!(f, "must be given"),
            Self::BeText(most) => write!(f, "must be 1 to {most} characters"),
            Self::BeShort(most) => write!(f, "must be at most {most} characters"),
            Self::BeCountry => write!(f, "must be two capital letters, ISO 3166-1"),
            Self::BeTimeZone => write!(f, "must be an IANA time zone such as Europe/Lisbon"),
            Self::BeZoneOfVenue(zone) => write!(f, "must be {zone}, which is the known venue's"),
            Self::BeCurrency => write!(f, "must be an ISO 4217 currency code such as EUR"),
            Self::BeContactRule => write!(f, "must be none, optional or required"),
            Self::BeToCome => write!(f, "must be in the future"),
            Self::BeBeforeStart => write!(f, "must be before the event starts"),
            Self::NotBeLater(at) => write!(f, "must not be later than {at}: the sale is open"),
            Self::BeDoors => write!(
                f,
                "must be at most 24 hours before the event starts, and not after"
            ),
            Self::BeEnd => write!(f, "must be after the event starts, by 31 days at most"),
            Self::BeSeries => write!(f, "must be 1 to 64 of a-z, 0-9 and -"),
            Self::BeOwnSeries => write!(f, "must not be the series of another organiser's events"),
            Self::BeWithin(least, most) => write!(f, "must be {least} to {most}"),
            Self::HaveEntries(least, most) => write!(f, "must have {least} to {most} entries"),
            Self::BeAlone => write!(f, "must be named once"),
            Self::StayAsItIs => write!(f, "cannot be changed: the event is published"),
            Self::BeMoved => write!(
                f,
                "of a published event is changed by moving it: buyers are asked"
            ),
            Self::BeAnother => write!(f, "must be another date, or the venue must be another one"),
            Self::BeTierCode => write!(f, "must be 1 to 32 of a-z, 0-9, - and _"),
            Self::BeTier => write!(f, "must be the code of a tier of the event"),
            Self::BeStock => write!(
                f,
                "must be the code of another tier of the event that has tickets of its own"
            ),
            Self::BeOfStock => write!(
                f,
                "is that of the tier whose tickets it shares: leave it out"
            ),
            Self::BeQuestion => write!(f, "must be the number of a question of the event"),
            Self::StayAsAsked => write!(f, "cannot be changed: ask another question instead"),
            Self::BeRow => write!(f, "must be blocks of 1 to 1000 seats together"),
            Self::HaveFewerRows => write!(f, "must leave at most 32000 rows"),
            Self::BeSeat => write!(f, "must be a seat of the tier such as A-7"),
            Self::BeLanguage => write!(f, "must be a language's code such as de"),
            Self::BeAfter(other) => write!(f, "must be after {other}"),
            Self::BeAmountOrPercent => write!(f, "must be an amount or a percentage, one of both"),
            Self::BePromoCode => write!(f, "must be 1 to 32 of A-Z, 0-9, - and _"),
            Self::BeAtLeast(other) => write!(f, "must be at least {other}"),
            Self::StayAsInHall => write!(f, "cannot be changed: the seats are those of a hall"),
            Self::BeSection => write!(f, "must be a section of the hall"),
            Self::BeRowOfSection => write!(f, "must be a row of the section"),
            Self::Hall(fault) => write!(f, "{fault}"),
        }
    }
}
