//! The settings of `boxoffice serve`: what it listens on, the allocator's limits, payments. Those of the database and of
//! what one client may ask for are beside this file.
//!
//! What must hold: each has a flag, a variable, a default and a range, with the unit in its name.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::database::ReplicaConfig;
use super::http_url::parse_http_url;
use super::limits::{LimitConfig, Switch};
use super::log::{LogConfig, TraceConfig};
use super::organisers::OrganiserConfig;
use super::secret::Secret;
use super::stripe::StripeArgs;
use crate::types::Invalid;
use crate::types::provider::Provider;
#[cfg(feature = "fault-points")]
use crate::types::watched::Watched;

/// The settings of the server.
#[derive(Debug, Clone, Args)]
pub struct ServeConfig {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(
        long,
        env = "BOXOFFICE_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// Address and port for Prometheus: `/metrics`, which tells how the shop sells, and the checks `/healthz` and
    /// `/readyz`. Keep it from strangers. Without it there is no `/metrics`.
    #[arg(long, env = "BOXOFFICE_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<SocketAddr>,
    /// Where buyers reach the server, as they see it: https://tickets.example. Forms that are sent from any
    /// other address are refused. With https, browsers are told to use nothing else, and cookies are kept from
    /// plain HTTP. Without it the address is that of the request: its Host header, or what a trusted proxy says.
    #[arg(long, env = "BOXOFFICE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<Origin>,
    /// Threads that speak HTTP [default: half of the processors, at least 1]
    #[arg(long, env = "BOXOFFICE_WORKERS", value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,
    /// When the schema is migrated: `at-start`, before the server opens, or `never`, by `boxoffice migrate` alone.
    #[arg(
        long,
        env = "BOXOFFICE_MIGRATE",
        value_name = "WHEN",
        default_value = "at-start",
        hide_possible_values = true
    )]
    pub migrate: Migrate,
    /// Whether a database that boxoffice runs itself is filled with demo events while it has no events: on or off.
    #[arg(
        long,
        env = "BOXOFFICE_DEMO_EVENTS",
        value_name = "SWITCH",
        default_value = "on",
        hide_possible_values = true
    )]
    pub demo_events: Switch,
    /// Days for which webhooks that were received or sent, and API tokens that have expired or were revoked, are
    /// kept. Bookings and payments are kept for ever.
    #[arg(long, env = "BOXOFFICE_RETENTION_DAYS", value_name = "DAYS", default_value_t = 30,
          value_parser = clap::value_parser!(u16).range(4..=3650))]
    pub retention_days: u16,
    /// Seconds for which a pending booking keeps its tickets.
    #[arg(long, env = "BOXOFFICE_HOLD_SECONDS", value_name = "SECONDS", default_value_t = 300,
          value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub hold_seconds: u32,
    /// Seconds for which a server that is told to stop (SIGTERM, SIGHUP) goes on serving while /readyz says 503,
    /// so that a load balancer sends nothing more; a second signal, or Ctrl-C, ends it at once.
    #[arg(long, env = "BOXOFFICE_LEAVE_SECONDS", value_name = "SECONDS", default_value_t = 3,
          value_parser = clap::value_parser!(u16).range(0..=3600))]
    pub leave_seconds: u16,
    /// Seconds for which a server that stops lets requests in flight finish.
    #[arg(long, env = "BOXOFFICE_DRAIN_SECONDS", value_name = "SECONDS", default_value_t = 30,
          value_parser = clap::value_parser!(u16).range(0..=3600))]
    pub drain_seconds: u16,
    /// Streams of availability that this process serves at once; beyond it viewers are told to poll.
    #[arg(
        long,
        env = "BOXOFFICE_STREAMS",
        value_name = "COUNT",
        default_value_t = 20_000
    )]
    pub streams: usize,
    /// Directory of the static files: style sheets, scripts, icons and `fonts/`, all that the source tree has in `static`
    /// [default: the first there is of `static` in the working directory, `static` beside the program,
    /// /usr/share/boxoffice/static, and `static` in the source tree that the program was
    /// built from]
    #[arg(long, env = "BOXOFFICE_STATIC_DIR", value_name = "DIRECTORY")]
    pub static_dir: Option<PathBuf>,
    /// Directory of the events' pictures, which `create-event` fills. All servers of a database share it [default:
    /// `pictures` in the data directory]
    #[arg(long, env = "BOXOFFICE_PICTURES_DIR", value_name = "DIRECTORY")]
    pub pictures_dir: Option<PathBuf>,
    /// What the shop is called: in pages, their titles and what a shared link shows.
    #[arg(long, env = "BOXOFFICE_SHOP_NAME", value_name = "NAME", default_value = "boxoffice",
          value_parser = shop_name)]
    pub shop_name: String,
    /// Directory with the shop's look: theme.toml, which names its logo, colours and font, and these files
    #[arg(long, env = "BOXOFFICE_THEME_DIR", value_name = "DIRECTORY")]
    pub theme_dir: Option<PathBuf>,
    /// Site whose scripts may do everything under /api that their visitors' tokens allow: `https://shop.example`; may
    /// be repeated, or several with commas between them. Scripts of all sites may read events.
    #[arg(
        long = "cors-origin",
        env = "BOXOFFICE_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    pub cors_origins: Vec<Origin>,
    /// The limits of the allocator.
    #[command(flatten)]
    pub allocator: AllocatorConfig,
    /// How payments are charged and refunded.
    #[command(flatten)]
    pub payment: PaymentConfig,
    /// What one client may ask for.
    #[command(flatten)]
    pub limits: LimitConfig,
    /// How long organisers stay signed in.
    #[command(flatten)]
    pub organisers: OrganiserConfig,
    /// What is logged of requests.
    #[command(flatten)]
    pub log: LogConfig,
    /// Where traces of requests go.
    #[command(flatten)]
    pub traces: TraceConfig,
    /// Where readers read.
    #[command(flatten)]
    pub replica: ReplicaConfig,
    /// Where to die: `point`, or `point:pass`. Only in builds for tests.
    #[cfg(feature = "fault-points")]
    #[arg(long, env = "BOXOFFICE_FAULT", value_name = "POINT", hide = true)]
    pub fault: Option<crate::fault::Fault>,
    /// By how much the clock of this process is ahead. Only in builds for tests.
    #[cfg(feature = "fault-points")]
    #[arg(
        long,
        env = "BOXOFFICE_CLOCK_AHEAD_SECONDS",
        value_name = "SECONDS",
        default_value_t = 0,
        allow_hyphen_values = true,
        hide = true
    )]
    pub clock_ahead_seconds: i64,
    /// What this process watches: nothing, requests or everything. Only in builds for tests.
    #[cfg(feature = "fault-points")]
    #[arg(
        long,
        env = "BOXOFFICE_WATCHED",
        value_name = "WHAT",
        default_value = "everything",
        hide = true
    )]
    pub watched: Watched,
}

