//! Decides why an order gets nothing: sold out, held by others, or its seats are taken.
//!
//! What must hold: "sold out" is said only if fewer tickets are free than were ordered, counting those that
//! other transactions have locked and those that are held and not paid. Counts are read in the batch's
//! transaction; the work is bounded whatever the number of holds.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Row;

use super::order::{Candidate, Order, Outcome, Shortage, Stock, Verdict};
use super::statements::Session;
use super::tickets::Named;
use super::writes::Held;
use crate::postgres::{Error, Values};
use crate::seating::Rows;
use crate::types::{SeatNo, TierNo, Timestamp};

/// The tickets that a batch assigns.
#[derive(Default)]
pub(super) struct GivenAway {
    /// How many of each tier.
    pub(super) quantities: BTreeMap<TierNo, i32>,
    /// Which, of numbered tiers.
    pub(super) seats: BTreeSet<(TierNo, SeatNo)>,
}

impl GivenAway {
    fn quantity(&self, tier: TierNo) -> i32 {
        self.quantities.get(&tier).copied().unwrap_or(0)
    }
}

/// The free tickets in committed data, locked or not, before this batch commits.
pub(super) struct FreeCounts {
    /// By tier, counted only as far as the orders make it matter.
    free: BTreeMap<TierNo, i32>,
    /// Of the seats that orders name, those that are free.
    named_free: BTreeSet<(TierNo, SeatNo)>,
    /// Of tiers with seats that nobody is given who did not name them, how many others are free.
    others_free: BTreeMap<TierNo, i32>,
    /// Whether the event has an overdue hold that is not expired yet.
    overdue: bool,
    /// What is held and not paid, by tier.
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
        let (mut tiers, mut bounds) = (Vec::new(), Vec::new());
        let mut special: Vec<(TierNo, &[SeatNo])> = Vec::new();
        for tier in &stock.tiers {
            let items = short.iter().flat_map(|order| &order.items);
            let asked = items.filter(|item| item.tier == tier.no);
            if let Some(most) = asked.clone().map(|item| item.quantity).max() {
                tiers.push(tier.no);
                let mut bound = most + given.quantity(tier.no);
                let seats = tier.rows.as_ref().map_or(&[][..], Rows::special);
                if !seats.is_empty() {
                    special.push((tier.no, seats));
                    // So that some of the orders may still be filled.
                    let all: i32 = asked.map(|item| item.quantity).sum();
                    bound += all + seats.len() as i32;
                }
                bounds.push(i64::from(bound));
            }
        }
        let all_special = special
            .iter()
            .flat_map(|&(tier, seats)| seats.iter().map(move |&seat| (tier, seat)));
        let named = short.iter().flat_map(|order| named_seats(order));
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
        let available = |tier| self.free.get(&tier).unwrap_or(&0) - given.quantity(tier);
        let shortages = |all: bool| -> Vec<Shortage> {
            let items = order.items.iter().map(|item| Shortage {
                tier: item.tier,
                asked: item.quantity,
                available: available(item.tier).max(0),
            });
            items
                .filter(|shortage| all || shortage.available < shortage.asked)
                .collect()
        };
        if self.overdue {
            return Verdict::Overdue(shortages(true));
        }
        let missing = shortages(false);
        if !missing.is_empty() {
            let may_free = missing
                .iter()
                .map(|tier| self.may_free_at(tier, given, held));
            return Verdict::Done(match may_free.collect::<Option<Vec<_>>>() {
                // Nothing can be booked before each tier has got something back.
                Some(times) => Outcome::HeldByOthers {
                    shortages: missing,
                    may_free_at: times.into_iter().max(),
                },
                None => Outcome::SoldOut(missing),
            });
        }
        let is_gone =
            |seat: &(TierNo, SeatNo)| !self.named_free.contains(seat) || given.seats.contains(seat);
        let gone: Vec<_> = named_seats(order).filter(is_gone).collect();
        if !gone.is_empty() {
            return Verdict::Done(Outcome::SeatsTaken(gone));
        }
        Verdict::Held(shortages(true))
    }

    /// When the first hold of a tier ends, if holds could give enough back.
    fn may_free_at(&self, shortage: &Shortage, given: &GivenAway, held: Held) -> Option<Timestamp> {
        let given = i64::from(given.quantity(shortage.tier));
        let pending = self.pending.get(&shortage.tier)?;
        let missing = i64::from(shortage.asked - shortage.available);
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
fn named_seats(order: &Order) -> impl Iterator<Item = (TierNo, SeatNo)> {
    let items = order.items.iter();
    items.flat_map(|item| item.seats.iter().flatten().map(|&seat| (item.tier, seat)))
}
