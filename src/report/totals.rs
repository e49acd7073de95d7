//! The totals of an event: what is sold, held and free, and what it has brought in, tier by tier.

use super::Reports;
use super::kept::TierSales;
use crate::availability::TierCount;
use crate::catalog::{Event, Tier};
use crate::postgres::Error;
use crate::types::{TierCode, Timestamp};

/// One tier, or all of them. Tiers that share a stock have the same tickets: `capacity`, `held` and `free` of each are
/// those of the stock, and are in the sum of all tiers once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TierTotals {
    /// Tickets in all.
    pub capacity: i64,
    /// Tickets of confirmed bookings.
    pub sold: i64,
    /// Tickets of pending bookings.
    pub held: i64,
    /// Tickets that anybody may book.
    pub free: i64,
    /// Tickets that were ever sold, those that were given back among them.
    pub sold_ever: i64,
    /// Those that were given back.
    pub cancelled: i64,
    /// What was taken, in minor units of the event's currency.
    pub gross_minor: i64,
    /// What goes back, or has gone back, for cancelled bookings.
    pub refunds_minor: i64,
}

impl TierTotals {
    /// What is left of what was taken, in minor units.
    pub fn net_minor(&self) -> i64 {
        self.gross_minor - self.refunds_minor
    }

    fn of(tier: &Tier, is_shared: bool, count: Option<&TierCount>, sales: TierSales) -> Self {
        let count = count.map_or((0, 0, 0), |count| (count.sold, count.held, count.available));
        let sold = if is_shared {
            sales.tickets - sales.cancelled_tickets
        } else {
            count.0.into()
        };
        Self {
            capacity: tier.capacity.into(),
            sold,
            held: count.1.into(),
            free: count.2.into(),
            sold_ever: sales.tickets,
            cancelled: sales.cancelled_tickets,
            gross_minor: sales.minor,
            refunds_minor: sales.cancelled_minor,
        }
    }

    fn add(&mut self, other: &Self) {
        self.capacity += other.capacity;
        self.sold += other.sold;
        self.held += other.held;
        self.free += other.free;
        self.sold_ever += other.sold_ever;
        self.cancelled += other.cancelled;
        self.gross_minor += other.gross_minor;
        self.refunds_minor += other.refunds_minor;
    }
}

/// The totals of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// When tickets were counted.
    pub counted_at: Timestamp,
    /// Up to when sales and cancellations are added up.
    pub as_of: Timestamp,
    /// Bookings that were confirmed.
    pub bookings: i64,
    /// Those of them that were cancelled.
    pub bookings_cancelled: i64,
    /// All tiers together.
    pub all: TierTotals,
    /// In the event's order.
    pub tiers: Vec<(TierCode, TierTotals)>,
}

impl Reports {
    /// The totals of an event, as they were a second or two ago.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn totals(&self, event: &Event) -> Result<Totals, Error> {
        let (counts, sales) =
            futures::future::try_join(self.availability.of(event), self.sales(event)).await?;
        let tiers = event.tiers.iter().map(|tier| {
            let of_tier = sales.tiers.iter().find(|(no, _)| *no == tier.no);
            let sales = of_tier.map(|(_, sales)| *sales).unwrap_or_default();
            let is_shared = event.sharing(tier).count() > 1;
            let totals = TierTotals::of(tier, is_shared, counts.tier(tier.no), sales);
            (tier.code.clone(), totals)
        });
        let tiers: Vec<_> = tiers.collect();
        let mut all = TierTotals::default();
        for (tier, (_, totals)) in event.tiers.iter().zip(&tiers) {
            all.add(totals);
            if !tier.is_stock() {
                // They are among those of the tier whose stock it shares.
                all.capacity -= totals.capacity;
                all.held -= totals.held;
                all.free -= totals.free;
            }
        }
        Ok(Totals {
            counted_at: counts.as_of,
            as_of: sales.as_of,
            bookings: sales.confirmed,
            bookings_cancelled: sales.cancelled,
            all,
            tiers,
        })
    }
}
