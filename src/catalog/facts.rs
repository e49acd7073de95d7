//! What a buyer wants to know of an event before paying, besides when, where and how much: the kind of event, doors
//! and end, who performs, accessibility, terms.
//!
//! What must hold: genres and what venues offer are codes, named here and nowhere else; pages name them in the
//! reader's language by these codes. A code that a later version has written reads as the nearest that is known.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use super::translation::Translations;
use crate::types::{Invalid, Timestamp};

/// An enum of codes: as text, from text, and all of them.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident, $must:literal, { $($(#[$of:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// All of them, in the order in which pages list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code in JSON and in the database.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let codes = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([$($code,)*]));
                codes.description(Some(concat!("A code for ", $must, "."))).into()
            }
        }

        impl ToSchema for $name {}

        impl FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                let found = Self::ALL.iter().find(|one| one.as_str() == text);
                found.copied().ok_or_else(|| Invalid::new(concat!("must be ", $must, ": ", $($code, " ",)*)
                    .trim_end()))
            }
        }
    };
}

codes!(
    /// The kind of an event.
    Genre, "a genre", {
        /// Rock, pop, jazz, folk.
        Concert = "concert",
        /// Orchestras, chamber music, choirs.
        Classical = "classical",
        /// Operas and operettas.
        Opera = "opera",
        /// Musicals.
        Musical = "musical",
        /// Plays.
        Theatre = "theatre",
        /// Dance and ballet.
        Dance = "dance",
        /// Comedy and cabaret.
        Comedy = "comedy",
        /// Several acts, often several days.
        Festival = "festival",
        /// Club nights.
        Club = "club",
        /// Matches and races, on a field or on screens.
        Sport = "sport",
        /// For children and whom they bring along.
        Family = "family",
        /// Talks, readings, conferences.
        Talk = "talk",
        /// Films.
        Film = "film",
        /// Exhibitions.
        Exhibition = "exhibition",
        /// None of these, or not said.
        Other = "other",
    }
);

codes!(
    /// What a venue or an event offers to people with a disability.
    Access, "what a venue or an event offers", {
        /// A way in without steps.
        StepFree = "step-free",
        /// Places for wheelchairs.
        WheelchairPlaces = "wheelchair-places",
        /// A toilet that a wheelchair gets into.
        AccessibleToilet = "accessible-toilet",
        /// Parking for holders of a disabled person's permit.
        AccessibleParking = "accessible-parking",
        /// An induction loop or the like.
        HearingLoop = "hearing-loop",
        /// Assistance dogs may come in.
        AssistanceDogs = "assistance-dogs",
        /// Sign-language interpretation.
        SignLanguage = "sign-language",
        /// Surtitles or captions.
        Captions = "captions",
        /// Audio description.
        AudioDescription = "audio-description",
        /// A relaxed performance, with a quiet room.
        Relaxed = "relaxed",
    }
);

/// What is known of an event; each may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// The kind of event.
    #[schema(required = true)]
    pub genre: Genre,
    /// When the doors open.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    pub doors_at: Option<Timestamp>,
    /// When it ends.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    pub ends_at: Option<Timestamp>,
    /// From which age on one is let in; 0 says that there is no limit.
    #[schema(required = true)]
    pub age_min: Option<i16>,
    /// Who performs, in the order of the bill.
    #[schema(required = true)]
    pub lineup: Vec<String>,
    /// What the event offers beside its venue.
    #[schema(required = true)]
    pub accessibility: Vec<Access>,
    /// Who is responsible for the event.
    #[schema(required = true)]
    pub organiser: Option<String>,
    /// The organiser's terms.
    #[schema(required = true)]
    pub terms: Option<String>,
    /// When the money goes back.
    #[schema(required = true)]
    pub refund_policy: Option<String>,
    /// What events have in common that are dates of one thing.
    #[schema(required = true)]
    pub series: Option<String>,
    /// Whether it may stand on top of the list.
    #[schema(required = true)]
    pub featured: bool,
    /// The organiser's texts in other languages.
    #[serde(skip_serializing)]
    #[schema(ignore)]
    pub translations: Translations,
}

#[expect(clippy::derivable_impls, reason = "the macro makes the variants")]
impl Default for Genre {
    fn default() -> Self {
        Self::Other
    }
}

/// Whether a text could be the name of a series.
pub(super) fn is_series(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-')
}

/// Codes that are known, of those that the database has.
pub(super) fn known_codes(codes: &[String]) -> Vec<Access> {
    codes.iter().filter_map(|code| code.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_survive_the_round_trip_and_fit_the_database() {
        // As the CHECKs on the columns have it.
        let fits = |code: &str| {
            let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
            (1..=32).contains(&code.len()) && code.bytes().all(is_letter) && !code.starts_with('-')
        };
        assert!(Access::ALL.len() <= 20);
        for genre in Genre::ALL {
            assert!(fits(genre.as_str()), "{genre:?}");
            assert_eq!(genre.as_str().parse(), Ok(*genre));
            assert_eq!(serde_json::to_value(genre).unwrap(), genre.as_str());
        }
        for access in Access::ALL {
            assert_eq!(access.as_str().parse(), Ok(*access));
        }
        let wrong = "polka".parse::<Genre>().unwrap_err().to_string();
        assert!(
            wrong.starts_with("must be a genre: concert classical") && wrong.ends_with("other"),
            "{wrong}"
        );
    }
}
