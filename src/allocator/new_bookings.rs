//! Bookings and their items on the way into their tables: a vector per column.

use postgres_types::ToSql;

use super::batch::Candidate;
use crate::types::{BookingId, Fingerprint, IdempotencyKey, TierNo, UserId};

/// New bookings, best ascending by [`Order::identity`](super::Order::identity).
#[derive(Debug, Default)]
pub(super) struct NewBookings<'o> {
    ids: Vec<BookingId>,
    users: Vec<UserId>,
    keys: Vec<&'o IdempotencyKey>,
    fingerprints: Vec<Fingerprint>,
    totals: Vec<i64>,
    first_tiers: Vec<TierNo>,
    item_ids: Vec<BookingId>,
    item_tiers: Vec<TierNo>,
    item_quantities: Vec<i32>,
    item_prices: Vec<i64>,
    /// Where an item's seats begin in a list of seats, counted from 1.
    item_firsts: Vec<i32>,
}

impl<'o> NewBookings<'o> {
    /// Adds an order, and where the seats of each of its items begin in a list of seats, counted from 0.
    pub(super) fn push(&mut self, order: &Candidate<'o>, firsts: impl Iterator<Item = usize>) {
        self.ids.push(order.id);
        self.users.push(order.user);
        self.keys.push(&order.order.key);
        self.fingerprints.push(order.fingerprint);
        self.totals.push(order.total_minor);
        self.first_tiers.push(order.items[0].tier);
        for (item, first) in order.items.iter().zip(firsts) {
            self.item_ids.push(order.id);
            self.item_tiers.push(item.tier);
            self.item_quantities.push(item.quantity);
            self.item_prices.push(item.unit_price_minor);
            self.item_firsts.push(first as i32 + 1);
        }
    }

    /// How many bookings, and how many items.
    pub(super) fn counts(&self) -> (i64, i64) {
        (self.ids.len() as i64, self.item_ids.len() as i64)
    }

    /// The ids of the bookings.
    pub(super) fn ids(&self) -> &[BookingId] {
        &self.ids
    }

    /// The columns of bookings, then those of items, in the order in which the statements take them.
    pub(super) fn columns(&self) -> [&(dyn ToSql + Sync); 11] {
        [
            &self.ids,
            &self.users,
            &self.keys,
            &self.fingerprints,
            &self.totals,
            &self.first_tiers,
            &self.item_ids,
            &self.item_tiers,
            &self.item_quantities,
            &self.item_prices,
            &self.item_firsts,
        ]
    }
}
