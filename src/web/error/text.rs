//! What problems say, as ids of `locales`: which text it is, before it is known in which language.
//!
//! What must hold: a text is put into words only when its answer is made; what a parser says is in English, whatever
//! the language.

use std::borrow::Cow;
use std::fmt::Display;

use crate::booking::Rule;
use crate::catalog::Must;
use crate::gateway::card::CardError;
use crate::seating::hall::Fault;
use crate::types::contact::ContactInvalid;
use crate::web::view::words::{self, Words};

/// Texts that value types have for what they do not accept: as they say them, so does the English file.
const SAID_BY_TYPES: [&str; 11] = [
    "field-cursor",
    "field-printable",
    "field-parameter",
    "field-country",
    "field-day",
    "field-to-before-from",
    "field-city",
    "field-series",
    "field-currency",
    "field-currency-missing",
    "field-price",
];

/// One text of a problem.
#[derive(Debug, Clone)]
pub enum Text {
    /// The text with this id, and its variables.
    Known(&'static str, Vec<(&'static str, String)>),
    /// Several, one after the other.
    Several(Vec<Text>),
    /// Somebody else's words.
    Said(String),
}

impl Text {
    /// The same text with one more variable.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        if let Self::Known(_, values) = &mut self {
            values.push((name, value.to_string()));
        }
        self
    }

    /// What a value type or a parser says of a value that it does not accept.
    pub fn said(text: String) -> Self {
        let english = &words::offered()[0];
        let mut known = SAID_BY_TYPES.into_iter();
        let known = known.find(|id| english.text(id) == text);
        known.map_or(Self::Said(text), Self::from)
    }

    /// The text in a language.
    pub fn in_words<'a>(&'a self, words: &'a Words) -> Cow<'a, str> {
        match self {
            Self::Known(id, values) if values.is_empty() => words.text(id).into(),
            Self::Known(id, values) => {
                let values: Vec<(&str, &dyn Display)> = values
                    .iter()
                    .map(|(name, value)| (*name, value as &dyn Display))
                    .collect();
                words.with(id, &values).into()
            }
            Self::Several(texts) => {
                let texts: Vec<_> = texts.iter().map(|text| text.in_words(words)).collect();
                texts.join("; ").into()
            }
            Self::Said(text) => text.into(),
        }
    }
}

/// By its id.
impl From<&'static str> for Text {
    fn from(id: &'static str) -> Self {
        Self::Known(id, Vec::new())
    }
}

impl From<Rule> for Text {
    fn from(rule: Rule) -> Self {
        let id = match rule {
            Rule::OneForEachTier { tiers } => {
                return Self::from("field-one-each-tier").with("tiers", tiers);
            }
            Rule::OneForEachTicket { limit } => {
                return Self::from("field-one-each-ticket").with("limit", limit);
            }
            Rule::AtLeastOfTier { least } => {
                return Self::from("field-at-least-of-tier").with("least", least);
            }
            Rule::AtMostOfTier { most } => {
                return Self::from("field-at-most-of-tier").with("most", most);
            }
            Rule::AtLeastOneTicket => "field-at-least-one-ticket",
            Rule::AtLeastOne => "field-at-least-one",
            Rule::NoneOrMore => "field-none-or-more",
            Rule::OnlyOnce => "field-only-once",
            Rule::KnownTier => "field-known-tier",
            Rule::NumberedTier => "field-numbered-tier",
            Rule::NumberOrSeats => "field-number-or-seats",
            Rule::RowLabel => "field-row",
            Rule::SeatOfRow => "field-seat-of-row",
            Rule::AsManySeats => "field-as-many-seats",
            Rule::OwnBooking => "field-own-booking",
            Rule::KnownCode => "code-unknown",
            Rule::FittingCode => "code-not-for-these",
        };
        id.into()
    }
}

