//! What comes of a scan, by its name in the database, in JSON and in the texts of pages.

/// What comes of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Let in.
    Admitted,
    /// Somebody is in with this ticket, or was if nobody may come in again.
    AlreadyIn,
    /// The ticket belongs to nobody: its booking was cancelled, or never paid.
    Cancelled,
    /// The ticket belongs to somebody else now, or has a newer code.
    Replaced,
    /// The code is of another event, or of another day.
    OtherEvent,
    /// The gate's list does not admit the tier.
    NotThisGate,
    /// The code was not signed here.
    Forged,
    /// The code is in the older format, and its event is over.
    Outdated,
    /// The guest was let in without a network, and should not have been.
    Conflict,
    /// Out.
    Exited,
    /// Nobody is in with this ticket.
    NotIn,
    /// An earlier scan was taken back.
    Undone,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Admitted,
        Self::AlreadyIn,
        Self::Cancelled,
        Self::Replaced,
        Self::OtherEvent,
        Self::NotThisGate,
        Self::Forged,
        Self::Outdated,
        Self::Conflict,
        Self::Exited,
        Self::NotIn,
        Self::Undone,
    ];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::AlreadyIn => "already_in",
            Self::Cancelled => "cancelled",
            Self::Replaced => "replaced",
            Self::OtherEvent => "other_event",
            Self::NotThisGate => "not_this_gate",
            Self::Forged => "forged",
            Self::Outdated => "outdated",
            Self::Conflict => "conflict",
            Self::Exited => "exited",
            Self::NotIn => "not_in",
            Self::Undone => "undone",
        }
    }

    /// Whether the guest may pass.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Admitted | Self::Exited | Self::Undone)
    }

    pub(super) fn read(text: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        // The CHECK on the column allows no other value.
        all.find(|outcome| outcome.as_str() == text)
            .unwrap_or(Self::Forged)
    }
}

impl serde::Serialize for Outcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
