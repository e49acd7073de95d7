//! Decides why an order gets nothing: sold out, held by others, or its seats are taken.
//!
//! What must hold: "sold out" is said only if fewer tickets are free than were ordered, counting those that
//! other transactions have locked and those of overdue holds. Counts are read in the batch's transaction.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::GenericClient;

use super::order::{Order, Outcome, Shortage, Stock, Verdict};
use super::statements::{COUNT_FREE, FREE_NAMED};
use super::tickets::Named;
use crate::postgres::Error;
use crate::types::{SeatNo, TierNo};

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
    /// Whether the event has an overdue hold that is not expired yet.
    overdue: bool,
}

impl FreeCounts {
    /// Counts for the orders that came up short, in addition to what their batch gives to others.
    pub(super) async fn read(
        client: &impl GenericClient,
        stock: &Stock,
        short: &[&Order],
        given: &GivenAway,
    ) -> Result<Self, Error> {
        let (mut tiers, mut bounds) = (Vec::new(), Vec::new());
        for tier in &stock.tiers {
            let items = short.iter().flat_map(|order| &order.items);
            let asked = items.filter(|item| item.tier == tier.no);
            if let Some(most) = asked.map(|item| item.quantity).max() {
                tiers.push(tier.no);
                bounds.push(i64::from(most + given.quantity(tier.no)));
            }
        }
        let rows = COUNT_FREE
            .query(
                client,
                &[
                    ("event_id", &stock.event),
                    ("tiers", &tiers),
                    ("bounds", &bounds),
                ],
            )
            .await?;
        let named = Named::of(short.iter().flat_map(|order| named_seats(order)));
        let free_named = FREE_NAMED.prepare(client).await?;
        let named_free = named.query(client, &free_named, stock.event).await?;
        Ok(Self {
            free: rows
                .iter()
                .map(|row| (row.get("tier_no"), row.get::<_, i64>("free") as i32))
                .collect(),
            named_free: named_free
                .iter()
                .map(|row| (row.get("tier_no"), row.get("seat_no")))
                .collect(),
            overdue: rows.iter().any(|row| row.get("overdue")),
        })
    }

    /// The verdict of an order that came up short. `given` are the tickets that its batch gives to others.
    pub(super) fn verdict(&self, order: &Order, given: &GivenAway) -> Verdict {
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
        let sold_out = shortages(false);
        if !sold_out.is_empty() {
            return Verdict::Done(Outcome::SoldOut(sold_out));
        }
        let is_gone =
            |seat: &(TierNo, SeatNo)| !self.named_free.contains(seat) || given.seats.contains(seat);
        let gone: Vec<_> = named_seats(order).filter(is_gone).collect();
        if !gone.is_empty() {
            return Verdict::Done(Outcome::SeatsTaken(gone));
        }
        Verdict::Held(shortages(true))
    }
}

/// The seats that an order names.
fn named_seats(order: &Order) -> impl Iterator<Item = (TierNo, SeatNo)> {
    let items = order.items.iter();
    items.flat_map(|item| item.seats.iter().flatten().map(|&seat| (item.tier, seat)))
}
