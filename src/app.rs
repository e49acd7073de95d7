//! The application: what handlers share, and how it is run and stopped.
//!
//! Interrupted, it takes no new connections, lets requests in flight finish, empties the lanes,
//! and returns; whoever owns the database stops it after that.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpServer, web as actix};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::allocator::{Lanes, release};
use crate::availability::Availability;
use crate::catalog::Catalog;
use crate::config::ServeConfig;
use crate::db::{Db, Error};
use crate::payment::Payments;
use crate::payment::gateway::{Deliveries, Gateway, SimulatedGateway};
use crate::payment::signature::SigningKey;
use crate::ticket;
use crate::web;

/// How often holds that are over are looked for.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);
/// How often payments that somebody must look after are looked for.
const RECOVERY_INTERVAL: Duration = Duration::from_secs(1);
/// How often the database's clock is read.
const CLOCK_INTERVAL: Duration = Duration::from_secs(10);
/// How often the simulated gateway looks for webhooks to send.
const DELIVERY_INTERVAL: Duration = Duration::from_millis(500);

/// What handlers share. One for the process.
#[derive(Debug)]
pub struct App {
    /// The way to PostgreSQL.
    pub db: Db,
    /// Venues, events, tiers.
    pub catalog: Catalog,
    /// The way to tickets.
    pub lanes: Lanes,
    /// The way to money.
    pub payments: Payments,
    /// The key that ticket codes are signed with.
    pub ticket_key: ticket::Keeper,
    /// The counts that buyers see.
    pub availability: Availability,
    signing_key: Arc<SigningKey>,
    config: ServeConfig,
    draining: CancellationToken,
    viewers: Arc<Semaphore>,
}

/// The right to keep a stream open.
pub struct Viewer(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl App {
    /// Over a database whose schema is up to date. Must be called on the runtime that is to do the
    /// work behind the requests.
    pub fn new(db: Db, config: ServeConfig) -> Arc<Self> {
        let gateway = SimulatedGateway::new(db.clone(), config.payment.gateway.clone());
        Self::with_gateway(db, config, Arc::new(gateway))
    }

    /// As [`App::new`], with another gateway.
    pub fn with_gateway(db: Db, config: ServeConfig, gateway: Arc<dyn Gateway>) -> Arc<Self> {
        #[cfg(feature = "fault-points")]
        if let Some(fault) = &config.fault {
            crate::fault::arm(fault);
        }
        let availability = Availability::new(db.clone());
        let hold = Duration::from_secs(config.hold_seconds.into());
        let lanes = Lanes::new(
            db.clone(),
            config.allocator.clone(),
            hold,
            Arc::new(availability.clone()),
        );
        let secret = config.payment.webhook_secret.clone();
        let signing_key = Arc::new(SigningKey::new(db.clone(), secret));
        let payments = Payments::new(
            db.clone(),
            gateway,
            lanes.clone(),
            signing_key.clone(),
            config.payment.clone(),
        );
        Arc::new(Self {
            catalog: Catalog::new(db.clone()),
            ticket_key: ticket::Keeper::new(db.clone()),
            db,
            lanes,
            payments,
            availability,
            draining: CancellationToken::new(),
            viewers: Arc::new(Semaphore::new(config.streams)),
            signing_key,
            config,
        })
    }

    /// A place among those who watch a stream, unless all are taken.
    pub fn viewer(&self) -> Option<Viewer> {
        self.viewers.clone().try_acquire_owned().ok().map(Viewer)
    }

    /// Done when the server begins to drain.
    pub async fn draining(&self) {
        self.draining.cancelled().await;
    }

    /// Serves until `shutdown` is done, then drains.
    ///
    /// # Errors
    /// The listener cannot be used.
    pub async fn run(
        self: Arc<Self>,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> std::io::Result<()> {
        let deliveries = self.deliveries(listener.local_addr()?)?;
        let data = actix::Data::from(self.clone());
        let server = HttpServer::new(move || {
            actix_web::App::new().configure(|routes| web::configure(routes, &data))
        })
        .workers(self.config.workers())
        .backlog(4096)
        .disable_signals()
        .shutdown_timeout(self.config.drain_seconds.into())
        .listen(listener)?
        .run();
        let handle = server.handle();
        let server = tokio::spawn(server);
        let tasks = self.start_tasks(deliveries);
        shutdown.await;
        log::info!("draining: no new connections, requests in flight finish");
        self.draining.cancel();
        handle.stop(true).await;
        for task in tasks {
            task.abort();
        }
        let limit = Duration::from_secs(self.config.drain_seconds.into());
        self.payments.drain(limit).await;
        self.lanes.drain().await;
        self.db.close();
        server.await.map_err(std::io::Error::other)?
    }

    /// The simulated gateway's webhooks come to this server, unless the settings say otherwise.
    fn deliveries(&self, listening: SocketAddr) -> std::io::Result<Deliveries> {
        let url = self.config.payment.gateway.gateway_webhook_url.clone();
        let url = url.unwrap_or_else(|| {
            let port = listening.port();
            let here = match listening.ip() {
                IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
                ip => ip,
            };
            format!(
                "http://{}/api/payments/webhook",
                SocketAddr::new(here, port)
            )
        });
        Deliveries::new(self.db.clone(), self.signing_key.clone(), url)
            .map_err(std::io::Error::other)
    }

    /// What goes on behind the requests. Safe with any number of processes.
    fn start_tasks(self: &Arc<Self>, deliveries: Deliveries) -> [JoinHandle<()>; 4] {
        let (app, payments, db) = (self.clone(), self.payments.clone(), self.db.clone());
        let deliveries = Arc::new(deliveries);
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
            tokio::spawn(repeat("webhooks", DELIVERY_INTERVAL, move || {
                let deliveries = deliveries.clone();
                async move { deliveries.deliver().await }
            })),
        ]
    }
}

/// Does a round of work again and again, for ever.
async fn repeat<F, R>(what: &'static str, interval: Duration, round: F)
where
    F: Fn() -> R,
    R: Future<Output = Result<usize, Error>>,
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
            // Said once, not every second for as long as the database is away.
            Err(error) if !failing => {
                failing = true;
                log::error!("{what} cannot be looked after: {error}");
            }
            Err(_) => {}
        }
    }
}

/// Ends holds that are over. How many.
async fn expire_holds(app: Arc<App>) -> Result<usize, Error> {
    let mut ended = 0;
    for event in release::events_with_overdue_holds(&app.db).await? {
        ended += app.lanes.expire(event).await?;
    }
    Ok(ended)
}
