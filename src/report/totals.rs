//! The totals of an event: what is sold, held, blocked and free, and what it has brought in, tier by tier and by how it was
//! paid.

use super::Reports;
use super::kept::{Sales, TierSales, Way};
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
    /// Tickets that are kept off sale.
    pub blocked: i64,
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
        let of = |number: fn(&TierCount) -> i32| count.map_or(0, |count| number(count).into());
        let sold = if is_shared {
            sales.tickets - sales.cancelled_tickets
        } else {
            of(|count| count.sold)
        };
        Self {
            capacity: tier.capacity.into(),
            sold,
            held: of(|count| count.held),
            free: of(|count| count.available),
            blocked: of(|count| count.blocked),
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
        self.blocked += other.blocked;
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
    /// What was sold by how it was paid, all four ways.
    pub ways: Vec<(Way, TierSales)>,
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
            ways: ways(&sales),
            all,
            tiers,
        })
    }
}

/// The sums of each way: what none other has was paid by card.
fn ways(sales: &Sales) -> Vec<(Way, TierSales)> {
    let mut card = TierSales::default();
    let add = |sum: &mut TierSales, other: &TierSales, sign: i64| {
        sum.tickets += sign * other.tickets;
        sum.minor += sign * other.minor;
        sum.cancelled_tickets += sign * other.cancelled_tickets;
        sum.cancelled_minor += sign * other.cancelled_minor;
    };
    sales
        .tiers
        .iter()
        .for_each(|(_, tier)| add(&mut card, tier, 1));
    sales
        .ways
        .iter()
        .for_each(|(_, way)| add(&mut card, way, -1));
    let of_way = |way: Way| {
        let known = sales.ways.iter().find(|(known, _)| *known == way);
        known.map(|(_, sums)| *sums).unwrap_or_default()
    };
    Way::ALL
        .map(|way| (way, if way == Way::Card { card } else { of_way(way) }))
        .to_vec()
}
