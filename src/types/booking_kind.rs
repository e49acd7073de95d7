//! How a booking came about.

use super::Invalid;

/// How a booking came about: a buyer's own, or one of the three that organisers make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum BookingKind {
    /// A buyer has booked it.
    #[default]
    Sale,
    /// An organiser gives it to a guest; it costs nothing.
    Complimentary,
    /// An organiser has sold it at the counter.
    BoxOffice,
    /// An organiser keeps its tickets off sale. They let nobody in and are not sold.
    Withheld,
}

impl BookingKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Sale,
        Self::Complimentary,
        Self::BoxOffice,
        Self::Withheld,
    ];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Complimentary => "complimentary",
            Self::BoxOffice => "box_office",
            Self::Withheld => "withheld",
        }
    }

    /// Whether an organiser makes it: the limits, the windows and the opening of a sale are for buyers.
    pub fn is_organisers(self) -> bool {
        self != Self::Sale
    }

    /// Whether its tickets cost what their tiers cost.
    pub fn is_paid(self) -> bool {
        matches!(self, Self::Sale | Self::BoxOffice)
    }
}

impl std::str::FromStr for BookingKind {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| Invalid::new("must be a kind of booking".to_owned()))
    }
}

impl serde::Serialize for BookingKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
