//! The totals of an event: what is sold, held, blocked and free, and what it has brought in, tier by tier and by how it was
//! paid. What was paid by hand for dearer tickets is among the money of their tier and of its way, and shown once more by
//! itself.

use super::kept::{TierSales, Way};
use super::{Reports, Sold};
use crate::availability::TierCount;
use crate::catalog::{Event, Tier};
use crate::payment::Method;
use crate::postgres::Error;
use crate::types::{TierCode, TierNo, Timestamp};

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
    /// What of the money was paid by hand for dearer tickets in exchange; of no tickets.
    pub differences: TierSales,
}

impl Reports {
    /// The totals of an event, as they were a second or two ago.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn totals(&self, event: &Event) -> Result<Totals, Error> {
        let (counts, sold) =
            futures::future::try_join(self.availability.of(event), self.sold(event)).await?;
        let tiers = event.tiers.iter().map(|tier| {
            let of_tier = sold.sales.tiers.iter().find(|(no, _)| *no == tier.no);
            let mut sales = of_tier.map(|(_, sales)| *sales).unwrap_or_default();
            add(&mut sales, &sold.paid_by_hand(Some(tier.no), None), 1);
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
            as_of: sold.sales.as_of,
            bookings: sold.sales.confirmed,
            bookings_cancelled: sold.sales.cancelled,
            ways: ways(&sold),
            differences: sold.paid_by_hand(None, None),
            all,
            tiers,
        })
    }
}

impl Sold {
    /// What was paid by hand for dearer tickets: of one tier or of all, one way or each.
    fn paid_by_hand(&self, tier: Option<TierNo>, method: Option<Method>) -> TierSales {
        let of_tier = self
            .differences
            .iter()
            .filter(|sum| tier.is_none_or(|tier| sum.tier == tier));
        let its = of_tier.filter(|sum| method.is_none_or(|method| sum.method == method));
        its.fold(TierSales::default(), |all, sum| TierSales {
            minor: all.minor + sum.taken_minor,
            cancelled_minor: all.cancelled_minor + sum.back_minor,
            ..all
        })
    }
}

fn add(sum: &mut TierSales, other: &TierSales, sign: i64) {
    sum.tickets += sign * other.tickets;
    sum.minor += sign * other.minor;
    sum.cancelled_tickets += sign * other.cancelled_tickets;
    sum.cancelled_minor += sign * other.cancelled_minor;
}

/// The sums of each way: what none other has was paid by card.
fn ways(sold: &Sold) -> Vec<(Way, TierSales)> {
    let sales = &sold.sales;
    let mut card = TierSales::default();
    for (_, tier) in &sales.tiers {
        add(&mut card, tier, 1);
    }
    for (_, way) in &sales.ways {
        add(&mut card, way, -1);
    }
    let of_way = |way: Way| {
        let known = sales.ways.iter().find(|(known, _)| *known == way);
        let mut sums = known.map(|(_, sums)| *sums).unwrap_or_default();
        let method = match way {
            Way::Card => return card,
            Way::Complimentary => return sums,
            Way::Cash => Method::Cash,
            Way::Terminal => Method::Terminal,
        };
        add(&mut sums, &sold.paid_by_hand(None, Some(method)), 1);
        sums
    };
    Way::ALL.map(|way| (way, of_way(way))).to_vec()
}
