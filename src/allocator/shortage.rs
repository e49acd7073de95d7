//! Decides why an order gets nothing: sold out, held by others, or its seats are taken.
//!
//! What must hold: "sold out" is said only if fewer tickets are free than were ordered, counting those that
//! other transactions have locked and those that are held and not paid. Counts are read in the batch's
//! transaction; the work is bounded whatever the number of holds.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Row;

use super::order::{Candidate, Item, Order, Outcome, Shortage, Stock, Taken, Verdict, asked};
use super::statements::Session;
use super::tickets::Named;
use super::writes::Held;
use crate::postgres::{Error, Values};
use crate::seating::Rows;
use crate::types::{SeatNo, TierNo, Timestamp};

/// The tickets that a batch assigns.
#[derive(Default)]
pub(super) struct GivenAway {
    /// How many of each tier's stock.
    quantities: BTreeMap<TierNo, i32>,
    /// Those of them that are not confirmed, and may come back.
    held: BTreeMap<TierNo, i32>,
    /// Which, of numbered tiers.
    pub(super) seats: BTreeSet<(TierNo, SeatNo)>,
}

impl GivenAway {
    /// Adds what an order gets.
    pub(super) fn add(&mut self, order: &Order, taken: &[Taken]) {
        for (item, taken) in order.items.iter().zip(taken) {
            *self.quantities.entry(item.stock).or_insert(0) += item.quantity;
            if order.confirmed_as.is_none() {
                *self.held.entry(item.stock).or_insert(0) += item.quantity;
            }
            if taken.together.is_some() {
                let seats = taken.seats.iter().map(|&seat| (item.stock, seat));
                self.seats.extend(seats);
            }
        }
    }

    fn quantity(&self, tier: TierNo) -> i32 {
        self.quantities.get(&tier).copied().unwrap_or(0)
    }
}

/// The free tickets in committed data, locked or not, before this batch commits.
pub(super) struct FreeCounts {
    /// By the tier whose stock it is, counted only as far as the orders make it matter.
    free: BTreeMap<TierNo, i32>,
    /// Of the seats that orders name, those that are free.
    named_free: BTreeSet<(TierNo, SeatNo)>,
    /// Of tiers with seats that nobody is given who did not name them, how many others are free.
    others_free: BTreeMap<TierNo, i32>,
    /// Whether the event has an overdue hold that is not expired yet.
    overdue: bool,
    /// What is held and not paid, by the tier whose stock it is.
    pending: BTreeMap<TierNo, Pending>,
}

/// What pending bookings hold of a tier.
struct Pending {
    /// Tickets of the holds that were looked at.
    quantity: i64,
    /// Whether there are holds that were not looked at.
    are_more: bool,
    /// When the first of the holds ends.
    ends_at: Option<Timestamp>,
}

/// Pending bookings of the event that are looked at: some milliseconds of work. If there are more, they may
/// hold enough.
const HOLDS_MAX: i64 = 500;

impl FreeCounts {
    /// Counts for the orders that came up short, in addition to what their batch gives to others. The first
    /// poll sends everything.
    pub(super) async fn read(
        session: Session<'_>,
        stock: &Stock,
        short: &[Candidate<'_>],
        given: &GivenAway,
    ) -> Result<Self, Error> {
        let asked_of: Vec<(TierNo, i32)> =
            short.iter().flat_map(|order| asked(&order.items)).collect();
        let mut most: BTreeMap<TierNo, i32> = BTreeMap::new();
        for &(tier, asked) in &asked_of {
            let known = most.entry(tier).or_insert(0);
            *known = asked.max(*known);
        }
        let mut special: Vec<(TierNo, &[SeatNo])> = Vec::new();
        let (mut tiers, mut bounds) = (Vec::new(), Vec::new());
        for (&tier, &most) in &most {
            let mut bound = most + given.quantity(tier);
            let rows = stock.tier(tier).and_then(|tier| tier.rows.as_ref());
            let seats = rows.map_or(&[][..], Rows::special);
            if !seats.is_empty() {
                special.push((tier, seats));
                // So that some of the orders may still be filled.
                let of_tier = asked_of.iter().filter(|(of, _)| *of == tier);
                let all: i32 = of_tier.map(|(_, asked)| asked).sum();
                bound += all + seats.len() as i32;
            }
            tiers.push(tier);
            bounds.push(i64::from(bound));
        }
        let all_special = special
            .iter()
            .flat_map(|&(tier, seats)| seats.iter().map(move |&seat| (tier, seat)));
        let named = short.iter().flat_map(|order| named_seats(order));
        let named = named.map(|(item, seat)| (item.stock, seat));
        let named = Named::of(named.chain(all_special));
        let statements = session.statements;
        let values: Values<'_> = &[
            ("event_id", &stock.event),
            ("tiers", &tiers),
            ("bounds", &bounds),
            ("holds_max", &HOLDS_MAX),
        ];
        let (rows, named_free) = tokio::join!(
            statements.count_free.query(&session, values),
            named.query(&session, &statements.free_named, stock.event),
        );
        let (rows, named_free) = (rows?, named_free?);
        let free = rows
            .iter()
            .map(|row| (row.get("tier_no"), row.get::<_, i64>("free") as i32));
        let free: BTreeMap<TierNo, i32> = free.collect();
        let named_free = named_free
            .iter()
            .map(|row| (row.get("tier_no"), row.get("seat_no")));
        let named_free: BTreeSet<(TierNo, SeatNo)> = named_free.collect();
        let others_free = special.iter().map(|&(tier, seats)| {
            let free_special = seats
                .iter()
                .filter(|&&seat| named_free.contains(&(tier, seat)));
            let free = free.get(&tier).copied().unwrap_or(0);
            (tier, free - free_special.count() as i32)
        });
        Ok(Self {
            others_free: others_free.collect(),
            free,
            named_free,
            overdue: rows.iter().any(|row| row.get("overdue")),
            pending: rows.iter().map(read_pending).collect(),
        })
    }

