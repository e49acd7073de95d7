//! The settings of the organiser's side.

use std::time::Duration;

use clap::Args;

/// How long somebody stays signed in on the organiser's side.
#[derive(Debug, Clone, Args)]
pub struct OrganiserConfig {
    /// Minutes without a request after which an organiser's session ends.
    #[arg(long, env = "BOXOFFICE_ORGANISER_IDLE_MINUTES", value_name = "MINUTES", default_value_t = 480,
          value_parser = clap::value_parser!(u32).range(1..=20_160))]
    pub organiser_idle_minutes: u32,
    /// Hours after which an organiser's session ends, however busy it is.
    #[arg(long, env = "BOXOFFICE_ORGANISER_SESSION_HOURS", value_name = "HOURS", default_value_t = 168,
          value_parser = clap::value_parser!(u32).range(1..=2_160))]
    pub organiser_session_hours: u32,
}

impl OrganiserConfig {
    /// After this without a request a session ends.
    pub fn idle(&self) -> Duration {
        Duration::from_secs(u64::from(self.organiser_idle_minutes) * 60)
    }

    /// After this a session ends.
    pub fn age(&self) -> Duration {
        Duration::from_secs(u64::from(self.organiser_session_hours) * 60 * 60)
    }
}