/// A name that fits into the head of a page on a phone.
fn shop_name(text: &str) -> Result<String, Invalid> {
    let name = text.trim();
    let is_fit = (1..=30).contains(&name.chars().count()) && !name.contains(char::is_control);
    let form = || Invalid::new("must be 1 to 30 letters, in one line");
    is_fit.then(|| name.to_owned()).ok_or_else(form)
}

/// Scheme, host and port of a site: `https://tickets.example`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// As browsers send it.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Origin {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let form = || Invalid::new("must be http:// or https:// and a host, without a path");
        let url = reqwest::Url::parse(text).map_err(|_| form())?;
        let is_web = matches!(url.scheme(), "http" | "https");
        let is_bare = url.path() == "/" && url.query().is_none() && url.username().is_empty();
        if !is_web || !is_bare || url.host().is_none() {
            return Err(form());
        }
        Ok(Self(url.origin().ascii_serialization()))
    }
}

impl ServeConfig {
    /// Whether buyers reach the server by https.
    pub fn is_https(&self) -> bool {
        let url = self.public_url.as_ref();
        url.is_some_and(|url| url.0.starts_with("https://"))
    }

    /// For this long what is of no more use is kept.
    pub fn retention(&self) -> Duration {
        Duration::from_secs(u64::from(self.retention_days) * 24 * 60 * 60)
    }

    /// Threads that speak HTTP.
    pub fn workers(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        self.workers.map_or((processors / 2).max(1), usize::from)
    }

