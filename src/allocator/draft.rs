//! Which order gets which tickets if a batch commits: decided in memory, over the locked tickets.
//!
//! What must hold: an order whose key has made a booking before takes nothing, nor does one
//! that may not use its code; an order that cannot be filled takes nothing, and the batch's other orders are served all the same. No I/O.

use std::collections::HashMap;

use super::assign::Pool;
use super::code::Codes;
use super::order::{Booked, Candidate, Outcome, Stock, Taken, TierStock, Verdict};
use super::sale::{Known, Sale};
use super::shortage::{FreeCounts, GivenAway};
use super::writes::{Filled, Held};
use crate::types::{BuyerId, SeatNo, TierNo, Timestamp};

/// The result of each order of a batch.
pub(super) struct Draft<'a> {
    pool: Pool<'a>,
    fills: Vec<Fill>,
    given: GivenAway,
    /// What the buyers have, with what they get here: one may have several orders in a batch.
    held: HashMap<BuyerId, i64>,
    /// How often codes are used, with what is booked here.
    codes: Codes,
}

enum Fill {
    /// The key has made a booking before, the buyer may have no more tickets, or a tier is not sold now.
    Known(Outcome),
    Filled(Vec<Taken>),
    Short,
    /// Its code is used up, unless a hold that is overdue gives a use back.
    Overdue,
}

