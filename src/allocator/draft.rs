//! Which order gets which tickets if a batch commits: decided in memory, over the locked tickets.
//!
//! What must hold: an order whose key has made a booking before takes nothing; an order that cannot be
//! filled takes nothing, and the batch's other orders are served all the same. No I/O.

use super::assign::Pool;
use super::order::{Booked, Candidate, Order, Outcome, Stock, Taken, Verdict};
use super::sale::Sale;
use super::shortage::{FreeCounts, GivenAway};
use super::writes::Held;
use crate::types::{SeatNo, TierNo};

/// The result of each order of a batch.
pub(super) struct Draft<'a> {
    pool: Pool<'a>,
    fills: Vec<Fill>,
    given: GivenAway,
}

enum Fill {
    /// The key has made a booking before.
    Known(Outcome),
    Filled(Vec<Taken>),
    Short,
}

impl<'a> Draft<'a> {
    /// Serves the orders in turn from the locked tickets, ascending; an order that cannot be filled takes
    /// nothing.
    pub(super) fn new(
        stock: &'a Stock,
        orders: &[Candidate<'_>],
        sale: &Sale,
        locked: &[(TierNo, SeatNo)],
    ) -> Self {
        let mut pool = Pool::new(stock, locked);
        let mut given = GivenAway::default();
        let fill = |(order, replay): (&Candidate<'_>, Option<Outcome>)| {
            if let Some(outcome) = replay {
                return Fill::Known(outcome);
            }
            let Some(taken) = pool.take(order) else {
                return Fill::Short;
            };
            for (item, taken) in order.items.iter().zip(&taken) {
                *given.quantities.entry(item.tier).or_insert(0) += item.quantity;
                if taken.together.is_some() {
                    let seats = taken.seats.iter().map(|&seat| (item.tier, seat));
                    given.seats.extend(seats);
                }
            }
            Fill::Filled(taken)
        };
        let fills = orders.iter().zip(sale.replays(orders)).map(fill).collect();
        Self { pool, fills, given }
    }

    /// Whether an order cannot be filled.
    pub(super) fn is_short(&self) -> bool {
        self.fills.iter().any(|fill| matches!(fill, Fill::Short))
    }

    /// The orders that cannot be filled.
    pub(super) fn short_orders<'o>(
        &self,
        orders: &'o [Candidate<'o>],
    ) -> impl Iterator<Item = &'o Order> {
        let fills = orders.iter().zip(&self.fills);
        fills.filter_map(|(order, fill)| matches!(fill, Fill::Short).then_some(order.order))
    }

    /// The orders that are filled, and what each of their items gets.
    pub(super) fn filled<'d, 'o>(
        &'d self,
        orders: &'d [Candidate<'o>],
    ) -> impl Iterator<Item = (Candidate<'o>, &'d [Taken])> {
        let fills = orders.iter().zip(&self.fills);
        fills.filter_map(|(order, fill)| match fill {
            Fill::Filled(taken) => Some((*order, taken.as_slice())),
            Fill::Known(_) | Fill::Short => None,
        })
    }

    /// The tickets that this batch assigns.
    pub(super) fn given(&self) -> &GivenAway {
        &self.given
    }

    /// The first seat of a tier that is locked and not assigned.
    pub(super) fn first_free(&self, tier: TierNo) -> Option<SeatNo> {
        self.pool.first_free(tier)
    }

    /// The verdict of each order once the batch is committed. `counts` is given if any order came up short.
    pub(super) fn verdicts(
        self,
        orders: &[Candidate<'_>],
        held: Held,
        counts: Option<&FreeCounts>,
    ) -> Vec<Verdict> {
        let given = self.given;
        let verdict = |(fill, order): (Fill, &Candidate<'_>)| match (fill, counts) {
            (Fill::Known(outcome), _) => Verdict::Done(outcome),
            (Fill::Filled(items), _) => Verdict::Done(Outcome::Booked(Booked {
                id: order.id,
                created_at: held.from,
                expires_at: held.until,
                items,
            })),
            (Fill::Short, Some(counts)) => counts.verdict(order, &given),
            (Fill::Short, None) => Verdict::Held(Vec::new()),
        };
        self.fills.into_iter().zip(orders).map(verdict).collect()
    }
}