    /// The directory of the static files; `None` if none is named and none is found.
    pub fn static_dir(&self) -> Option<PathBuf> {
        if let Some(directory) = &self.static_dir {
            return Some(directory.clone());
        }
        let program = std::env::current_exe().ok();
        let beside_program = program.and_then(|program| Some(program.parent()?.join("static")));
        [
            Some(PathBuf::from("static")),
            beside_program,
            Some(PathBuf::from("/usr/share/boxoffice/static")),
            Some(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("static")),
        ]
        .into_iter()
        .flatten()
        .find(|directory| directory.is_dir())
    }
}

/// The limits of the allocator.
#[derive(Debug, Clone, Args)]
pub struct AllocatorConfig {
    /// Orders that one batch takes at most.
    #[arg(long, env = "BOXOFFICE_BATCH_ORDERS", value_name = "COUNT", default_value_t = Self::DEFAULT.batch_orders,
          value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub batch_orders: u16,
    /// Orders that wait for one event at most; beyond it the answer is 503 at once.
    #[arg(long, env = "BOXOFFICE_QUEUE_ORDERS", value_name = "COUNT", default_value_t = Self::DEFAULT.queue_orders,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub queue_orders: u32,
    /// Lanes of one event in this process: batches of it that are in flight at once.
    #[arg(long, env = "BOXOFFICE_LANES", value_name = "COUNT", default_value_t = Self::DEFAULT.lanes,
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub lanes: u16,
    /// Milliseconds after which an order that still waits is dropped and told to come back.
    #[arg(long, env = "BOXOFFICE_ORDER_DEADLINE_MS", value_name = "MILLISECONDS", default_value_t = Self::DEFAULT.order_deadline_ms,
          value_parser = clap::value_parser!(u32).range(100..=120_000))]
    pub order_deadline_ms: u32,
    /// Milliseconds for which an order waits for tickets that another order in flight may give back.
    #[arg(long, env = "BOXOFFICE_HELD_WAIT_MS", value_name = "MILLISECONDS", default_value_t = Self::DEFAULT.held_wait_ms,
          value_parser = clap::value_parser!(u32).range(0..=60_000))]
    pub held_wait_ms: u32,
    /// Milliseconds after which the lanes of an event that nobody orders from go away.
    #[arg(long, env = "BOXOFFICE_LANE_IDLE_MS", value_name = "MILLISECONDS", default_value_t = Self::DEFAULT.lane_idle_ms,
          value_parser = clap::value_parser!(u32).range(10..=3_600_000))]
    pub lane_idle_ms: u32,
    /// Milliseconds from which on a batch of orders is logged as slow, with where its time went.
    #[arg(long, env = "BOXOFFICE_SLOW_BATCH_MS", value_name = "MILLISECONDS", default_value_t = Self::DEFAULT.slow_batch_ms,
          value_parser = clap::value_parser!(u32).range(1..=600_000))]
    pub slow_batch_ms: u32,
}

impl Default for AllocatorConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl AllocatorConfig {
    const DEFAULT: Self = Self {
        batch_orders: 256,
        queue_orders: 10_000,
        lanes: 1,
        order_deadline_ms: 10_000,
        held_wait_ms: 1_000,
        lane_idle_ms: 60_000,
        slow_batch_ms: 500,
    };

    /// After this an order that still waits is dropped.
    pub fn order_deadline(&self) -> Duration {
        Duration::from_millis(self.order_deadline_ms.into())
    }

    /// After this the lanes of a quiet event go away.
    pub fn lane_idle(&self) -> Duration {
        Duration::from_millis(self.lane_idle_ms.into())
    }

    /// From this on a batch is slow.
    pub fn slow_batch(&self) -> Duration {
        Duration::from_millis(self.slow_batch_ms.into())
    }

    /// For this long an order waits for tickets that may come back.
    pub fn held_wait(&self) -> Duration {
        Duration::from_millis(self.held_wait_ms.into())
    }
}

