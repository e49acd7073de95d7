//! The sale's state and the known idempotency keys, as the first step of a batch has read them.
//!
//! What must hold: a key that has made a booking is answered with that booking, also when the sale is closed
//! or nothing is left. Whether it is open is decided by the database's clock.

use std::time::Duration;

use tokio_postgres::Row;

use super::order::{Candidate, Outcome, Verdict};
use crate::types::{BookingId, Fingerprint, Timestamp};

/// Whether the sale is open, by the database's clock, and what the keys have booked before.
pub(super) struct Sale {
    /// The time of the transaction.
    pub(super) now: Timestamp,
    closed: Option<Closed>,
    /// Whether the event has tickets that may be given away, whatever the time.
    is_published: bool,
    /// The tickets of the event that one buyer may hold or own.
    pub(super) max_tickets_per_buyer: i64,
    /// For how long a booking keeps its tickets, if the event says so.
    pub(super) hold: Option<Duration>,
    /// In the order of the orders.
    known: Vec<Known>,
}

/// What an order's buyer has of the event already.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// What the order's key has booked.
    booked: Option<(BookingId, Fingerprint)>,
    /// Tickets that the buyer holds or owns.
    pub(super) held: i64,
    /// The number of the buyer's last booking that has one.
    pub(super) last_turn: i32,
}

/// Why nothing is sold.
enum Closed {
    NotYet(Timestamp),
    Over,
    CalledOff,
}

impl Sale {
    /// Reads the rows of `sale_and_known_keys.sql`; `keys` is the number of keys.
    pub(super) fn read(rows: &[Row], keys: usize) -> Self {
        let (now, closed) = match rows.first() {
            Some(row) if row.get("called_off") => (row.get("now"), Some(Closed::CalledOff)),
            Some(row) if row.get("over") => (row.get("now"), Some(Closed::Over)),
            Some(row) if row.get("opened") => (row.get("now"), None),
            Some(row) => (row.get("now"), Some(Closed::NotYet(row.get("on_sale_at")))),
            None => (Timestamp::default(), Some(Closed::Over)),
        };
        let is_published = rows.first().is_some_and(|row| row.get("published"));
        let limit: i32 = (rows.first()).map_or(0, |row| row.get("max_tickets_per_buyer"));
        let seconds: Option<i32> = rows.first().and_then(|row| row.get("hold_seconds"));
        let mut known = vec![Known::default(); keys];
        for row in rows {
            if let Some(n) = row.get::<_, Option<i64>>("n") {
                let id: Option<BookingId> = row.get("id");
                known[n as usize - 1] = Known {
                    booked: id.map(|id| (id, row.get("request_fingerprint"))),
                    held: row.get("held"),
                    last_turn: row.get("last_turn"),
                };
            }
        }
        Self {
            now,
            closed,
            is_published,
            max_tickets_per_buyer: i64::from(limit),
            hold: seconds.map(|seconds| Duration::from_secs(seconds.unsigned_abs().into())),
            known,
        }
    }

    /// For each order the answer if its key has made a booking before, otherwise `None`.
    pub(super) fn replays(&self, orders: &[Candidate<'_>]) -> Vec<Option<Outcome>> {
        let replay = |(order, known): (&Candidate<'_>, &Known)| {
            let (id, fingerprint) = known.booked?;
            Some(if id == order.id {
                Outcome::Committed(id)
            } else if fingerprint == order.fingerprint {
                Outcome::Replay(id)
            } else {
                Outcome::KeyReused(id)
            })
        };
        orders.iter().zip(&self.known).map(replay).collect()
    }

    /// For each order what its buyer has.
    pub(super) fn known(&self) -> &[Known] {
        &self.known
    }

    /// If nobody may take a ticket, or the sale is not open and no order is an organiser's, the answer to each order: a
    /// replay, or a refusal.
    pub(super) fn refusals(&self, orders: &[Candidate<'_>]) -> Option<Vec<Verdict>> {
        self.closed.as_ref()?;
        if self.is_published && orders.iter().any(|order| order.is_organisers()) {
            return None;
        }
        let refusal = |(replay, order): (Option<Outcome>, _)| {
            replay.or_else(|| self.refusal(order)).map(Verdict::Done)
        };
        self.replays(orders)
            .into_iter()
            .zip(orders)
            .map(refusal)
            .collect()
    }

    /// Why this order may have no ticket now, if it may not.
    pub(super) fn refusal(&self, order: &Candidate<'_>) -> Option<Outcome> {
        if self.is_published && order.is_organisers() {
            return None;
        }
        Some(match self.closed.as_ref()? {
            Closed::NotYet(on_sale_at) => Outcome::NotYetOnSale(*on_sale_at),
            Closed::Over => Outcome::SaleOver,
            Closed::CalledOff => Outcome::CalledOff,
        })
    }
}
