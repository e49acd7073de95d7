//! The server process: the listener, the background tasks, the drain.
//!
//! What must hold: after an interrupt it accepts no new connections, lets requests in flight finish, drains the
//! lanes and the payments, and returns; the caller stops the database after that. What a task does is in the
//! domain; only intervals are here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::access;
use crate::app::App;
use crate::catalog;
use crate::gateway::GatewayError;
use crate::payment::webhook;
use crate::postgres::Error;
use crate::web;
use crate::web::metrics::{self, Figures};
use crate::web::traces::Traces;
use crate::web::view::assets::Assets;

/// The interval at which overdue holds are expired.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);
/// The interval at which charges without an outcome and refunds that are due are searched for.
const RECOVERY_INTERVAL: Duration = Duration::from_secs(1);
/// The interval at which bookings of events that were called off are cancelled.
const CALL_OFF_INTERVAL: Duration = Duration::from_secs(1);
/// How often the database's clock is read.
const CLOCK_INTERVAL: Duration = Duration::from_secs(10);
/// How often the replica is looked at, if there is one: how soon it is read again.
const REPLICA_INTERVAL: Duration = Duration::from_secs(1);
/// The interval at which the secrets are read again: how soon a process signs with a new one.
const KEYS_INTERVAL: Duration = Duration::from_secs(60);
/// Events of servers of an older version are made findable by filters this often.
const INDEX_INTERVAL: Duration = Duration::from_secs(60);
/// The interval at which events are looked for whose publishing was interrupted.
const PUBLISHING_INTERVAL: Duration = Duration::from_secs(1);
/// The interval at which old rows are deleted.
const PURGE_INTERVAL: Duration = Duration::from_secs(60);
/// The interval of the gateway's own background work.
const GATEWAY_INTERVAL: Duration = Duration::from_millis(500);

/// How often PostgreSQL and the unfinished payments are looked at for the figures.
const FIGURES_INTERVAL: Duration = Duration::from_secs(10);
/// How often readiness is looked at for the figures.
const HEALTH_INTERVAL: Duration = Duration::from_secs(5);
/// How often the schema is compared with what this program needs.
const SCHEMA_INTERVAL: Duration = Duration::from_secs(30);
/// For so long who was let in before the next server took over may still send a request.
const LAST_REQUEST: Duration = Duration::from_millis(500);

/// Where the server listens.
#[derive(Debug)]
pub struct Listeners {
    /// For buyers.
    pub public: TcpListener,
    /// Whether a supervisor has passed it on: then it stays open, and the next server goes on accepting from it.
    pub is_passed_on: bool,
    /// For Prometheus, and for those who ask how the server is; none if nobody asks.
    pub metrics: Option<TcpListener>,
}

impl From<TcpListener> for Listeners {
    fn from(public: TcpListener) -> Self {
        Self {
            public,
            is_passed_on: false,
            metrics: None,
        }
    }
}

/// Serves the app and its static files until `shutdown` is done, then drains.
///
/// # Errors
/// The listener cannot be used.
pub async fn run(
    app: Arc<App>,
    assets: Assets,
    listeners: impl Into<Listeners>,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let Listeners {
        public,
        is_passed_on,
        metrics,
    } = listeners.into();
    let webhook_url = webhook_url(public.local_addr()?);
    let traces = Traces::start(&app.config.traces).map_err(std::io::Error::other)?;
    let state = web::State::new(app.clone(), assets).with_traces(traces.clone());
    let figures = Figures::new(app.clone(), state.requests(), traces);
    let metrics = metrics.map(|listener| metrics::listen(listener, app.clone(), figures));
    let metrics = metrics.transpose()?.map(tokio::spawn);
    let server = web::listen::listen(public, state, app.connections.clone())?;
    let handle = server.handle();
    let server = tokio::spawn(server);
    let tasks = start_tasks(&app, webhook_url)
        .into_iter()
        .chain(start_purges(&app));
    let tasks: Vec<_> = tasks.collect();
    shutdown.await;
    if is_passed_on {
        handle.pause().await;
        tokio::time::sleep(LAST_REQUEST).await;
    }
    log::info!("draining: no new connections, requests in flight finish");
    app.drain();
    handle.stop(true).await;
    for task in tasks {
        task.abort();
    }
    let limit = Duration::from_secs(app.config.drain_seconds.into());
    app.payments.drain(limit).await;
    app.lanes.drain().await;
    app.reads.close();
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    server.await.map_err(std::io::Error::other)?
}

