//! How a payment is made: by card through the gateway, or by hand at the box office.

use utoipa::ToSchema;

use crate::types::Invalid;

/// Characters of a terminal's reference at most.
const REFERENCE_MAX: usize = 100;

/// How a payment is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ToSchema)]
#[schema(as = PaymentMethod, rename_all = "lowercase")]
pub enum Method {
    /// By card, through the gateway.
    Card,
    /// In cash, at the box office.
    Cash,
    /// By card, at the terminal of the box office.
    Terminal,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Card, Self::Cash, Self::Terminal];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Cash => "cash",
            Self::Terminal => "terminal",
        }
    }
}

impl std::str::FromStr for Method {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|method| method.as_str() == text);
        found.ok_or_else(|| Invalid::new("must be card, cash or terminal"))
    }
}

impl serde::Serialize for Method {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How an organiser is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHand {
    /// In cash.
    Cash {
        /// What the buyer gave, in minor units; `None` is just what it costs.
        tendered_minor: Option<i64>,
    },
    /// By the terminal.
    Terminal {
        /// What it printed.
        reference: Option<String>,
    },
}

impl ByHand {
    /// Which way.
    pub fn method(&self) -> Method {
        match self {
            Self::Cash { .. } => Method::Cash,
            Self::Terminal { .. } => Method::Terminal,
        }
    }

    /// What the terminal printed.
    pub(super) fn reference(&self) -> Option<&str> {
        match self {
            Self::Cash { .. } => None,
            Self::Terminal { reference } => reference.as_deref(),
        }
    }

    /// Whether the terminal's reference can be recorded: it is not empty, short enough, and holds no control characters.
    pub(super) fn is_printable(&self) -> bool {
        self.reference().is_none_or(|reference| {
            let length = reference.chars().count();
            (1..=REFERENCE_MAX).contains(&length) && !reference.chars().any(char::is_control)
        })
    }

    /// What is the same in a repetition.
    pub(super) fn terms(&self) -> String {
        match self {
            Self::Cash { tendered_minor } => {
                let given = tendered_minor.map(|minor| format!(" {minor}"));
                format!("cash{}", given.unwrap_or_default())
            }
            Self::Terminal { reference } => {
                let reference = reference.as_ref().map(|text| format!(" {text}"));
                format!("terminal{}", reference.unwrap_or_default())
            }
        }
    }
}
