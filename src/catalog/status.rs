//! Where an event is in its life. That it is over follows from the time, and is no status.

/// Where an event is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Its organiser writes it. It has tiers and no tickets, and buyers cannot see it.
    Draft,
    /// Its tickets are being made. Buyers cannot see it.
    Publishing,
    /// It is listed and sold.
    Published,
    /// It does not take place: its page says so, and nothing is sold.
    CalledOff,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Draft,
        Self::Publishing,
        Self::Published,
        Self::CalledOff,
    ];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Publishing => "publishing",
            Self::Published => "published",
            Self::CalledOff => "called_off",
        }
    }

    /// Of the database; the CHECK on the column allows no other text, and one of a later version is shown to nobody.
    pub(super) fn read(text: &str) -> Self {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.unwrap_or(Self::Draft)
    }

    /// Whether buyers may see the event.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Published | Self::CalledOff)
    }
}

/// Which events buyers may see and find, of `events e`: whoever looks for one that is called off is to learn that.
pub(super) const IS_PUBLIC: &str = "e.status IN ('published', 'called_off')";
