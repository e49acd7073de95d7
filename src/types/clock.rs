//! This machine's clock, which may be wrong. The only place that reads it (`clippy.toml`).
//!
//! What must hold: nothing that a buyer gets or loses is decided by it. It serves ids, which only have to differ,
//! and the estimate of the database's clock, which is for display.

use chrono::{DateTime, Utc};

/// The time by this machine's clock.
#[expect(clippy::disallowed_methods, reason = "the one place")]
pub fn local() -> DateTime<Utc> {
    #[cfg(feature = "fault-points")]
    let ahead_seconds = AHEAD_SECONDS.get().copied().unwrap_or_default();
    #[cfg(not(feature = "fault-points"))]
    let ahead_seconds = 0;
    Utc::now() + chrono::TimeDelta::seconds(ahead_seconds)
}

#[cfg(feature = "fault-points")]
static AHEAD_SECONDS: std::sync::OnceLock<i64> = std::sync::OnceLock::new();

/// Sets this process's clock ahead, or back if it is negative; once, before it is read. Only in builds for tests.
#[cfg(feature = "fault-points")]
pub fn set_ahead(seconds: i64) {
    AHEAD_SECONDS.set(seconds).ok();
}
