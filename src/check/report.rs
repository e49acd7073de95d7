//! What a check has found.

use std::fmt;

/// A row that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule: the name of its file in `check/`.
    pub invariant: &'static str,
    /// The offending row as JSON, or how many there are beyond those that were reported.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.detail)
    }
}

/// The result of a check.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order of the rules; empty if none is broken.
    pub violations: Vec<Violation>,
    /// Rules that were not checked, and why.
    pub skipped: Vec<(&'static str, String)>,
}
