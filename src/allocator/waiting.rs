//! An order that waits in a lane, and batches of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::order::{Candidate, Order, Outcome, Stock};
use crate::types::{BookingId, Reference};

/// An order in a queue.
pub(super) struct Waiting {
    /// The booking's id in all attempts; given by [`assign_ids`].
    pub(super) id: Option<BookingId>,
    /// The booking's reference in all attempts.
    pub(super) reference: Reference,
    pub(super) order: Order,
    /// What its caller knows of the event.
    pub(super) stock: Arc<Stock>,
    pub(super) answer: oneshot::Sender<Outcome>,
    pub(super) entered: Instant,
    /// How long it waited for its first batch, once that has come.
    pub(super) queued: Option<Duration>,
    pub(super) deadline: Instant,
    /// Until when it may wait for tickets that others hold; set when it first finds them held.
    pub(super) held_until: Option<Instant>,
    /// The earliest time of its next attempt.
    pub(super) retry_at: Instant,
    pub(super) attempts: u32,
}

impl Waiting {
    /// An order that has just arrived.
    pub(super) fn new(
        stock: Arc<Stock>,
        order: Order,
        now: Instant,
        deadline: Instant,
    ) -> (Box<Self>, oneshot::Receiver<Outcome>) {
        let (answer, answered) = oneshot::channel();
        let waiting = Self {
            id: None,
            reference: Reference::make(),
            order,
            stock,
            answer,
            entered: now,
            queued: None,
            deadline,
            held_until: None,
            retry_at: now,
            attempts: 0,
        };
        (Box::new(waiting), answered)
    }
}

/// Orders that are allocated together.
pub(super) type Batch = Vec<Box<Waiting>>;

/// As the allocation takes them.
pub(super) fn candidates(batch: &[Box<Waiting>]) -> Vec<Candidate<'_>> {
    let candidates = batch.iter().map(|waiting| Candidate {
        id: waiting.id.expect("assigned on admission"),
        reference: waiting.reference,
        order: &waiting.order,
    });
    candidates.collect()
}

/// Gives the bookings of a batch their ids in the order in which it inserts them: then they and their items
/// are appended at the right edge of their indexes, on pages that fill up. Orders that were tried before
/// keep their ids, which show whether an earlier attempt has committed.
pub(super) fn assign_ids(batch: &mut [Box<Waiting>]) {
    let mut waiting: Vec<_> = batch.iter_mut().collect();
    waiting.sort_unstable_by(|a, b| a.order.identity().cmp(&b.order.identity()));
    for waiting in waiting {
        waiting.id.get_or_insert_with(BookingId::make);
    }
}
