//! The error type of the benches.

/// Why a bench failed, as text for the person who runs it.
pub(crate) type Failure = Box<dyn std::error::Error>;
