//! The settings that bound what one client may ask for, and for how long it may keep the server waiting.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use crate::types::Invalid;

/// What one client may ask for, and for how long it may keep the server waiting.
#[derive(Debug, Clone, Args)]
pub struct LimitConfig {
    /// Whether requests are limited by rate; `off` is for load tests.
    #[arg(
        long,
        env = "BOXOFFICE_RATE_LIMITS",
        value_name = "SWITCH",
        default_value = "on"
    )]
    pub rate_limits: Switch,
    /// Bookings of one client: COUNT/s, COUNT/m or COUNT/h, a colon, and how many at once. A client is an
    /// address, and an API token wherever it is used; a buyer has a tenth of it.
    #[arg(
        long,
        env = "BOXOFFICE_LIMIT_BOOKINGS",
        value_name = "RATE",
        default_value = "20/s:200"
    )]
    pub limit_bookings: Rate,
    /// Payments and cancellations of one client, counted as bookings are.
    #[arg(
        long,
        env = "BOXOFFICE_LIMIT_PAYMENTS",
        value_name = "RATE",
        default_value = "20/s:200"
    )]
    pub limit_payments: Rate,
    /// Pages, files and JSON that one address reads.
    #[arg(
        long,
        env = "BOXOFFICE_LIMIT_READS",
        value_name = "RATE",
        default_value = "200/s:2000"
    )]
    pub limit_reads: Rate,
    /// New buyers that one address becomes.
    #[arg(
        long,
        env = "BOXOFFICE_LIMIT_NEW_BUYERS",
        value_name = "RATE",
        default_value = "20/s:200"
    )]
    pub limit_new_buyers: Rate,
    /// Asking for bookings by reference and e-mail address, or by a code, and naming promo codes that there are not: from one address, and for one reference.
    #[arg(
        long,
        env = "BOXOFFICE_LIMIT_RETRIEVALS",
        value_name = "RATE",
        default_value = "60/h:10"
    )]
    pub limit_retrievals: Rate,
    /// Signing in as an organiser: from one address, and for one account.
    #[arg(
        long,
        env = "BOXOFFICE_LIMIT_SIGN_INS",
        value_name = "RATE",
        default_value = "60/h:20"
    )]
    pub limit_sign_ins: Rate,
    /// Webhooks from one address.
    #[arg(
        long,
        env = "BOXOFFICE_LIMIT_WEBHOOKS",
        value_name = "RATE",
        default_value = "500/s:5000"
    )]
    pub limit_webhooks: Rate,
    /// Network of proxies whose `X-Forwarded-For`, `-Proto`, `-Host` and `Forwarded` are believed; may be
    /// repeated, or several with commas between them. A proxy must set one of the two kinds and pass on no other.
    #[arg(
        long = "trusted-proxy",
        env = "BOXOFFICE_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = parse_network
    )]
    pub trusted_proxies: Vec<IpNet>,
    /// Milliseconds within which a request's head must arrive.
    #[arg(long, env = "BOXOFFICE_HEAD_DEADLINE_MS", value_name = "MILLISECONDS", default_value_t = 5_000,
          value_parser = clap::value_parser!(u32).range(100..=600_000))]
    pub head_deadline_ms: u32,
    /// Milliseconds within which a request's body must arrive.
    #[arg(long, env = "BOXOFFICE_BODY_DEADLINE_MS", value_name = "MILLISECONDS", default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(100..=600_000))]
    pub body_deadline_ms: u32,
    /// Seconds after which a connection without a request is closed. Behind a proxy that keeps connections
    /// open: longer than the proxy keeps them.
    #[arg(long, env = "BOXOFFICE_KEEP_ALIVE_SECONDS", value_name = "SECONDS", default_value_t = 5,
          value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub keep_alive_seconds: u16,
    /// Milliseconds after which a client that does not receive what it is sent is disconnected.
    #[arg(long, env = "BOXOFFICE_READER_DEADLINE_MS", value_name = "MILLISECONDS", default_value_t = 30_000,
          value_parser = clap::value_parser!(u32).range(100..=600_000))]
    pub reader_deadline_ms: u32,
    /// Connections of one client address at most; trusted proxies are exempt.
    #[arg(long, env = "BOXOFFICE_CLIENT_CONNECTIONS_PER_ADDRESS", value_name = "COUNT", default_value_t = 1_000,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub client_connections_per_address: u32,
    /// Connections of all clients at most [default: three quarters of the files that this process may open].
    /// 1,500 files are kept for other things, or a quarter if that is less.
    #[arg(long, env = "BOXOFFICE_CLIENT_CONNECTIONS", value_name = "COUNT",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub client_connections: Option<u32>,
}

