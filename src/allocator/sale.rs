//! The sale's state and the known idempotency keys, as the first step of a batch has read them.
//!
//! What must hold: a key that has made a booking is answered with that booking, also when the sale is closed
//! or nothing is left. Whether it is open is decided by the database's clock.

use tokio_postgres::Row;

use super::order::{Candidate, Outcome, Verdict};
use crate::types::{BookingId, Fingerprint, Timestamp};

/// Whether the sale is open, by the database's clock, and what the keys have booked before.
pub(super) struct Sale {
    /// The time of the transaction.
    pub(super) now: Timestamp,
    closed: Option<Closed>,
    /// In the order of the orders.
    known: Vec<Option<(BookingId, Fingerprint)>>,
}

/// Why nothing is sold.
enum Closed {
    NotYet(Timestamp),
    Over,
}

impl Sale {
    /// Reads the rows of `sale_and_known_keys.sql`; `keys` is the number of keys.
    pub(super) fn read(rows: &[Row], keys: usize) -> Self {
        let (now, closed) = match rows.first() {
            Some(row) if row.get("over") => (row.get("now"), Some(Closed::Over)),
            Some(row) if row.get("opened") => (row.get("now"), None),
            Some(row) => (row.get("now"), Some(Closed::NotYet(row.get("on_sale_at")))),
            None => (Timestamp::default(), Some(Closed::Over)),
        };
        let mut known = vec![None; keys];
        for row in rows {
            if let Some(n) = row.get::<_, Option<i64>>("n") {
                known[n as usize - 1] = Some((row.get("id"), row.get("request_fingerprint")));
            }
        }
        Self { now, closed, known }
    }

    /// For each order the answer if its key has made a booking before, otherwise `None`.
    pub(super) fn replays(&self, orders: &[Candidate<'_>]) -> Vec<Option<Outcome>> {
        let replay = |(order, before): (&Candidate<'_>, &Option<(BookingId, Fingerprint)>)| {
            let (id, fingerprint) = (*before)?;
            Some(if id == order.id {
                Outcome::Committed(id)
            } else if fingerprint == order.fingerprint {
                Outcome::Replay(id)
            } else {
                Outcome::KeyReused
            })
        };
        orders.iter().zip(&self.known).map(replay).collect()
    }

    /// If the sale is not open, the answer to each order: a replay, or a refusal. `None` if it is open.
    pub(super) fn refusals(&self, orders: &[Candidate<'_>]) -> Option<Vec<Verdict>> {
        let closed = self.closed.as_ref()?;
        let refusal = || match closed {
            Closed::NotYet(on_sale_at) => Outcome::NotYetOnSale(*on_sale_at),
            Closed::Over => Outcome::SaleOver,
        };
        let outcomes = self.replays(orders).into_iter();
        let outcomes = outcomes.map(|replay| replay.unwrap_or_else(refusal));
        Some(outcomes.map(Verdict::Done).collect())
    }
}