    /// Of tiers with seats that nobody is given who did not name them: how many others are free, locked or not, before
    /// this batch commits; counted as far as the orders make it matter.
    pub(super) fn others_free(&self) -> impl Iterator<Item = (TierNo, i32)> {
        self.others_free.iter().map(|(&tier, &free)| (tier, free))
    }

    /// The verdict of an order that came up short. `given` are the tickets that its batch gives to others, who
    /// have them as long as `held` says.
    pub(super) fn verdict(&self, order: &Order, given: &GivenAway, held: Held) -> Verdict {
        let asked = asked(&order.items);
        let shortage = |item: &Item| {
            let asked = asked.iter().find(|(tier, _)| *tier == item.stock);
            let free = self.free.get(&item.stock).unwrap_or(&0);
            Shortage {
                tier: item.tier,
                asked: item.quantity,
                asked_of_stock: asked.map_or(item.quantity, |(_, quantity)| *quantity),
                available: (free - given.quantity(item.stock)).max(0),
            }
        };
        let all = || order.items.iter().map(shortage).collect();
        if self.overdue {
            return Verdict::Overdue(all());
        }
        let items = order.items.iter().map(|item| (item.stock, shortage(item)));
        let is_missing = |(_, it): &(TierNo, Shortage)| it.available < it.asked_of_stock;
        let (stocks, missing): (Vec<TierNo>, Vec<Shortage>) = items.filter(is_missing).unzip();
        if !missing.is_empty() {
            let may_free = stocks
                .iter()
                .zip(&missing)
                .map(|(&of, shortage)| self.may_free_at(of, shortage, given, held));
            return Verdict::Done(match may_free.collect::<Option<Vec<_>>>() {
                // Nothing can be booked before each tier has got something back.
                Some(times) => Outcome::HeldByOthers {
                    shortages: missing,
                    may_free_at: times.into_iter().max(),
                },
                None => Outcome::SoldOut(missing),
            });
        }
        let is_gone = |&(item, seat): &(&Item, SeatNo)| {
            let ticket = (item.stock, seat);
            !self.named_free.contains(&ticket) || given.seats.contains(&ticket)
        };
        let gone = named_seats(order).filter(is_gone);
        let gone: Vec<_> = gone.map(|(item, seat)| (item.tier, seat)).collect();
        if !gone.is_empty() {
            return Verdict::Done(Outcome::SeatsTaken(gone));
        }
        Verdict::Held(all())
    }

    /// When the first hold of a tier's stock ends, if holds could give enough back.
    fn may_free_at(
        &self,
        of: TierNo,
        shortage: &Shortage,
        given: &GivenAway,
        held: Held,
    ) -> Option<Timestamp> {
        let given = i64::from(given.held.get(&of).copied().unwrap_or(0));
        let pending = self.pending.get(&of)?;
        let missing = i64::from(shortage.asked_of_stock - shortage.available);
        let is_enough = pending.are_more || pending.quantity + given >= missing;
        is_enough.then(|| pending.ends_at.unwrap_or(held.until))
    }
}

fn read_pending(row: &Row) -> (TierNo, Pending) {
    let pending = Pending {
        quantity: row.get("held"),
        are_more: row.get("are_more"),
        ends_at: row.get("ends_at"),
    };
    (row.get("tier_no"), pending)
}

/// The seats that an order names.
fn named_seats(order: &Order) -> impl Iterator<Item = (&Item, SeatNo)> {
    let items = order.items.iter();
    items.flat_map(|item| item.seats.iter().flatten().map(move |&seat| (item, seat)))
}
