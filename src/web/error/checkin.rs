//! The errors of check-in as problems.

use super::Error;
use super::text::Text;
use crate::checkin::{GATES_MAX, GateError, NAME_MAX, ScanError, UndoError};

impl From<ScanError> for Error {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::NoGate => Self::not_found("gate"),
            ScanError::NonceReused => Self::key_reused(),
            ScanError::Db(error) => error.into(),
        }
    }
}

impl From<UndoError> for Error {
    fn from(error: UndoError) -> Self {
        match error {
            UndoError::NoScan => Self::not_found("scan"),
            UndoError::NotLast => {
                let detail = "problem-scan-not-undoable-detail";
                Self::new(
                    409,
                    "scan-not-undoable",
                    "problem-scan-not-undoable",
                    detail,
                )
            }
            UndoError::Db(error) => error.into(),
        }
    }
}

impl From<GateError> for Error {
    fn from(error: GateError) -> Self {
        match error {
            GateError::NoGate => Self::not_found("gate"),
            GateError::NoList => Self::invalid_field("/list_id", "field-list-of-event"),
            GateError::NameTaken => Self::invalid_field("/name", "field-gate-name-taken"),
            GateError::TooMany => {
                let text = Text::from("field-gates-max").with("limit", GATES_MAX);
                Self::invalid_field("/name", text)
            }
            GateError::Db(error) => error.into(),
        }
    }
}

impl Error {
    /// A name of a gate or a list is too short, too long, or not printable.
    pub fn of_gate_name() -> Self {
        let text = Text::from("field-gate-name").with("most", NAME_MAX);
        Self::invalid_field("/name", text)
    }
}
