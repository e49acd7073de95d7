//! What tickets of a booking are worth: the one place that says what goes back for them, and what others cost.

use std::collections::BTreeMap;

use crate::catalog::Tier;
use crate::price::{Charges, Kind, Line, given_back};
use crate::types::TierNo;

/// What goes back, in minor units, when so many tickets of a tier are given back of those that the booking has, by tier.
/// `lines` are what it cost when it was made.
pub(super) fn worth(
    lines: &[Line],
    has: &BTreeMap<TierNo, i32>,
    (tier, quantity): (TierNo, usize),
) -> i64 {
    let before = |no: TierNo| has.get(&no).copied().unwrap_or(0);
    let gone = |no: TierNo| if no == tier { quantity as i32 } else { 0 };
    given_back(lines, before, |no| before(no) - gone(no))
}

/// What one ticket of a tier costs whoever takes it now instead of another, in minor units; `None` if it cannot be said
/// of one ticket, because taxes, fees or a code are in the booking's price, or would be in the tier's.
pub(super) fn price(tier: &Tier, charges: &Charges, lines: &[Line]) -> Option<i64> {
    let is_plain = lines.iter().all(|line| line.kind == Kind::Tickets);
    (is_plain && charges.is_none()).then_some(tier.price_minor)
}
