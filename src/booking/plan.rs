//! What a change of a booking would do to its tickets and its money: pure functions, for the page that asks and for the
//! transaction that does it.
//!
//! What must hold: what goes back is what the removed tickets were worth, less what the added ones cost, and never less
//! than nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::BookedItem;
use super::worth::{price, worth};
use crate::catalog::Tier;
use crate::price::{Charges, Line};
use crate::types::{SeatNo, TierNo};

/// A ticket of a booking: of which tier, and which one.
pub type HeldTicket = (TierNo, SeatNo);

/// What changes of one tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierChange {
    /// Which tier.
    pub tier: TierNo,
    /// What the booking has no more, ascending.
    pub removed: Vec<SeatNo>,
    /// What the removed tickets were worth, in minor units.
    pub removed_minor: i64,
}

/// Tickets that are given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// By tier, ascending.
    pub tiers: Vec<TierChange>,
    /// What goes back, in minor units.
    pub refund_minor: i64,
}

/// Tickets that are exchanged for others of one tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangePlan {
    /// What is given up.
    pub from: TierChange,
    /// Of which tier the booking gets as many.
    pub tier: TierNo,
    /// What each of the new tickets has cost the buyer, in minor units.
    pub unit_price_minor: i64,
    /// What goes back, in minor units.
    pub refund_minor: i64,
    /// What the new tickets would cost more, in minor units.
    pub dearer_minor: i64,
}

/// Why a change cannot be made to these tickets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// None were named.
    #[error("no tickets were named")]
    NoTickets,
    /// These are none of the booking's, or not any more.
    #[error("the booking has no such tickets")]
    NotIts(Vec<HeldTicket>),
    /// They are all that the booking has: it is to be cancelled instead.
    #[error("they are all of its tickets")]
    All,
    /// They are of several tiers: one after the other.
    #[error("they are of several tiers")]
    SeveralTiers,
    /// As many seats must be named as tickets.
    #[error("the number of seats is not the number of tickets")]
    Count,
    /// They are the tickets that it has.
    #[error("they are the same tickets")]
    Same,
    /// The booking has tickets of the tier at another price.
    #[error("the booking has tickets of the tier at another price")]
    OtherPrice,
    /// Taxes, fees or a code are in the prices: what another tier's tickets cost instead cannot be said.
    #[error("taxes, fees or a code are in the prices")]
    Priced,
}

/// What giving these tickets back would do. `items` are what the booking has, `lines` what it cost when it was made.
///
/// # Errors
/// [`Unfit`].
pub fn plan_return(
    items: &[BookedItem],
    lines: &[Line],
    tickets: &[HeldTicket],
) -> Result<Return, Unfit> {
    let tiers = removed(items, lines, tickets)?;
    let given_back: usize = tiers.iter().map(|tier| tier.removed.len()).sum();
    let all: usize = items.iter().map(|item| item.seats.len()).sum();
    if given_back == all {
        return Err(Unfit::All);
    }
    Ok(Return {
        refund_minor: tiers.iter().map(|tier| tier.removed_minor).sum(),
        tiers,
    })
}

/// What exchanging these tickets for as many of a tier would do; for `seats` of it, if they are named. `charges` are the
/// event's.
///
/// # Errors
/// [`Unfit`].
pub fn plan_exchange(
    (items, lines): (&[BookedItem], &[Line]),
    tickets: &[HeldTicket],
    (to, charges): (&Tier, &Charges),
    seats: Option<&[SeatNo]>,
) -> Result<ExchangePlan, Unfit> {
    let mut tiers = removed(items, lines, tickets)?;
    let (Some(from), true) = (tiers.pop(), tiers.is_empty()) else {
        return Err(Unfit::SeveralTiers);
    };
    if seats.is_some_and(|seats| seats.len() != from.removed.len()) {
        return Err(Unfit::Count);
    }
    let is_same_tier = from.tier == to.no;
    if is_same_tier && seats == Some(from.removed.as_slice()) {
        return Err(Unfit::Same);
    }
    let quantity = from.removed.len() as i64;
    let item = |tier| items.iter().find(|item| item.tier == tier);
    let paid = item(from.tier).map_or(0, |item| item.unit_price_minor);
    if is_same_tier {
        return Ok(ExchangePlan {
            tier: to.no,
            unit_price_minor: paid,
            refund_minor: 0,
            dearer_minor: 0,
            from,
        });
    }
    let asked = price(to, charges, lines).ok_or(Unfit::Priced)?;
    // Dearer tickets are worth what was charged: the difference is paid by hand and goes back by hand, or it is waived.
    let unit_price_minor = asked.min(paid);
    if item(to.no).is_some_and(|item| item.unit_price_minor != unit_price_minor) {
        return Err(Unfit::OtherPrice);
    }
    Ok(ExchangePlan {
        tier: to.no,
        unit_price_minor,
        refund_minor: from.removed_minor - unit_price_minor.saturating_mul(quantity),
        dearer_minor: (asked - unit_price_minor).saturating_mul(quantity),
        from,
    })
}

/// The tickets by tier, ascending, with what they are worth.
fn removed(
    items: &[BookedItem],
    lines: &[Line],
    tickets: &[HeldTicket],
) -> Result<Vec<TierChange>, Unfit> {
    let tickets: BTreeSet<HeldTicket> = tickets.iter().copied().collect();
    if tickets.is_empty() {
        return Err(Unfit::NoTickets);
    }
    let has = |(tier, seat): &HeldTicket| {
        let mut items = items.iter();
        items.any(|item| item.tier == *tier && item.seats.contains(seat))
    };
    let not_its: Vec<HeldTicket> = tickets.iter().filter(|it| !has(it)).copied().collect();
    if !not_its.is_empty() {
        return Err(Unfit::NotIts(not_its));
    }
    let count = |item: &BookedItem| (item.tier, item.quantity);
    let mut has: BTreeMap<TierNo, i32> = items.iter().map(count).collect();
    let mut tiers: Vec<TierChange> = Vec::new();
    for (tier, seat) in tickets {
        match tiers.last_mut().filter(|last| last.tier == tier) {
            Some(last) => last.removed.push(seat),
            None => tiers.push(TierChange {
                tier,
                removed: vec![seat],
                removed_minor: 0,
            }),
        }
    }
    // One tier after the other: together they are worth what the booking costs less without all of them.
    for change in &mut tiers {
        let gone = (change.tier, change.removed.len());
        change.removed_minor = worth(lines, &has, gone);
        has.entry(gone.0).and_modify(|has| *has -= gone.1 as i32);
    }
    Ok(tiers)
}

/// The seats of a tier that a booking lists when some are removed and others added, ascending.
pub(super) fn seats_after(
    items: &[BookedItem],
    tier: TierNo,
    removed: &[SeatNo],
    added: &[SeatNo],
) -> Vec<SeatNo> {
    let item = items.iter().find(|item| item.tier == tier);
    let had = item.map_or(&[] as &[SeatNo], |item| item.seats.as_slice());
    let kept = had.iter().filter(|seat| !removed.contains(seat));
    let mut seats: Vec<SeatNo> = kept.chain(added).copied().collect();
    seats.sort_unstable();
    seats
}
