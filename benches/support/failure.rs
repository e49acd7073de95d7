//! Why a bench gave up.

/// In words for whoever runs it.
pub(crate) type Failure = Box<dyn std::error::Error>;