impl<'a> Draft<'a> {
    /// Serves the orders in turn from the locked tickets, ascending; an order that cannot be filled takes
    /// nothing.
    pub(super) fn new(
        stock: &'a Stock,
        orders: &[Candidate<'_>],
        (sale, codes): (&Sale, &Codes),
        locked: &[(TierNo, SeatNo)],
    ) -> Self {
        let mut draft = Self {
            pool: Pool::new(stock, locked),
            fills: Vec::with_capacity(orders.len()),
            given: GivenAway::default(),
            held: HashMap::with_capacity(orders.len()),
            codes: codes.clone(),
        };
        let closed: Vec<_> = stock.closed(sale.now).collect();
        let orders_known = orders.iter().zip(sale.known());
        for ((order, known), replay) in orders_known.zip(sale.replays(orders)) {
            let fill = if let Some(outcome) = replay {
                Fill::Known(outcome)
            } else if let Some(outcome) = sale.refusal(order) {
                Fill::Known(outcome)
            } else if let Some(outcome) = closed_tier(&closed, order, sale.now) {
                Fill::Known(outcome)
            } else {
                draft.fill(stock, order, known, sale)
            };
            draft.fills.push(fill);
        }
        draft
    }

    /// Serves one order from what is left.
    fn fill(&mut self, stock: &Stock, order: &Candidate<'_>, known: &Known, sale: &Sale) -> Fill {
        let items = order.items.iter();
        let quantity: i64 = items.map(|item| i64::from(item.quantity)).sum();
        let held = self.held.entry(order.buyer).or_insert(known.held);
        let (limit, left) = (
            sale.max_tickets_per_buyer,
            sale.max_tickets_per_buyer - *held,
        );
        if quantity > left && !order.is_organisers() {
            let left = left.max(0);
            return Fill::Known(Outcome::OverBuyerLimit { limit, left });
        }
        if let Some(refusal) = self.codes.refusal(order, sale.now) {
            if self.codes.may_come_back(order, refusal) {
                return Fill::Overdue;
            }
            return Fill::Known(Outcome::CodeRefused(refusal));
        }
        let Some(taken) = self.pool.take(order) else {
            return Fill::Short;
        };
        self.codes.take(order);
        for (item, taken) in order.items.iter().zip(&taken) {
            let tier = stock.stock_of(item.tier);
            *self.given.quantities.entry(tier).or_insert(0) += item.quantity;
            if order.confirmed_as.is_none() {
                *self.given.held.entry(tier).or_insert(0) += item.quantity;
            }
            if taken.together.is_some() {
                let seats = taken.seats.iter().map(|&seat| (tier, seat));
                self.given.seats.extend(seats);
            }
        }
        *held += quantity;
        Fill::Filled(taken)
    }

    /// Serves the orders that cannot be filled once more, now that it is known how many seats of a tier are free that
    /// anybody may have: if these are too few, others get places for wheelchairs as well.
    pub(super) fn fill_with_special(
        &mut self,
        stock: &Stock,
        orders: &[Candidate<'_>],
        sale: &Sale,
        counts: &FreeCounts,
    ) {
        let mut is_counted = false;
        for (tier, free) in counts.others_free() {
            let rows = stock.tier(tier).and_then(|tier| tier.rows.as_ref());
            let Some(rows) = rows else { continue };
            let given = self.given.seats.iter().filter(|(no, _)| *no == tier);
            let given = given.filter(|(_, seat)| !rows.is_special(*seat)).count() as i32;
            self.pool.count_others(tier, free - given);
            is_counted = true;
        }
        if !is_counted {
            return;
        }
        for (at, (order, known)) in orders.iter().zip(sale.known()).enumerate() {
            if matches!(self.fills[at], Fill::Short) {
                self.fills[at] = self.fill(stock, order, known, sale);
            }
        }
    }

    /// Whether an order cannot be filled.
    pub(super) fn is_short(&self) -> bool {
        self.fills.iter().any(|fill| matches!(fill, Fill::Short))
    }

    /// The orders that cannot be filled.
    pub(super) fn short_orders<'o>(
        &self,
        orders: &'o [Candidate<'o>],
    ) -> impl Iterator<Item = Candidate<'o>> {
        let fills = orders.iter().zip(&self.fills);
        fills.filter_map(|(order, fill)| matches!(fill, Fill::Short).then_some(*order))
    }

    /// Answers orders that cannot be filled with what their keys have booked meanwhile, in another process.
    /// `replays` are in the order of [`Draft::short_orders`].
    pub(super) fn replay_short(&mut self, replays: Vec<Option<Outcome>>) {
        let short = self.fills.iter_mut();
        let short = short.filter(|fill| matches!(fill, Fill::Short));
        for (fill, replay) in short.zip(replays) {
            if let Some(outcome) = replay {
                *fill = Fill::Known(outcome);
            }
        }
    }

    /// The orders that are filled, what each of their items gets, and their buyers' last turns.
    pub(super) fn filled<'d, 'o>(
        &'d self,
        orders: &'d [Candidate<'o>],
        sale: &'d Sale,
    ) -> impl Iterator<Item = Filled<'o, 'd>> {
        let fills = orders.iter().zip(sale.known()).zip(&self.fills);
        fills.filter_map(|((order, known), fill)| match fill {
            Fill::Filled(taken) => Some(Filled {
                order: *order,
                taken,
                last_turn: known.last_turn,
            }),
            Fill::Known(_) | Fill::Short | Fill::Overdue => None,
        })
    }

    /// The tickets that this batch assigns.
    pub(super) fn given(&self) -> &GivenAway {
        &self.given
    }

    /// The seats of a tier, from this one on, that are locked and not assigned, ascending.
    pub(super) fn left(&self, tier: TierNo, from: SeatNo) -> impl Iterator<Item = SeatNo> {
        self.pool.left(tier, from)
    }

    /// Whether a seat is locked and not assigned.
    pub(super) fn has_free(&self, tier: TierNo, seat: SeatNo) -> bool {
        self.pool.has_seat(tier, seat)
    }

    /// The verdict of each order once the batch is committed. `counts` is given if any order came up short.
    pub(super) fn verdicts(
        self,
        stock: &Stock,
        orders: &[Candidate<'_>],
        held: Held,
        counts: Option<&FreeCounts>,
    ) -> Vec<Verdict> {
        let given = self.given;
        let verdict = |(fill, order): (Fill, &Candidate<'_>)| match (fill, counts) {
            (Fill::Known(outcome), _) => Verdict::Done(outcome),
            (Fill::Filled(items), _) => Verdict::Done(Outcome::Booked(Booked {
                id: order.id,
                reference: order.reference,
                created_at: held.from,
                expires_at: order.confirmed_as.is_none().then_some(held.until),
                items,
            })),
            (Fill::Short, Some(counts)) => counts.verdict(stock, order, &given, held),
            (Fill::Short, None) => Verdict::Held(Vec::new()),
            (Fill::Overdue, _) => Verdict::Overdue(Vec::new()),
        };
        self.fills.into_iter().zip(orders).map(verdict).collect()
    }
}

/// The answer to a buyer's order of a tier that is not sold now.
fn closed_tier(closed: &[&TierStock], order: &Candidate<'_>, now: Timestamp) -> Option<Outcome> {
    if order.is_organisers() {
        return None;
    }
    let ordered = |tier: &&&TierStock| order.items.iter().any(|item| item.tier == tier.no);
    let tier = closed.iter().find(ordered)?;
    Some(Outcome::TierClosed {
        tier: tier.no,
        opens_at: tier.window.opens_at.filter(|&opens| now < opens),
    })
}
