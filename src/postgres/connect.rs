//! The one place that opens connections to PostgreSQL: the hosts of the address one after another, each
//! with a share of the time, with TLS as the address demands it.
//!
//! What must hold:
//! - A host that does not answer leaves the others their time ([`CONNECT_WAIT`] divided by the hosts).
//! - With `target_session_attrs=read-write` no connection is kept to a server that takes no writes: not
//!   when it is opened, and not when the server says later that it has become read-only. The next
//!   connection then goes to the host that does.
//! - `prefer` without a root certificate goes on without TLS where TLS fails, as in libpq; with one it
//!   does not: a certificate that is refused is not answered in the clear.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use deadpool_postgres::Connect;
use futures::future::{BoxFuture, FutureExt};
use futures::stream;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::error::SqlState;
use tokio_postgres::{CancelToken, Client, Config as PgConfig, Connection, NoTls, Socket};
use tokio_util::io::StreamReader;

use super::address::{Address, Mode, Target};
use super::tls::{self, Stream, Tls, TlsError};
use super::{Error, error, schema};

/// How long it may take to open a connection, all hosts together.
pub(super) const CONNECT_WAIT: Duration = Duration::from_secs(3);

/// What is sent and not acknowledged for so long breaks the connection, and so do so many seconds without a
/// sign of life of the other side.
const UNACKNOWLEDGED: Duration = Duration::from_secs(5);
const KEEPALIVES_IDLE: Duration = Duration::from_secs(5);
const KEEPALIVES_INTERVAL: Duration = Duration::from_secs(2);
const KEEPALIVES: u32 = 3;

/// Opens connections whose driving tasks run on the runtime that it was made on.
#[derive(Clone)]
pub(super) struct Connector {
    runtime: Handle,
    route: Route,
}

/// Where to connect to, and how.
#[derive(Clone)]
struct Route {
    targets: Vec<Target>,
    is_shuffled: bool,
    tls: Tls,
    /// `sslmode=prefer`, and nothing to verify a certificate by.
    may_go_without_tls: bool,
}

type Opened = (Client, JoinHandle<()>);

impl Connector {
    /// Reads the address and the files that it names. Must be called on the runtime that is to drive the
    /// connections.
    ///
    /// # Errors
    /// [`Error::Address`].
    pub(super) fn new(url: &str) -> Result<Self, Error> {
        let mut address = Address::parse(url)?;
        let limit = limit(address.targets.len());
        for target in &mut address.targets {
            target
                .config
                .application_name(schema::application_name())
                .connect_timeout(limit)
                .tcp_user_timeout(UNACKNOWLEDGED)
                .keepalives_idle(KEEPALIVES_IDLE)
                .keepalives_interval(KEEPALIVES_INTERVAL)
                .keepalives_retries(KEEPALIVES);
        }
        Ok(Self {
            runtime: Handle::current(),
            route: Route {
                tls: Tls::new(&address.tls)?,
                may_go_without_tls: address.tls.mode == Mode::Prefer && address.tls.root.is_none(),
                targets: address.targets,
                is_shuffled: address.is_shuffled,
            },
        })
    }
}

/// Cancels statements whose answer nobody waits for any more.
#[derive(Clone)]
pub(super) struct Canceller {
    tls: Tls,
}

impl Canceller {
    /// Asks the server to cancel what the token's connection is doing; the statement ends some time later. A
    /// server that cannot be reached is not told: its own limits end the statement.
    pub(super) async fn cancel(&self, token: CancelToken) {
        token.cancel_query(self.tls.clone()).await.ok();
    }
}

impl Connector {
    /// What cancels statements of its connections.
    pub(super) fn canceller(&self) -> Canceller {
        Canceller {
            tls: self.route.tls.clone(),
        }
    }
}

/// How long one host of so many may take.
fn limit(hosts: usize) -> Duration {
    CONNECT_WAIT / u32::try_from(hosts.max(1)).unwrap_or(u32::MAX)
}

impl Connect for Connector {
    fn connect(&self, _: &PgConfig) -> BoxFuture<'_, Result<Opened, tokio_postgres::Error>> {
        let route = self.route.clone();
        // The whole hand-shake too: a worker that goes away must not take the socket with it.
        let opened = self.runtime.spawn(async move { route.open().await });
        Box::pin(async move {
            match opened.await {
                Ok(Ok(opened)) => Ok(opened),
                Ok(Err(reasons)) => Err(failure(reasons).await),
                // The runtime is shutting down; the pool's own time limit answers the caller.
                Err(_) => std::future::pending().await,
            }
        })
    }
}

