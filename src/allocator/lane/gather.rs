//! Which orders are in the next batch.
//!
//! What must hold: an order whose caller is gone, or that waited past its deadline, is in none; two orders with one key
//! are not in one; retries do not keep new orders waiting, nor these them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use super::Lane;
use crate::allocator::order::{Outcome, Stock};
use crate::allocator::waiting::{Batch, assign_ids};

impl Lane {
    /// Waits for orders; `None` when the lane is to end.
    pub(super) async fn gather(&mut self) -> Option<Batch> {
        loop {
            if let Some(batch) = self.next_batch() {
                return Some(batch);
            }
            self.progress.end();
            let next_retry = self.retries.front().map(|waiting| waiting.retry_at);
            let pause = next_retry.map_or(self.shared.config.lane_idle(), |at| {
                at.saturating_duration_since(Instant::now())
            });
            let mut received = Vec::new();
            let receive = self.queue.recv_many(&mut received, self.orders_max());
            match tokio::time::timeout(pause, receive).await {
                Ok(0) if next_retry.is_none() => return None,
                Ok(0) => tokio::time::sleep(pause).await,
                Ok(_) => self.fresh.extend(received),
                // Nobody can enter any more; those who just did are served.
                Err(_) if next_retry.is_none() => self.queue.close(),
                Err(_) => {}
            }
        }
    }

    fn orders_max(&self) -> usize {
        usize::from(self.shared.config.batch_orders)
    }

    /// The next batch, unless another lane waits for this connection: more events may sell than there are connections.
    pub(super) fn next_batch_here(&mut self) -> Option<Batch> {
        if self.shared.db.is_wanted() {
            return None;
        }
        self.next_batch()
    }

    /// The orders that wait now, as many as a batch takes; at least half of them are new ones, if enough new
    /// ones wait. `None` if none wait.
    fn next_batch(&mut self) -> Option<Batch> {
        self.freed.move_to(self.number, &mut self.first_free);
        while let Some(batch) = self.failed.pop() {
            let batch = self.admit(batch);
            if !batch.is_empty() {
                return Some(batch);
            }
        }
        let (orders_max, now) = (self.orders_max(), Instant::now());
        let retries = self.retries.iter();
        let due = retries
            .take_while(|waiting| waiting.retry_at <= now)
            .count();
        // With batches of one, a new order and a retry alternate.
        self.retried = !self.retried;
        let share = (orders_max / 2).max(usize::from(self.retried));
        while self.fresh.len() < orders_max - due.min(share) {
            match self.queue.try_recv() {
                Ok(waiting) => self.fresh.push_back(waiting),
                Err(_) => break,
            }
        }
        let fresh = self.fresh.len().min(orders_max - due.min(share));
        let retries = due.min(orders_max - fresh);
        let mut batch: Batch = self.retries.drain(..retries).collect();
        batch.extend(self.fresh.drain(..fresh));
        let batch = self.admit(batch);
        (!batch.is_empty()).then_some(batch)
    }

    /// Drops the orders whose callers are gone and those past their deadline, and keeps back those whose key
    /// is in the batch already: the next batch finds the booking of that key.
    fn admit(&mut self, batch: Batch) -> Batch {
        let now = Instant::now();
        let mut admitted: Batch = Vec::with_capacity(batch.len());
        let mut new = Vec::with_capacity(batch.len());
        let mut keys = HashSet::with_capacity(batch.len());
        for mut waiting in batch {
            if waiting.answer.is_closed() {
                continue;
            }
            if waiting.deadline <= now {
                waiting.answer.send(Outcome::Overloaded).ok();
            } else if keys.insert((waiting.order.buyer, waiting.order.key.clone())) {
                self.learn(&waiting.stock);
                if waiting.queued.is_none() {
                    let queued = now.saturating_duration_since(waiting.entered);
                    waiting.queued = Some(queued);
                    new.push(queued);
                }
                admitted.push(waiting);
            } else {
                waiting.retry_at = now;
                self.retries.push_back(waiting);
            }
        }
        self.shared.figures.leave_queue(new);
        assign_ids(&mut admitted);
        admitted
    }

    /// Merges what an order's caller knows of the event: a tier may have been added.
    fn learn(&mut self, stock: &Arc<Stock>) {
        if !Arc::ptr_eq(stock, &self.known_stock) {
            if *stock != self.known_stock {
                self.stock.learn(stock);
            }
            self.known_stock = stock.clone();
        }
    }
}
