//! The tries of an order that is allocated in a transaction of its own and not through a lane.
//!
//! What must hold: each try has the same id, so that one which was committed although its answer was lost is known
//! by it; tries and waiting are bounded.

use std::time::{Duration, Instant};

use crate::allocator::{Candidate, Lanes, Order, Outcome, Verdict};
use crate::postgres::Error;
use crate::types::{BookingId, EventNo, Reference};

/// The pause before an order is tried again whose tickets others hold.
const PAUSE: Duration = Duration::from_millis(5);
/// How often an order is tried when the same buyer books elsewhere at the same time, or its reference is taken.
const FAILURES_MAX: u32 = 5;

/// The tries of one order.
#[derive(Debug)]
pub(super) struct Attempts {
    id: BookingId,
    reference: Reference,
    wait_until: Instant,
    failures: u32,
}

impl Attempts {
    /// An order that waits so long for tickets that orders in flight have locked, or overdue holds give back.
    pub(super) fn new(wait: Duration) -> Self {
        Self {
            id: BookingId::make(),
            reference: Reference::make(),
            wait_until: Instant::now() + wait,
            failures: 0,
        }
    }

    /// The order as the next try has it.
    pub(super) fn name(&self) -> (BookingId, Reference) {
        (self.id, self.reference)
    }

    /// What has come of a try that made no booking and was rolled back; `None` if the order is to be tried again, after
    /// the pause that has been made.
    pub(super) async fn refused(
        &self,
        lanes: &Lanes,
        event: EventNo,
        verdict: Verdict,
    ) -> Result<Option<Outcome>, Error> {
        let shortages = match verdict {
            Verdict::Done(outcome) => return Ok(Some(outcome)),
            Verdict::Held(shortages) => shortages,
            Verdict::Overdue(shortages) => {
                lanes.expire(event).await?;
                shortages
            }
        };
        if Instant::now() >= self.wait_until {
            let may_free_at = None;
            return Ok(Some(Outcome::HeldByOthers {
                shortages,
                may_free_at,
            }));
        }
        tokio::time::sleep(PAUSE).await;
        Ok(None)
    }

    /// Whether the order is to be tried again after this.
    ///
    /// # Errors
    /// The same, if not.
    pub(super) fn failed(&mut self, error: Error) -> Result<(), Error> {
        let is_reference = error.is_unique_violation("bookings_reference_key");
        if is_reference {
            self.reference = Reference::make();
        }
        self.failures += 1;
        let is_passing = is_reference || error.is_unique_violation("bookings_turn");
        if is_passing && self.failures < FAILURES_MAX {
            Ok(())
        } else {
            Err(error)
        }
    }
}

/// The order with the name of a try.
pub(super) fn candidate((id, reference): (BookingId, Reference), order: &Order) -> Candidate<'_> {
    Candidate {
        id,
        reference,
        order,
    }
}