impl Route {
    /// A connection to the first host that will do, or why none does.
    async fn open(&self) -> Result<Opened, String> {
        let mut targets: Vec<&Target> = self.targets.iter().collect();
        if self.is_shuffled {
            shuffle(&mut targets);
        }
        let limit = limit(targets.len());
        let mut reasons = Vec::with_capacity(targets.len());
        for target in targets {
            let reason = match timeout(limit, self.open_at(target)).await {
                Ok(Ok(opened)) => return Ok(opened),
                Ok(Err(reason)) => reason,
                Err(_) => format!("no answer within {} ms", limit.as_millis()),
            };
            reasons.push(format!("{}: {reason}", target.name));
        }
        Err(reasons.join("; "))
    }

    async fn open_at(&self, target: &Target) -> Result<Opened, String> {
        let error = match target.config.connect(self.tls.clone()).await {
            Ok((client, connection)) => return Ok((client, drive(connection, target))),
            Err(error) => error,
        };
        let reason = describe(&error, target);
        if !self.may_go_without_tls || target.is_socket || !is_worth_trying_without_tls(&error) {
            return Err(reason);
        }
        let mut plain = target.clone();
        plain.config.ssl_mode(SslMode::Disable);
        match plain.config.connect(self.tls.clone()).await {
            Ok((client, connection)) => Ok((client, drive(connection, target))),
            Err(error) => Err(format!(
                "{reason}; without TLS: {}",
                describe(&error, &plain)
            )),
        }
    }
}

/// Whether the server failed at TLS, or admits nobody with it (`hostnossl`).
fn is_worth_trying_without_tls(error: &tokio_postgres::Error) -> bool {
    let is_tls = std::error::Error::source(error).is_some_and(|source| source.is::<TlsError>());
    is_tls || error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
}

/// In words for the operator, without the host's name.
fn describe(error: &tokio_postgres::Error, target: &Target) -> String {
    let is_plain = !target.is_socket && target.config.get_ssl_mode() == SslMode::Disable;
    if is_plain && error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION) {
        let reason = error::describe(error);
        return format!("{reason} (TLS is not used: sslmode=disable)");
    }
    // Refused after the hand-shake, as TLS 1.3 refuses a client's certificate.
    match std::error::Error::source(error).and_then(|source| source.downcast_ref()) {
        Some(source) if tls::is_failure(source) => tls::describe(source),
        _ => error::describe(error),
    }
}

/// Drives a connection until it ends; if it must take writes, until its server says that it takes none.
fn drive(mut connection: Connection<Socket, Stream>, target: &Target) -> JoinHandle<()> {
    let must_write = target.config.get_target_session_attrs() == TargetSessionAttrs::ReadWrite;
    let name = target.name.clone();
    tokio::spawn(async move {
        let end = poll_fn(|cx| match connection.poll_unpin(cx) {
            Poll::Ready(end) => Poll::Ready(end.err().map(|error| error.to_string())),
            Poll::Pending if must_write && is_read_only(&connection) => {
                Poll::Ready(Some("the server has become read-only".into()))
            }
            Poll::Pending => Poll::Pending,
        });
        if let Some(reason) = end.await {
            log::warn!("a connection to the database ({name}) broke: {reason}");
        }
    })
}

/// What the server has said last; PostgreSQL 14 and later say it when it changes.
fn is_read_only(connection: &Connection<Socket, Stream>) -> bool {
    ["default_transaction_read_only", "in_hot_standby"]
        .iter()
        .any(|name| connection.parameter(name) == Some("on"))
}

/// In a random order; without randomness in the order that they have.
fn shuffle(targets: &mut [&Target]) {
    for last in (1..targets.len()).rev() {
        if let Ok(random) = getrandom::u32() {
            targets.swap(last, random as usize % (last + 1));
        }
    }
}

/// An error of the pool's kind with these words: those of a stream that cannot be read, because
/// tokio-postgres lets nobody else make an error.
async fn failure(words: String) -> tokio_postgres::Error {
    let broken = stream::iter([Err::<&[u8], _>(std::io::Error::other(words))]);
    let broken = tokio::io::join(StreamReader::new(broken), tokio::io::sink());
    let mut nobody = PgConfig::new();
    nobody.user("").ssl_mode(SslMode::Disable);
    match nobody.connect_raw(broken, NoTls).await {
        Err(error) => error,
        Ok(_) => unreachable!("the stream is broken"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failure_carries_its_words() {
        let error = failure("db:5432: no answer".into()).await;
        assert_eq!(error::describe(&error), "db:5432: no answer");
    }

    #[test]
    fn hosts_share_the_time() {
        assert_eq!(limit(1), CONNECT_WAIT);
        assert_eq!(limit(3) * 3, CONNECT_WAIT);
    }
}
