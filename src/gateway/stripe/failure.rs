//! Why there is no answer of Stripe's, for the code that knows what was asked.

use std::fmt;

use super::objects::ErrorJson;
use crate::gateway::GatewayError;

/// Characters of Stripe's words that are kept.
const MESSAGE_MAX: usize = 300;

/// Why a request has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Stripe has refused it, which had no effect beyond what the error says.
    Refused(Box<Refusal>),
    /// It was asked before with the same key, and Stripe had failed: whether that had an effect is unknown, and whoever sends
    /// the key again within a day is told the same.
    Replayed(String),
    /// Anything else.
    Gateway(GatewayError),
}

/// An error of Stripe's.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Of HTTP: 4xx.
    pub(super) status: u16,
    pub(super) error: ErrorJson,
    /// Whether it is the answer to an earlier request.
    pub(super) is_replayed: bool,
    pub(super) request_id: String,
}

impl Refusal {
    /// Whether there is no such thing.
    pub(super) fn is_missing(&self) -> bool {
        self.status == 404
    }

    /// Whether the keys are refused, or what they may do.
    pub(super) fn is_of_access(&self) -> bool {
        matches!(self.status, 401 | 403)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = &self.error;
        let kind = error.kind.as_deref().unwrap_or("error");
        let code = error.code.as_deref().unwrap_or("no code");
        let message = error.message.as_deref().unwrap_or_default();
        let is_shown = |letter: &char| !letter.is_control();
        let message: String = message.chars().filter(is_shown).take(MESSAGE_MAX).collect();
        let (status, id) = (self.status, &self.request_id);
        write!(f, "{status} {kind} ({code}): {message}; request {id}")
    }
}

impl Failure {
    /// Whether the request may have had an effect.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(
            self,
            Self::Replayed(_) | Self::Gateway(GatewayError::Unknown(_))
        )
    }

    /// What it means after an earlier attempt of the same request: if that one may have had an effect, a later one that was
    /// not looked at does not say that there was none.
    pub(super) fn after(self, is_uncertain: bool) -> Self {
        match self {
            Self::Gateway(GatewayError::Unavailable(text)) | Self::Replayed(text)
                if is_uncertain =>
            {
                Self::Gateway(GatewayError::Unknown(text))
            }
            Self::Refused(refusal) if is_uncertain && refusal.is_of_access() => {
                Self::Gateway(GatewayError::Unknown(refusal.to_string()))
            }
            other => other,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Replayed(text) => f.write_str(text),
            Self::Gateway(error) => error.fmt(f),
        }
    }
}

impl From<Failure> for GatewayError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Refused(refusal.to_string()),
            Failure::Replayed(text) => Self::Unknown(text),
            Failure::Gateway(error) => error,
        }
    }
}
