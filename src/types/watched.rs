//! How much of its work a process watches: all of it, but in builds for tests and benches, which measure what that
//! costs (`make cost`).

#[cfg(feature = "fault-points")]
use std::{str::FromStr, sync::OnceLock};

#[cfg(feature = "fault-points")]
use super::Invalid;

/// What a process watches; each has what is before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watched {
    /// No request has an id, a time or a line in the log, and nothing is counted.
    Nothing,
    /// Requests have these.
    Requests,
    /// What happens is counted.
    Everything,
}

/// Whether this process watches this.
#[inline]
pub fn watches(what: Watched) -> bool {
    #[cfg(feature = "fault-points")]
    return MOST.get().is_none_or(|most| what <= *most);
    #[cfg(not(feature = "fault-points"))]
    return what <= Watched::Everything;
}

#[cfg(feature = "fault-points")]
static MOST: OnceLock<Watched> = OnceLock::new();

/// Has this process watch no more than this; once, before it works.
#[cfg(feature = "fault-points")]
pub fn watch_no_more_than(most: Watched) {
    MOST.set(most).ok();
}

#[cfg(feature = "fault-points")]
impl FromStr for Watched {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "nothing" => Ok(Self::Nothing),
            "requests" => Ok(Self::Requests),
            "everything" => Ok(Self::Everything),
            _ => Err(Invalid::new("must be nothing, requests or everything")),
        }
    }
}
