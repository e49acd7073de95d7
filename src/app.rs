//! [`App`]: the values that handlers and background tasks share, made once for the process.
//!
//! It only holds them and connects one to another. No logic and no HTTP types here: `web` has the routes,
//! `server` runs the tasks.

pub mod health;
mod providers;
pub mod tasks;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::access::Access;
use crate::access::connections::{Connections, raise_file_limit};
use crate::access::limits::Limits;
use crate::access::organiser::Organisers;
use crate::allocator::Lanes;
use crate::allocator::expiry::Expiry;
use crate::availability::Availability;
use crate::catalog::Catalog;
use crate::config::ServeConfig;
use crate::gateway::simulated::SimulatedGateway;
use crate::gateway::stripe::config::StripeConfig;
use crate::gateway::{Gateway, Gateways};
use crate::metrics::Sheet;
use crate::payment::Payments;
use crate::postgres::{Db, Observed, Purpose, Reads};
use crate::report::Reports;
use crate::ticket;
use crate::types::Invalid;
use health::Health;
use tasks::Tasks;

/// What handlers share. One for the process.
pub struct App {
    /// The connections to PostgreSQL.
    pub db: Db,
    /// Where readers read: from `db` too, or from a replica of it.
    pub reads: Reads,
    /// Venues, events, tiers.
    pub catalog: Catalog,
    /// The queues through which orders reach the allocator.
    pub lanes: Lanes,
    /// Ends overdue holds.
    pub expiry: Expiry,
    /// Charges and refunds.
    pub payments: Payments,
    /// The payment providers that they use.
    pub gateways: Gateways,
    /// The simulated one, whose bank has a page here.
    pub simulated: SimulatedGateway,
    /// The account at Stripe, if there is one: what its script needs.
    pub stripe: Option<StripeConfig>,
    /// What proves who someone is.
    pub access: Access,
    /// The people of the organiser's side.
    pub organisers: Organisers,
    /// The codes on tickets.
    pub codes: ticket::Codes,
    /// The counts that buyers see.
    pub availability: Availability,
    /// What organisers see.
    pub reports: Reports,
    /// How often a client may do what.
    pub limits: Limits,
    /// The connections of clients.
    pub connections: Arc<Connections>,
    /// Whether this process can sell.
    pub health: Health,
    /// How the background tasks get on.
    pub tasks: Tasks,
    /// What PostgreSQL has last said of itself.
    pub observed: Observed,
    /// The settings in force.
    pub config: ServeConfig,
    leaving: AtomicBool,
    draining: CancellationToken,
    viewers: Arc<Semaphore>,
}

/// A permit to keep a stream open.
pub struct Viewer(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl App {
    /// Uses a database whose schema is up to date, and perhaps a replica. Raises the number of files that the
    /// process may open, of which the number of connections follows. Must be called on the runtime that is to run
    /// the work behind the requests.
    ///
    /// # Errors
    /// What the settings say of payment providers cannot be, in words for the operator.
    pub fn new(reads: impl Into<Reads>, config: ServeConfig) -> Result<Arc<Self>, Invalid> {
        let reads = reads.into();
        let gateway = config.payment.gateway.clone();
        let simulated = SimulatedGateway::new(reads.primary().clone(), gateway);
        let (gateways, stripe) = providers::read(&config, reads.primary(), &simulated)?;
        Ok(Self::with_gateways(
            reads, config, simulated, gateways, stripe,
        ))
    }

    /// As [`App::new`], with another gateway that takes new payments.
    pub fn with_gateway(
        reads: impl Into<Reads>,
        config: ServeConfig,
        gateway: Arc<dyn Gateway>,
    ) -> Arc<Self> {
        let reads = reads.into();
        let settings = config.payment.gateway.clone();
        let simulated = SimulatedGateway::new(reads.primary().clone(), settings);
        Self::with_gateways(
            reads,
            config,
            simulated,
            Gateways::new(gateway, Vec::new()),
            None,
        )
    }

    fn with_gateways(
        reads: Reads,
        config: ServeConfig,
        simulated: SimulatedGateway,
        gateways: Gateways,
        stripe: Option<StripeConfig>,
    ) -> Arc<Self> {
        let db = reads.primary().clone();
        #[cfg(feature = "fault-points")]
        if let Some(fault) = &config.fault {
            crate::fault::arm(fault);
        }
        #[cfg(feature = "fault-points")]
        crate::types::clock::set_ahead(config.clock_ahead_seconds);
        #[cfg(feature = "fault-points")]
        crate::types::watched::watch_no_more_than(config.watched);
        let availability = Availability::new(reads.clone());
        let hold = Duration::from_secs(config.hold_seconds.into());
        let lanes = Lanes::new(
            db.of(Purpose::Sale),
            config.allocator.clone(),
            hold,
            Arc::new(availability.clone()),
        );
        let payments = Payments::new(
            db.clone(),
            gateways.clone(),
            lanes.clone(),
            config.payment.clone(),
        );
        Arc::new(Self {
            access: Access::new(db.clone()),
            organisers: Organisers::new(db.clone(), config.organisers.clone()),
            reports: Reports::new(&db, availability.clone()),
            catalog: Catalog::new(reads.clone()),
            expiry: Expiry::new(db.of(Purpose::Sale), lanes.clone()),
            codes: ticket::Codes::new(db.clone()),
            health: Health::new(db.of(Purpose::Sale), lanes.clone()),
            tasks: Tasks::default(),
            observed: Observed::default(),
            db,
            reads,
            lanes,
            payments,
            gateways,
            simulated,
            stripe,
            availability,
            limits: Limits::new(config.limits.clone()),
            connections: Connections::new(&config.limits, raise_file_limit()),
            leaving: AtomicBool::new(false),
            draining: CancellationToken::new(),
            viewers: Arc::new(Semaphore::new(config.streams)),
            config,
        })
    }

    /// A permit for one more stream; `None` if the maximum is reached.
    pub fn viewer(&self) -> Option<Viewer> {
        self.viewers.clone().try_acquire_owned().ok().map(Viewer)
    }

    /// Tells how many streams are open.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn tell_streams(&self, sheet: &mut Sheet<'_>) -> std::fmt::Result {
        let (max, free) = (self.config.streams, self.viewers.available_permits());
        let open = max.saturating_sub(free) as f64;
        sheet.gauge("streams", "Streams of availability that are open", open)?;
        sheet.gauge("streams_max", "Streams at most", max as f64)
    }

    /// From now on the process says that it is not ready, and serves all the same.
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    /// Whether the process is about to stop.
    pub fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    /// Starts draining: streams end, and bodies that have not arrived are not waited for much longer.
    pub fn drain(&self) {
        self.leave();
        self.draining.cancel();
    }

    /// Waits until the server starts draining.
    pub async fn draining(&self) {
        self.draining.cancelled().await;
    }
}