impl From<Must> for Text {
    fn from(must: Must) -> Self {
        let id = match must {
            Must::BeText(most) => return Self::from("field-text").with("most", most),
            Must::BeShort(most) => return Self::from("field-short").with("most", most),
            Must::BeZoneOfVenue(zone) => return Self::from("field-venue-zone").with("zone", zone),
            Must::NotBeLater(at) => {
                return Self::from("field-not-later").with("time", at.to_rfc3339());
            }
            Must::BeWithin(least, most) => {
                let text = Self::from("field-range").with("least", least);
                return text.with("most", most);
            }
            Must::HaveEntries(least, most) => {
                let text = Self::from("field-entries").with("least", least);
                return text.with("most", most);
            }
            Must::BeAfter(other) => return Self::from("field-after").with("other", other),
            Must::BeAtLeast(other) => {
                return Self::from("field-at-least-other").with("other", other);
            }
            Must::Hall(fault) => return fault.into(),
            Must::BeGiven => "field-given",
            Must::BeCountry => "field-country-code",
            Must::BeTimeZone => "field-time-zone",
            Must::BeCurrency => "field-currency",
            Must::BeContactRule => "field-contact-rule",
            Must::BeToCome => "field-to-come",
            Must::BeBeforeStart => "field-before-start",
            Must::BeDoors => "field-doors",
            Must::BeEnd => "field-end",
            Must::BeSeries => "field-series-code",
            Must::BeOwnSeries => "field-series-own",
            Must::BeAlone => "field-only-once",
            Must::StayAsItIs => "field-stays",
            Must::BeMoved => "field-by-moving",
            Must::BeAnother => "field-another-date",
            Must::BeTierCode => "field-tier-code",
            Must::BeTier => "field-known-tier",
            Must::BeQuestion => "field-question",
            Must::StayAsAsked => "field-stays-as-asked",
            Must::BeStock => "field-stock",
            Must::BeOfStock => "field-of-stock",
            Must::BeRow => "field-row-blocks",
            Must::HaveFewerRows => "field-rows-max",
            Must::BeSeat => "field-seat-label",
            Must::BeLanguage => "field-language",
            Must::StayAsInHall => "field-stays-in-hall",
            Must::BeSection => "field-hall-section",
            Must::BeRowOfSection => "field-hall-row",
            Must::BeAmountOrPercent => "field-amount-or-percent",
            Must::BePromoCode => "field-promo-code",
        };
        id.into()
    }
}

impl From<Fault> for Text {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Entries(least, most) => {
                let text = Self::from("field-entries").with("least", least);
                text.with("most", most)
            }
            Fault::SectionName => "field-hall-section-name".into(),
            Fault::RowLabel => "field-hall-row-label".into(),
            Fault::Short(most) => Self::from("field-short").with("most", most),
            Fault::Halves(least, most) => {
                let text = Self::from("field-hall-length").with("least", least);
                text.with("most", most)
            }
            Fault::Within(least, most) => {
                let text = Self::from("field-range").with("least", least);
                text.with("most", most)
            }
            Fault::Alone => "field-only-once".into(),
            Fault::Seats(most) => Self::from("field-hall-seats").with("most", most),
            Fault::Numbers(count) => Self::from("field-hall-numbers").with("seats", count),
            Fault::Apart(other) if other == "/stage" => "field-hall-stage".into(),
            Fault::Apart(other) => Self::from("field-hall-apart").with("other", other),
            Fault::FewerSeats(most) => Self::from("field-hall-fewer").with("most", most),
        }
    }
}

impl From<CardError> for Text {
    fn from(error: CardError) -> Self {
        let id = match error {
            CardError::NotDigits => "field-card-digits",
            CardError::WrongLength => "field-card-length",
            CardError::FailsCheck => "field-card-check",
        };
        id.into()
    }
}

impl From<ContactInvalid> for Text {
    fn from(invalid: ContactInvalid) -> Self {
        let id = match invalid {
            ContactInvalid::Name => "field-contact-name",
            ContactInvalid::Email => "field-contact-email",
        };
        id.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Cursor;
    use crate::types::IdempotencyKey;

    #[test]
    fn what_value_types_say_is_known_word_for_word() {
        let cursor = "nope".parse::<Cursor>().err().unwrap().to_string();
        let key = "".parse::<IdempotencyKey>().unwrap_err().to_string();
        for said in [cursor, key] {
            assert!(matches!(Text::said(said), Text::Known(..)));
        }
        assert!(matches!(Text::said("invalid digit".into()), Text::Said(_)));
    }
}