/// How payments are charged and refunded.
#[derive(Debug, Clone, Args)]
pub struct PaymentConfig {
    /// Milliseconds for which a request waits for the gateway, 10000 at most; after them its answer is
    /// `processing`, and the payment goes on by itself.
    #[arg(long, env = "BOXOFFICE_PAYMENT_WAIT_MS", value_name = "MILLISECONDS", default_value_t = 8_000,
          value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub payment_wait_ms: u32,
    /// Seconds after which a payment without an answer is taken up by the recovery, which asks the gateway
    /// what became of it. Its booking's hold is kept for half a minute longer.
    #[arg(long, env = "BOXOFFICE_RECOVER_AFTER_SECONDS", value_name = "SECONDS", default_value_t = 90,
          value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub recover_after_seconds: u32,
    /// Seconds before the event starts until which a buyer may cancel.
    #[arg(long, env = "BOXOFFICE_CANCEL_UNTIL_SECONDS", value_name = "SECONDS", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=31_536_000))]
    pub cancel_until_seconds: u32,
    /// Who takes payments: `simulated`, which moves no money and has test cards, or `stripe`. What another has taken before is
    /// completed and refunded by that one, as long as its keys are given.
    #[arg(
        long = "gateway",
        env = "BOXOFFICE_GATEWAY",
        value_name = "PROVIDER",
        default_value = "simulated"
    )]
    pub gateway_provider: Provider,
    /// Whether the simulated gateway takes payments although buyers reach the server by https, for a demonstration: on or off.
    #[arg(
        long,
        env = "BOXOFFICE_ALLOW_TEST_PAYMENTS",
        value_name = "SWITCH",
        default_value = "off",
        hide_possible_values = true
    )]
    pub allow_test_payments: Switch,
    /// The simulated gateway.
    #[command(flatten)]
    pub gateway: GatewayConfig,
    /// Stripe.
    #[command(flatten)]
    pub stripe: StripeArgs,
}

impl PaymentConfig {
    /// What the provider's script in the buyer's browser needs to know of us.
    pub fn publishable_key(&self) -> Option<String> {
        self.stripe.stripe_publishable_key.clone()
    }

    /// For this long a request waits for the gateway.
    pub fn payment_wait(&self) -> Duration {
        Duration::from_millis(self.payment_wait_ms.into())
    }
}

/// How the simulated gateway behaves.
#[derive(Debug, Clone, Args)]
pub struct GatewayConfig {
    /// Percentage of charges that the simulated gateway declines at random, of those that would succeed.
    #[arg(long, env = "BOXOFFICE_GATEWAY_DECLINE_PERCENT", value_name = "PERCENT", default_value_t = 0,
          value_parser = clap::value_parser!(u8).range(0..=100))]
    pub gateway_decline_percent: u8,
    /// Percentage of charges that the simulated gateway answers slowly, at random.
    #[arg(long, env = "BOXOFFICE_GATEWAY_SLOW_PERCENT", value_name = "PERCENT", default_value_t = 0,
          value_parser = clap::value_parser!(u8).range(0..=100))]
    pub gateway_slow_percent: u8,
    /// Milliseconds that a slow answer of the simulated gateway takes.
    #[arg(long, env = "BOXOFFICE_GATEWAY_SLOW_MS", value_name = "MILLISECONDS", default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(0..=600_000))]
    pub gateway_slow_ms: u32,
    /// Milliseconds after which the simulated gateway sends the webhook of a charge that it answers later.
    #[arg(long, env = "BOXOFFICE_GATEWAY_WEBHOOK_DELAY_MS", value_name = "MILLISECONDS", default_value_t = 3_000,
          value_parser = clap::value_parser!(u32).range(0..=86_400_000))]
    pub gateway_webhook_delay_ms: u32,
    /// Where the simulated gateway sends webhooks, over plain HTTP [default: this server]
    #[arg(long, env = "BOXOFFICE_GATEWAY_WEBHOOK_URL", value_name = "URL", value_parser = parse_http_url)]
    pub gateway_webhook_url: Option<String>,
    /// What webhooks are signed with, 16 characters at least. Without it: made at random and kept in the
    /// database.
    #[arg(
        long,
        env = "BOXOFFICE_WEBHOOK_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub webhook_secret: Option<Secret>,
}

/// When a server migrates the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Migrate {
    /// Before it opens.
    AtStart,
    /// Never: it refuses to open over a schema that is not its own.
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_go_over_plain_http() {
        assert!(parse_http_url("http://127.0.0.1:8080/api/payments/webhook").is_ok());
        for bad in [
            "",
            "https://example.com/",
            "127.0.0.1:80",
            "file:///etc/passwd",
        ] {
            assert!(parse_http_url(bad).is_err(), "{bad}");
        }
    }
}
