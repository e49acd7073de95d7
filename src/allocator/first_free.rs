//! Where the free tickets of each tier start: a hint that lets a lane skip the dead entries at the head of
//! the index.
//!
//! What must hold: a wrong hint costs time only. No order is refused before the tier was searched from its
//! first seat on. Each lane has its own hint; tickets that this process releases reach it through [`Freed`].

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::types::{SeatNo, TierNo};

/// After the last seat of any tier.
const NOWHERE: SeatNo = SeatNo(i32::MAX);

/// The seat at which the search of each tier starts; the first one unless a later one is known.
#[derive(Debug, Clone, Default)]
pub struct FirstFree(BTreeMap<TierNo, SeatNo>);

impl FirstFree {
    /// Where the search of this tier starts.
    pub fn start(&self, tier: TierNo) -> SeatNo {
        self.0.get(&tier).copied().unwrap_or(SeatNo(1))
    }

    /// Records that nothing is free before this seat; with `None`, that nothing is free at all.
    pub(super) fn set(&mut self, tier: TierNo, first: Option<SeatNo>) {
        self.0.insert(tier, first.unwrap_or(NOWHERE));
    }

    /// Records that this seat may be free.
    pub(super) fn lower(&mut self, tier: TierNo, seat: SeatNo) {
        let start = self.start(tier).min(seat);
        self.0.insert(tier, start);
    }

    /// Records that what another hint takes for free may be free.
    pub(super) fn lower_to(&mut self, other: &Self) {
        let tiers: Vec<TierNo> = self.0.keys().copied().collect();
        for tier in tiers {
            self.lower(tier, other.start(tier));
        }
    }
}

/// For each lane of an event: the first seat of each tier that was released since the lane last took them
/// over.
#[derive(Debug)]
pub(super) struct Freed(Vec<Mutex<BTreeMap<TierNo, SeatNo>>>);

impl Freed {
    /// Creates an empty list for each of `lanes` lanes.
    pub(super) fn new(lanes: usize) -> Self {
        Self((0..lanes).map(|_| Mutex::default()).collect())
    }

    /// Records for every lane that this seat was released.
    pub(super) fn add(&self, tier: TierNo, seat: SeatNo) {
        for freed in &self.0 {
            let mut freed = freed.lock().unwrap_or_else(PoisonError::into_inner);
            let first = freed.entry(tier).or_insert(seat);
            *first = seat.min(*first);
        }
    }

    /// Moves what was recorded for a lane into its hint.
    pub(super) fn move_to(&self, lane: usize, hint: &mut FirstFree) {
        let mut freed = self.0[lane].lock().unwrap_or_else(PoisonError::into_inner);
        for (tier, seat) in std::mem::take(&mut *freed) {
            hint.lower(tier, seat);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIER: TierNo = TierNo(1);

    #[test]
    fn a_lane_starts_at_the_first_seat_until_it_knows_better() {
        let mut hint = FirstFree::default();
        assert_eq!(hint.start(TIER), SeatNo(1));
        hint.set(TIER, Some(SeatNo(11)));
        assert_eq!(hint.start(TIER), SeatNo(11));
        hint.set(TIER, None);
        assert_eq!(hint.start(TIER), NOWHERE);
    }

    #[test]
    fn a_batch_that_fails_leaves_the_hint_where_it_began() {
        let mut hint = FirstFree::default();
        hint.set(TIER, Some(SeatNo(3)));
        let before = hint.clone();
        hint.set(TIER, Some(SeatNo(11)));
        hint.set(TierNo(2), None);
        hint.lower_to(&before);
        assert_eq!(hint.start(TIER), SeatNo(3));
        assert_eq!(hint.start(TierNo(2)), SeatNo(1));
    }

    #[test]
    fn seats_that_become_free_are_told_once_and_the_first_one_counts() {
        let (mut hint, freed) = (FirstFree::default(), Freed::new(2));
        hint.set(TIER, None);
        freed.add(TIER, SeatNo(9));
        freed.add(TIER, SeatNo(7));
        freed.add(TIER, SeatNo(8));
        freed.move_to(0, &mut hint);
        assert_eq!(hint.start(TIER), SeatNo(7));
        hint.set(TIER, None);
        freed.move_to(0, &mut hint);
        assert_eq!(hint.start(TIER), NOWHERE);
        freed.move_to(1, &mut hint);
        assert_eq!(hint.start(TIER), SeatNo(7), "each lane is told");
    }
}
