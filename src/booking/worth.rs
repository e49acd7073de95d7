//! What tickets of a booking are worth: the one place that says what goes back for them, and what others cost.

use super::BookedItem;
use crate::catalog::Tier;

/// What so many tickets of an item have cost, in minor units: what goes back when they are given back.
pub(super) fn worth(item: &BookedItem, quantity: usize) -> i64 {
    item.unit_price_minor.saturating_mul(quantity as i64)
}

/// What one ticket of a tier costs whoever takes it now instead of another, in minor units.
pub(super) fn price(tier: &Tier) -> i64 {
    tier.price_minor
}
