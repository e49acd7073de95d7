//! The server process: the listener, the background tasks, the drain.
//!
//! What must hold: after an interrupt it accepts no new connections, lets requests in flight finish, drains the
//! lanes and the payments, and returns; the caller stops the database after that. What a task does is in the
//! domain; only intervals are here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::allocator::release;
use crate::app::App;
use crate::postgres::Error;
use crate::web;
use crate::web::view::assets::Assets;

/// The interval at which overdue holds are expired.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);
/// The interval at which unfinished payments are searched for.
const RECOVERY_INTERVAL: Duration = Duration::from_secs(1);
/// How often the database's clock is read.
const CLOCK_INTERVAL: Duration = Duration::from_secs(10);
/// The interval at which the secrets are read again: how soon a process signs with a new one.
const KEYS_INTERVAL: Duration = Duration::from_secs(60);
/// The interval of the gateway's own background work.
const GATEWAY_INTERVAL: Duration = Duration::from_millis(500);

/// Serves the app and its static files until `shutdown` is done, then drains.
///
/// # Errors
/// The listener cannot be used.
pub async fn run(
    app: Arc<App>,
    assets: Assets,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let webhook_url = webhook_url(listener.local_addr()?);
    let state = web::State::new(app.clone(), assets);
    let server = web::listen::listen(listener, state, app.connections.clone())?;
    let handle = server.handle();
    let server = tokio::spawn(server);
    let tasks = start_tasks(&app, webhook_url);
    shutdown.await;
    log::info!("draining: no new connections, requests in flight finish");
    app.drain();
    handle.stop(true).await;
    for task in tasks {
        task.abort();
    }
    let limit = Duration::from_secs(app.config.drain_seconds.into());
    app.payments.drain(limit).await;
    app.lanes.drain().await;
    app.db.close();
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
fn start_tasks(app: &Arc<App>, webhook_url: String) -> [JoinHandle<()>; 5] {
    let (payments, db) = (app.payments.clone(), app.db.clone());
    let (app, gateway, keys) = (app.clone(), app.gateway.clone(), app.clone());
    let webhook_url: Arc<str> = webhook_url.into();
    [
        tokio::spawn(repeat("holds that are over", EXPIRY_INTERVAL, move || {
            expire_holds(app.clone())
        })),
        tokio::spawn(repeat("payments", RECOVERY_INTERVAL, move || {
            let payments = payments.clone();
            async move { payments.recover().await }
        })),
        tokio::spawn(repeat("the clock", CLOCK_INTERVAL, move || {
            let db = db.clone();
            async move { db.read_clock().await.map(|()| 0) }
        })),
        tokio::spawn(repeat("the signing keys", KEYS_INTERVAL, move || {
            let app = keys.clone();
            async move { app.access.refresh().await.map(|()| 0) }
        })),
        tokio::spawn(repeat("the gateway's work", GATEWAY_INTERVAL, move || {
            let (gateway, webhook_url) = (gateway.clone(), webhook_url.clone());
            async move { gateway.run_due_work(&webhook_url).await }
        })),
    ]
}

/// Runs a round of work at intervals, forever.
async fn repeat<F, R, E>(what: &'static str, interval: Duration, round: F)
where
    F: Fn() -> R,
    R: Future<Output = Result<usize, E>>,
    E: std::fmt::Display,
{
    let mut tick = tokio::time::interval(interval);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        match round().await {
            Ok(done) => {
                failing = false;
                if done > 0 {
                    log::debug!("{what}: {done} done");
                }
            }
            // Logged once, not every second while the database is unavailable.
            Err(error) if !failing => {
                failing = true;
                log::error!("{what} cannot be looked after: {error}");
            }
            Err(_) => {}
        }
    }
}

/// Expires overdue holds. Returns how many.
async fn expire_holds(app: Arc<App>) -> Result<usize, Error> {
    let mut ended = 0;
    for event in release::events_with_overdue_holds(&app.db).await? {
        ended += app.lanes.expire(event).await?;
    }
    Ok(ended)
}