/// Where this server receives the gateway's webhooks, on this machine.
fn webhook_url(listening: SocketAddr) -> String {
    let here = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let here = SocketAddr::new(here, listening.port());
    format!("http://{here}/api/payments/webhook")
}

/// Starts the background tasks. Safe with any number of processes.
fn start_tasks(app: &Arc<App>, webhook_url: String) -> [JoinHandle<()>; 13] {
    let webhook_url: Arc<str> = webhook_url.into();
    [
        repeat(app, "overdue holds", EXPIRY_INTERVAL, |app| async move {
            app.expiry.end_due().await
        }),
        repeat(app, "charges", RECOVERY_INTERVAL, |app| async move {
            app.payments.recover_charges().await
        }),
        repeat(app, "refunds", RECOVERY_INTERVAL, |app| async move {
            app.payments.recover_refunds().await
        }),
        repeat(
            app,
            "events called off",
            CALL_OFF_INTERVAL,
            |app| async move { app.payments.cancel_called_off().await },
        ),
        repeat(app, "the clock", CLOCK_INTERVAL, |app| async move {
            app.db.read_clock().await.map(|()| 0)
        }),
        repeat(app, "the replica", REPLICA_INTERVAL, |app| async move {
            // It says itself what came of it.
            app.reads.look().await.ok();
            Ok::<_, Error>(0)
        }),
        repeat(app, "the signing keys", KEYS_INTERVAL, |app| async move {
            app.access.refresh().await.map(|()| 0)
        }),
        repeat(app, "the gateway's work", GATEWAY_INTERVAL, move |app| {
            let webhook_url = webhook_url.clone();
            async move {
                let mut done = 0;
                for gateway in app.gateways.all() {
                    done += gateway.run_due_work(&webhook_url).await?;
                }
                Ok::<_, GatewayError>(done)
            }
        }),
        repeat(
            app,
            "what events are found by",
            INDEX_INTERVAL,
            |app| async move { catalog::index::fill(&app.db).await },
        ),
        repeat(app, "publishing", PUBLISHING_INTERVAL, |app| async move {
            catalog::organise::resume(&app.db).await
        }),
        repeat(app, "figures", FIGURES_INTERVAL, |app| async move {
            app.observed.look(&app.db).await?;
            app.payments.look_at_unfinished().await.map(|()| 0)
        }),
        repeat(
            app,
            "the checks of readiness",
            HEALTH_INTERVAL,
            |app| async move {
                app.health.report(app.is_leaving()).await;
                Ok::<_, Error>(0)
            },
        ),
        repeat(app, "the schema", SCHEMA_INTERVAL, |app| async move {
            app.health.look_at_schema().await.map(|()| 0)
        }),
    ]
}

/// Starts the background tasks that delete what is old.
fn start_purges(app: &Arc<App>) -> [JoinHandle<()>; 3] {
    [
        repeat(app, "old webhooks", PURGE_INTERVAL, |app| async move {
            webhook::forget(&app.db, app.config.retention()).await
        }),
        repeat(
            app,
            "old tokens, old secrets",
            PURGE_INTERVAL,
            |app| async move { access::forget(&app.db, app.config.retention()).await },
        ),
        repeat(
            app,
            "the gateway's old work",
            PURGE_INTERVAL,
            |app| async move {
                let mut done = 0;
                for gateway in app.gateways.all() {
                    done += gateway.forget(app.config.retention()).await?;
                }
                Ok::<_, GatewayError>(done)
            },
        ),
    ]
}

/// Starts a task that runs a round of work at intervals, forever.
fn repeat<F, R, E>(
    app: &Arc<App>,
    what: &'static str,
    interval: Duration,
    round: F,
) -> JoinHandle<()>
where
    F: Fn(Arc<App>) -> R + Send + 'static,
    R: Future<Output = Result<usize, E>> + Send,
    E: std::fmt::Display + Send,
{
    let (app, task) = (app.clone(), app.tasks.start(what, interval));
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(interval);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            tick.tick().await;
            let began = Instant::now();
            match round(app.clone()).await {
                Ok(done) => {
                    task.succeed(began, done);
                    failing = false;
                    if done > 0 {
                        log::debug!("{what}: {done} done");
                    }
                }
                // Logged once, not every second while the database is unavailable.
                Err(error) => {
                    task.fail();
                    if !std::mem::replace(&mut failing, true) {
                        log::error!("{what} cannot be looked after: {error}");
                    }
                }
            }
        }
    })
}
