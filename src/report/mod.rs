//! What organisers see of their events: totals, sales over time, bookings that were found, one booking's history, exports.
//! It reads what other modules write; of its own it has sums alone.
//!
//! What must hold: nothing here delays a sale, and nothing here decides one; a refund is never counted as a sale, and a
//! cancelled booking is still one that was sold; every list and every wait is bounded. Whose events somebody may see is
//! decided before.
//!
//! `kept` adds up what has been sold, little by little, in tables of its own; `totals` and `series` show it. `find` looks
//! for bookings, `history` tells the life of one, `export` writes files.

pub mod export;
mod find;
mod history;
mod kept;
mod series;
mod totals;

use std::sync::Arc;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::sync::Semaphore;

use crate::availability::Availability;
use crate::catalog::Event;
use crate::payment::{self, DifferenceSum};
use crate::postgres::last_known::LastKnown;
use crate::postgres::{Db, Error, Purpose};
use crate::types::EventNo;

pub use find::{CLUE_MAX, FOUND_MAX, Found, Places, Within};
pub use history::{Moment, What};
pub use kept::{TierSales, Way};
pub use series::{Bucket, By, Series};
pub use totals::{TierTotals, Totals};

/// Events whose totals a process keeps at most.
const EVENTS_MAX: u64 = 1_000;
/// Exports that a process writes at once.
const EXPORTS_MAX: usize = 4;

/// What an event has sold, and what was paid by hand for dearer tickets since, which the kept sums leave out.
struct Sold {
    sales: kept::Sales,
    differences: Vec<DifferenceSum>,
}

/// Reads reports. One for the process; cheap to clone.
#[derive(Clone)]
pub struct Reports {
    db: Db,
    availability: Availability,
    known: Cache<EventNo, Arc<LastKnown<Arc<Sold>>>>,
    exports: Arc<Semaphore>,
}

impl Reports {
    /// Reads from this database.
    pub fn new(db: &Db, availability: Availability) -> Self {
        Self {
            db: db.of(Purpose::Reads),
            availability,
            known: Cache::builder()
                .max_capacity(EVENTS_MAX)
                .eviction_policy(EvictionPolicy::lru())
                .build(),
            exports: Arc::new(Semaphore::new(EXPORTS_MAX)),
        }
    }

    /// What the event has sold, a second ago or two.
    async fn sold(&self, event: &Event) -> Result<Arc<Sold>, Error> {
        let of = kept::Of::new(event);
        let known = self.known.get_with(event.no, Arc::default);
        let ask = || {
            let db = self.db.clone();
            async move {
                let sales = kept::look(&db, of).await?;
                let differences = payment::difference_sums(&db, of.event()).await?;
                Ok(Arc::new(Sold { sales, differences }))
            }
        };
        known.get(&self.db, |_| kept::AGES, ask).await
    }
}
