//! The payment providers.

use std::fmt;
use std::str::FromStr;

use super::Invalid;

/// Who moves the money. Payments remember theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Moves no money.
    Simulated,
    /// Stripe.
    Stripe,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Simulated, Self::Stripe];

    /// As the database, settings and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Simulated => "simulated",
            Self::Stripe => "stripe",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Provider {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL
            .into_iter()
            .find(|provider| provider.as_str() == text);
        found.ok_or_else(|| Invalid::new("must be simulated or stripe"))
    }
}
