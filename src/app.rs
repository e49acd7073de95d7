//! The application: what handlers share, and how it is run and stopped.
//!
//! Interrupted, it takes no new connections, lets requests in flight finish, empties the lanes,
//! and returns; whoever owns the database stops it after that.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpServer, web as actix};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::allocator::{Lanes, release};
use crate::availability::Availability;
use crate::catalog::Catalog;
use crate::config::ServeConfig;
use crate::db::Db;
use crate::payment::Payments;
use crate::payment::gateway::SimulatedGateway;
use crate::ticket;
use crate::web;

/// How often holds that are over are looked for.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);

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
        let availability = Availability::new(db.clone());
        let hold = Duration::from_secs(config.hold_seconds.into());
        let lanes = Lanes::new(
            db.clone(),
            config.allocator.clone(),
            hold,
            Arc::new(availability.clone()),
        );
        let given_back = lanes.clone();
        let on_released =
            Arc::new(move |event, released: &[_]| given_back.released(event, released));
        let payments = Payments::new(
            db.clone(),
            Arc::new(SimulatedGateway::default()),
            on_released,
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
        let expiry = tokio::spawn(expire_holds(self.clone()));
        shutdown.await;
        log::info!("draining: no new connections, requests in flight finish");
        self.draining.cancel();
        handle.stop(true).await;
        expiry.abort();
        self.lanes.drain().await;
        self.db.close();
        server.await.map_err(std::io::Error::other)?
    }
}

/// Ends holds that are over, once a second. Safe with any number of processes.
async fn expire_holds(app: Arc<App>) {
    let mut tick = tokio::time::interval(EXPIRY_INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        let round = async {
            for event in release::events_with_overdue_holds(&app.db).await? {
                let ended = app.lanes.expire(event).await?;
                log::debug!("{ended} holds of event {} ended", event.0);
            }
            Ok::<_, crate::db::Error>(())
        };
        match round.await {
            Ok(()) => failing = false,
            // Said once, not every second for as long as the database is away.
            Err(error) if !failing => {
                failing = true;
                log::error!("holds that are over cannot be ended: {error}");
            }
            Err(_) => {}
        }
    }
}
