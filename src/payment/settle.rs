//! What follows after the commit of `record` or `cancel`: tells this process's lanes which tickets are free
//! again, and asks the gateway for refunds that are due.
//!
//! What must hold: everything here may be lost and is repeated. A refund becomes due in the transaction that records the
//! charge or cancels the booking, and is recorded when the gateway has confirmed it; if the process
//! dies here or the refund fails, it stays due and recovery retries it.

use std::sync::Arc;
use std::time::Duration;

use super::record::{NotRecorded, Recorded, Source, record};
use super::{GATEWAY_LIMIT, PaymentRef, ledger, wait_for_gateway};
use crate::allocator::{Lanes, Locked};
use crate::fault;
use crate::gateway::Gateway;
use crate::postgres::Db;
use crate::types::{EventNo, PaymentId};

/// The pauses before an answer is recorded again whose tickets others have locked. Locks are held for
/// milliseconds; after the last attempt recovery or the gateway's next webhook records it.
const LOCKED_PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
];

/// Settles payments. Cheap to clone.
#[derive(Clone)]
pub(super) struct Settler {
    pub(super) db: Db,
    pub(super) gateway: Arc<dyn Gateway>,
    pub(super) lanes: Lanes,
}

impl Settler {
    /// Records an answer, and makes the refund that became due.
    pub(super) async fn settle(&self, of: PaymentRef, source: Source) -> Result<(), NotRecorded> {
        if self.record(of, source).await?.refund_due {
            self.refund(of.event, of.payment).await;
        }
        Ok(())
    }

    /// Records an answer. The caller makes the refund that became due.
    ///
    /// If the tickets of an expired booking are not at hand, the event's overdue holds are ended, and locked
    /// tickets are waited for, a bounded time.
    pub(super) async fn record(
        &self,
        of: PaymentRef,
        source: Source,
    ) -> Result<Recorded, NotRecorded> {
        let source = Arc::new(source);
        let mut recorded = record(&self.db, of, &source, Locked::Skip).await;
        for pause in LOCKED_PAUSES {
            if !matches!(recorded, Err(NotRecorded::Locked)) {
                break;
            }
            tokio::time::sleep(pause).await;
            if let Err(error) = self.lanes.expire(of.event).await {
                log::warn!("overdue holds were not ended: {error}");
            }
            recorded = record(&self.db, of, &source, Locked::WaitFor).await;
        }
        let recorded = recorded?;
        self.lanes.released(of.event, &recorded.released);
        for tier in &recorded.retaken {
            let quantity = tier.seats.len() as i32;
            self.lanes.taken(of.event, tier.tier, quantity, &tier.seats);
        }
        Ok(recorded)
    }

    /// Makes a refund that is due, and records it. Returns whether both were done; if not, it stays due.
    pub(super) async fn refund(&self, event: EventNo, id: PaymentId) -> bool {
        let refunded = wait_for_gateway(GATEWAY_LIMIT, self.gateway.refund(id)).await;
        fault::point(fault::REFUNDED);
        if let Err(error) = refunded {
            log::warn!("refund of payment {id}: {error}; it stays due");
            return false;
        }
        if let Err(error) = ledger::set_refunded(&self.db, event, id).await {
            log::warn!("refund of payment {id} was not recorded: {error}; it stays due");
            return false;
        }
        true
    }
}
