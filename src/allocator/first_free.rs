//! Where the free tickets of each tier are, as far as a lane knows: the seat from which on it searches, and
//! single seats before it. So it skips the dead entries at the head of the index, which a long snapshot
//! keeps there, also when seats among them are released.
//!
//! What must hold: a wrong hint costs time only. No order is refused before the tier was searched from its
//! first seat on. Each lane has its own hint; tickets that this process releases reach it through [`Freed`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::types::{SeatNo, TierNo};

/// After the last seat of any tier.
const NOWHERE: SeatNo = SeatNo(i32::MAX);
/// Seats before the search that a hint knows of a tier. With one more the search begins at the first of them
/// again: that walk finds many seats.
const EARLIER_MAX: usize = 512;
/// So many of them a batch looks at in each tier.
pub(super) const EARLIER_AT_ONCE: usize = 64;
/// To walk over so many entries of the index takes no longer than to look at a seat by itself.
const NEAR: i32 = 64;

/// What a lane knows of each tier; of a tier that it does not know, the search starts at the first seat.
#[derive(Debug, Clone, Default)]
pub struct FirstFree(BTreeMap<TierNo, Free>);

/// Where free tickets of one tier may be, and where none are.
#[derive(Debug, Clone)]
struct Free {
    /// Where the search starts.
    start: SeatNo,
    /// Before it, these may be free, and no others; [`EARLIER_MAX`] at most.
    earlier: BTreeSet<SeatNo>,
}

impl Free {
    fn from(start: SeatNo) -> Self {
        let earlier = BTreeSet::new();
        Self { start, earlier }
    }

    fn add(&mut self, seats: impl IntoIterator<Item = SeatNo>) {
        let start = self.start;
        let earlier = seats.into_iter().filter(|&seat| seat < start);
        self.earlier.extend(earlier);
        if self.earlier.len() > EARLIER_MAX {
            self.start = self.earlier.first().copied().unwrap_or(start);
            self.earlier.clear();
        }
    }

    /// Adds what another hint takes for free.
    fn merge(&mut self, other: Self) {
        self.start = self.start.min(other.start);
        let mine = std::mem::take(&mut self.earlier);
        self.add(mine.into_iter().chain(other.earlier));
    }
}

impl FirstFree {
    /// Where the search of this tier starts.
    pub fn start(&self, tier: TierNo) -> SeatNo {
        self.0.get(&tier).map_or(SeatNo(1), |free| free.start)
    }

    /// The seats before the start of the search that may be free, ascending.
    pub(super) fn earlier(&self, tier: TierNo) -> impl Iterator<Item = SeatNo> {
        self.0
            .get(&tier)
            .into_iter()
            .flat_map(|free| free.earlier.iter().copied())
    }

    /// Records that nothing is free before this seat; with `None`, that nothing is free at all.
    pub(super) fn set(&mut self, tier: TierNo, first: Option<SeatNo>) {
        self.0.insert(tier, Free::from(first.unwrap_or(NOWHERE)));
    }

    /// Records what a search from `from` has left: `left`, ascending, nothing else before `behind`. The next one
    /// starts at the first of these seats, or behind a few that are far before the others, which are then
    /// looked at by themselves: seats that no order fits, for example.
    pub(super) fn advance(
        &mut self,
        tier: TierNo,
        from: SeatNo,
        left: impl Iterator<Item = SeatNo>,
        behind: SeatNo,
    ) {
        let free = self.tier(tier);
        if free.start < from {
            return;
        }
        free.start = behind;
        let mut before = Vec::new();
        let mut few = 0;
        let left = left.take_while(|&seat| seat < behind).chain([behind]);
        for seat in left.take(EARLIER_AT_ONCE + 1) {
            match before.last() {
                Some(&SeatNo(last)) if seat.0 - last <= NEAR => {}
                _ => (free.start, few) = (seat, before.len()),
            }
            before.push(seat);
        }
        free.add(before.drain(..few));
    }

    /// Records that a seat before the search is not free: it is given, or another transaction has it.
    pub(super) fn remove(&mut self, tier: TierNo, seat: SeatNo) {
        self.tier(tier).earlier.remove(&seat);
    }

    /// Records that what another hint takes for free may be free.
    pub(super) fn lower_to(&mut self, other: &Self) {
        for (tier, free) in &mut self.0 {
            let other = other.0.get(tier).cloned();
            free.merge(other.unwrap_or_else(|| Free::from(SeatNo(1))));
        }
    }

    fn tier(&mut self, tier: TierNo) -> &mut Free {
        let unknown = || Free::from(SeatNo(1));
        self.0.entry(tier).or_insert_with(unknown)
    }
}

/// For each lane of an event: the seats of each tier that were released since the lane last took them over.
#[derive(Debug)]
pub(super) struct Freed(Vec<Mutex<BTreeMap<TierNo, Free>>>);

