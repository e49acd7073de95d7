//! What becomes of a batch that has failed.
//!
//! What must hold: each of its orders is tried again or answered; one that cannot be written fails no other.

use super::{Lane, RECONNECT_PAUSE_MAX, Step};
use crate::allocator::figures::BatchEnd;
use crate::allocator::order::Outcome;
use crate::allocator::waiting::Batch;
use crate::postgres::Error;
use crate::types::Reference;

/// Into how many a batch is divided in which one order waits in vain: twice, and it is alone.
const PARTS: usize = 16;
/// How often an order is tried when the database fails.
const ORDER_ATTEMPTS_MAX: u32 = 6;

impl Lane {
    /// Handles a failed batch. After a conflict or a broken connection it is retried: the keys tell what an
    /// earlier attempt has committed. One order that cannot be written must not fail its neighbours: the batch
    /// is halved until that order is alone and gets the error. An order that waits in vain for another process,
    /// which has inserted its buyer's next booking and does not commit, is found in fewer steps, because each
    /// takes as long as that wait. Returns whether the connection is still usable.
    pub(super) fn set_aside(&mut self, mut batch: Batch, error: Error, step: Step) -> bool {
        let is_broken = matches!(error, Error::Unavailable(_));
        if is_broken {
            self.reconnect_pause = (self.reconnect_pause * 2).min(RECONNECT_PAUSE_MAX);
        }
        let is_passing = is_broken
            || matches!(error, Error::Conflict(_))
            || error.is_unique_violation("bookings_turn")
            || is_reference_taken(&error);
        if step == Step::Second && error.is_lock_timeout() {
            log::debug!("a batch of {} orders waits in vain: {error}", batch.len());
            self.shared.figures.end(BatchEnd::Divided);
            self.divide(batch, error);
        } else if is_passing {
            log::debug!("a batch of {} orders failed: {error}", batch.len());
            self.shared.figures.end(BatchEnd::Retried);
            self.retry(batch, &error);
        } else if batch.len() > 1 {
            log::warn!("a batch of {} orders is halved: {error}", batch.len());
            self.shared.figures.end(BatchEnd::Halved);
            let rest = batch.split_off(batch.len() / 2);
            self.failed.extend([rest, batch]);
        } else if let Some(waiting) = batch.pop() {
            waiting.answer.send(Outcome::Failed(error)).ok();
        }
        !is_broken
    }

    fn divide(&mut self, mut batch: Batch, error: Error) {
        if batch.len() == 1 {
            let alone = batch.remove(0);
            alone.answer.send(Outcome::Failed(error)).ok();
            return;
        }
        let size = batch.len().div_ceil(PARTS);
        while !batch.is_empty() {
            let part = batch.split_off(batch.len().saturating_sub(size));
            self.failed.push(part);
        }
    }

    fn retry(&mut self, batch: Batch, error: &Error) {
        let mut retries = Vec::with_capacity(batch.len());
        for mut waiting in batch {
            waiting.attempts += 1;
            if is_reference_taken(error) {
                waiting.reference = Reference::make();
            }
            if waiting.attempts < ORDER_ATTEMPTS_MAX {
                retries.push(waiting);
            } else {
                let error = Error::Unavailable(error.to_string());
                waiting.answer.send(Outcome::Failed(error)).ok();
            }
        }
        if !retries.is_empty() {
            self.shared.figures.retry_failed(retries.len());
            self.failed.push(retries);
        }
    }
}

/// Whether a booking that is confirmed at once has the reference of another one of its event: nothing was written, and
/// a new one is as good.
fn is_reference_taken(error: &Error) -> bool {
    error.is_unique_violation("bookings_reference_key")
}