impl LimitConfig {
    /// Within this a request's head must arrive.
    pub fn head_deadline(&self) -> Duration {
        Duration::from_millis(self.head_deadline_ms.into())
    }

    /// Within this a request's body must arrive.
    pub fn body_deadline(&self) -> Duration {
        Duration::from_millis(self.body_deadline_ms.into())
    }

    /// After this a connection without a request is closed.
    pub fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.keep_alive_seconds.into())
    }
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// In force.
    On,
    /// Not in force.
    Off,
}

/// Tokens at most in a bucket that starts full.
const BURST_MAX: u32 = 1_000_000;

/// How fast a token bucket fills, and how much it holds: `20/s:200`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The time in which one token comes, at least a microsecond.
    pub interval: Duration,
    /// Tokens that it holds, 1 to a million.
    pub burst: u32,
}

impl FromStr for Rate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let form = || {
            Invalid::new(format!(
                "must be COUNT/s, COUNT/m or COUNT/h, a colon, and how many at once, such as 20/s:200; \
                 each number from 1 to {BURST_MAX}"
            ))
        };
        let number = |text: &str| {
            let number = text.parse().ok();
            number
                .filter(|number| (1..=BURST_MAX).contains(number))
                .ok_or_else(form)
        };
        let (rate, burst) = text.split_once(':').ok_or_else(form)?;
        let (count, unit) = rate.split_once('/').ok_or_else(form)?;
        let unit_seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(form()),
        };
        Ok(Self {
            interval: Duration::from_secs(unit_seconds) / number(count)?,
            burst: number(burst)?,
        })
    }
}

/// A network, or a single address.
fn parse_network(text: &str) -> Result<IpNet, Invalid> {
    let network = text
        .parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    network.ok_or_else(|| {
        Invalid::new("must be a network or an address, such as 10.0.0.0/8 or 2001:db8::1")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_from_one_word() {
        let rate: Rate = "20/s:200".parse().unwrap();
        assert_eq!(
            (rate.interval, rate.burst),
            (Duration::from_millis(50), 200)
        );
        let rate: Rate = "10/m:1".parse().unwrap();
        assert_eq!((rate.interval, rate.burst), (Duration::from_secs(6), 1));
        for bad in [
            "",
            "20",
            "20/s",
            "20/s:",
            "20/s:0",
            "0/s:1",
            "-1/s:1",
            "20/d:1",
            "20:1",
            "x/s:1",
            "1/s:1:1",
            "1/s:1000001",
        ] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_network_may_be_a_single_address() {
        assert_eq!(
            parse_network("10.1.2.3").unwrap().to_string(),
            "10.1.2.3/32"
        );
        assert_eq!(
            parse_network("2001:db8::1").unwrap().to_string(),
            "2001:db8::1/128"
        );
        assert_eq!(
            parse_network("10.0.0.0/8").unwrap().to_string(),
            "10.0.0.0/8"
        );
        for bad in ["", "localhost", "10.0.0.0/33", "10.0.0/8", "10.0.0.1:80"] {
            assert!(parse_network(bad).is_err(), "{bad}");
        }
    }
}