impl Freed {
    /// Creates an empty list for each of `lanes` lanes.
    pub(super) fn new(lanes: usize) -> Self {
        Self((0..lanes).map(|_| Mutex::default()).collect())
    }

    /// Records for every lane that these seats were released.
    pub(super) fn add(&self, tier: TierNo, seats: &[SeatNo]) {
        for freed in &self.0 {
            let mut freed = freed.lock().unwrap_or_else(PoisonError::into_inner);
            let nothing = || Free::from(NOWHERE);
            let free = freed.entry(tier).or_insert_with(nothing);
            free.add(seats.iter().copied());
        }
    }

    /// Moves what was recorded for a lane into its hint.
    pub(super) fn move_to(&self, lane: usize, hint: &mut FirstFree) {
        let mut freed = self.0[lane].lock().unwrap_or_else(PoisonError::into_inner);
        for (tier, free) in std::mem::take(&mut *freed) {
            hint.tier(tier).merge(free);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIER: TierNo = TierNo(1);

    fn earlier(hint: &FirstFree) -> Vec<i32> {
        hint.earlier(TIER).map(|seat| seat.0).collect()
    }

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
        hint.set(TIER, Some(SeatNo(30)));
        hint.tier(TIER).add([SeatNo(4), SeatNo(7)]);
        let before = hint.clone();
        hint.remove(TIER, SeatNo(4));
        hint.advance(TIER, SeatNo(30), [].into_iter(), SeatNo(41));
        hint.set(TierNo(2), None);
        hint.lower_to(&before);
        assert_eq!(hint.start(TIER), SeatNo(30));
        assert_eq!(earlier(&hint), [4, 7]);
        assert_eq!(hint.start(TierNo(2)), SeatNo(1));
    }

    #[test]
    fn released_seats_are_told_once_to_each_lane_and_do_not_move_the_search_back() {
        let (mut hint, freed) = (FirstFree::default(), Freed::new(2));
        hint.set(TIER, Some(SeatNo(100)));
        freed.add(TIER, &[SeatNo(9), SeatNo(101)]);
        freed.add(TIER, &[SeatNo(7)]);
        freed.move_to(0, &mut hint);
        assert_eq!(
            (hint.start(TIER), earlier(&hint)),
            (SeatNo(100), vec![7, 9])
        );
        hint.set(TIER, None);
        freed.move_to(0, &mut hint);
        assert_eq!((hint.start(TIER), earlier(&hint)), (NOWHERE, vec![]));
        freed.move_to(1, &mut hint);
        assert_eq!(earlier(&hint), [7, 9, 101], "each lane is told");
    }

    #[test]
    fn a_hint_knows_a_bounded_number_of_seats_and_searches_for_more() {
        let (mut hint, freed) = (FirstFree::default(), Freed::new(1));
        hint.set(TIER, None);
        let many: Vec<_> = (0..EARLIER_MAX as i32).map(|n| SeatNo(5 + 2 * n)).collect();
        freed.add(TIER, &many);
        freed.move_to(0, &mut hint);
        assert_eq!(hint.start(TIER), NOWHERE);
        assert_eq!(earlier(&hint).len(), EARLIER_MAX);
        freed.add(TIER, &[SeatNo(6)]);
        freed.move_to(0, &mut hint);
        assert_eq!((hint.start(TIER), earlier(&hint)), (SeatNo(5), vec![]));
    }

    #[test]
    fn a_search_that_began_before_seats_were_released_does_not_pass_them() {
        let mut hint = FirstFree::default();
        hint.set(TIER, Some(SeatNo(5)));
        hint.advance(TIER, SeatNo(30), [].into_iter(), SeatNo(41));
        assert_eq!(hint.start(TIER), SeatNo(5));
        hint.advance(TIER, SeatNo(5), [].into_iter(), SeatNo(41));
        assert_eq!(hint.start(TIER), SeatNo(41));
    }

    #[test]
    fn a_few_seats_that_nobody_takes_do_not_hold_the_search_back() {
        let advanced = |left: &[i32], behind: i32| {
            let mut hint = FirstFree::default();
            let left = left.iter().map(|&seat| SeatNo(seat));
            hint.advance(TIER, SeatNo(1), left, SeatNo(behind));
            (hint.start(TIER).0, earlier(&hint))
        };
        assert_eq!(advanced(&[], 301), (301, vec![]));
        assert_eq!(advanced(&[250, 251, 300], 301), (250, vec![]));
        assert_eq!(advanced(&[6, 70, 200, 260], 301), (200, vec![6, 70]));
        assert_eq!(advanced(&[6, 70], 301), (301, vec![6, 70]));
        assert_eq!(advanced(&[6, 302], 301), (301, vec![6]));
        let many: Vec<i32> = (1..=200).map(|n| 100 * n).collect();
        let (start, earlier) = advanced(&many, 20_100);
        assert_eq!((start, earlier.len()), (6_500, EARLIER_AT_ONCE));
    }
}
