//! What handlers and background tasks share. Knows nothing of HTTP routes: `server` runs it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::access::connections::{Connections, raise_file_limit};
use crate::access::limits::Limits;
use crate::allocator::Lanes;
use crate::availability::Availability;
use crate::catalog::Catalog;
use crate::config::ServeConfig;
use crate::gateway::Gateway;
use crate::gateway::simulated::SimulatedGateway;
use crate::payment::Payments;
use crate::postgres::Db;
use crate::ticket;

/// What handlers share. One for the process.
pub struct App {
    /// The way to PostgreSQL.
    pub db: Db,
    /// Venues, events, tiers.
    pub catalog: Catalog,
    /// The way to tickets.
    pub lanes: Lanes,
    /// The way to money.
    pub payments: Payments,
    /// Who moves it.
    pub gateway: Arc<dyn Gateway>,
    /// The key that ticket codes are signed with.
    pub ticket_key: ticket::Keeper,
    /// The counts that buyers see.
    pub availability: Availability,
    /// How often a client may do what.
    pub limits: Limits,
    /// The connections of clients.
    pub connections: Arc<Connections>,
    /// The settings in force.
    pub config: ServeConfig,
    draining: CancellationToken,
    viewers: Arc<Semaphore>,
}

/// The right to keep a stream open.
pub struct Viewer(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl App {
    /// Over a database whose schema is up to date. Raises the number of files that the process may open, of
    /// which the number of connections follows. Must be called on the runtime that is to do the
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
        let payments = Payments::new(
            db.clone(),
            gateway.clone(),
            lanes.clone(),
            config.payment.clone(),
        );
        Arc::new(Self {
            catalog: Catalog::new(db.clone()),
            ticket_key: ticket::Keeper::new(db.clone()),
            db,
            lanes,
            payments,
            gateway,
            availability,
            limits: Limits::new(config.limits.clone()),
            connections: Connections::new(&config.limits, raise_file_limit()),
            draining: CancellationToken::new(),
            viewers: Arc::new(Semaphore::new(config.streams)),
            config,
        })
    }

    /// A place among those who watch a stream, unless all are taken.
    pub fn viewer(&self) -> Option<Viewer> {
        self.viewers.clone().try_acquire_owned().ok().map(Viewer)
    }

    /// The server begins to drain: streams end.
    pub fn drain(&self) {
        self.draining.cancel();
    }

    /// Done when the server begins to drain.
    pub async fn draining(&self) {
        self.draining.cancelled().await;
    }
}
