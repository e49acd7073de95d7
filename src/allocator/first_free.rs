//! Where the free tickets of each tier start: a hint that spares the dead entries at the head of the
//! index, never a truth. Nothing is called short before it was looked for from the first seat on.
//!
//! Shared by the lanes of an event in this process. A batch moves it past what it has locked, so that
//! the lane beside it starts behind; and back to what it did not give away.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Stock;
use crate::types::{SeatNo, TierNo};

/// Behind the last seat of any tier.
const NOWHERE: SeatNo = SeatNo(i32::MAX);

/// A seat to start from for each tier of an event.
#[derive(Debug)]
pub struct FirstFree(Vec<(TierNo, AtomicU64)>);

/// What the hint of one tier was when somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    /// Counts the seats that have become free: who looked before cannot know of them.
    age: u32,
    seat: u32,
}

impl Seen {
    fn load(packed: u64) -> Self {
        Self {
            age: (packed >> 32) as u32,
            seat: packed as u32,
        }
    }

    fn packed(self) -> u64 {
        u64::from(self.age) << 32 | u64::from(self.seat)
    }
}

impl FirstFree {
    /// Everything may be free.
    pub fn new(stock: &Stock) -> Self {
        let first = Seen { age: 0, seat: 1 }.packed();
        let tiers = stock.tiers.iter();
        Self(tiers.map(|tier| (tier.no, AtomicU64::new(first))).collect())
    }

    /// Looks where to start, in all tiers.
    pub(super) fn look(&self) -> Look<'_> {
        let seen =
            |(tier, cell): &(TierNo, AtomicU64)| (*tier, Seen::load(cell.load(Ordering::Relaxed)));
        Look {
            hint: self,
            seen: self.0.iter().map(seen).collect(),
            passed: Vec::new(),
        }
    }

    /// This seat has become free.
    pub fn retreat(&self, tier: TierNo, seat: SeatNo) {
        self.update(tier, |now| {
            Some(Seen {
                age: now.age.wrapping_add(1),
                seat: now.seat.min(seat.0 as u32),
            })
        });
    }

    fn update(&self, tier: TierNo, change: impl Fn(Seen) -> Option<Seen>) {
        if let Some((_, cell)) = self.0.iter().find(|(no, _)| *no == tier) {
            let change = |packed| change(Seen::load(packed)).map(Seen::packed);
            cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
                .ok();
        }
    }
}

/// A batch that looks for free tickets. Dropped, it gives back what it passed.
#[derive(Debug)]
pub(super) struct Look<'a> {
    hint: &'a FirstFree,
    seen: Vec<(TierNo, Seen)>,
    /// The first seat of each tier that this batch has locked.
    passed: Vec<(TierNo, SeatNo)>,
}

impl Look<'_> {
    /// Where to start.
    pub(super) fn start(&self, tier: TierNo) -> SeatNo {
        let seen = self.seen.iter().find(|(no, _)| *no == tier);
        SeatNo(seen.map_or(1, |(_, seen)| seen.seat as i32))
    }

    /// These are locked, ascending: who looks next starts behind them, unless a seat has become free
    /// since this one looked.
    pub(super) fn pass(&mut self, locked: &[(TierNo, SeatNo)]) {
        for chunk in locked.chunk_by(|a, b| a.0 == b.0) {
            let ((tier, first), (_, last)) = (chunk[0], chunk[chunk.len() - 1]);
            self.advance(tier, SeatNo(last.0 + 1));
            self.passed.push((tier, first));
        }
    }

    /// Looked for from the first seat on, this was the first: nobody need look before it. None at all:
    /// nobody need look anywhere before a seat becomes free, or somebody finds one that others freed.
    pub(super) fn found_first(&self, tier: TierNo, seat: Option<SeatNo>) {
        match seat {
            Some(seat) => self.hint.retreat(tier, seat),
            None => self.advance(tier, NOWHERE),
        }
    }

    /// Who looks next starts here at the earliest, unless a seat has become free since this one looked.
    fn advance(&self, tier: TierNo, seat: SeatNo) {
        let Some(&(_, seen)) = self.seen.iter().find(|(no, _)| *no == tier) else {
            return;
        };
        self.hint.update(tier, |now| {
            let behind = seat.0 as u32;
            (now.age == seen.age && now.seat < behind).then_some(Seen {
                seat: behind,
                ..now
            })
        });
    }

    /// It is over: of what was passed, these seats are still the first that are free.
    pub(super) fn done(mut self, left: impl Fn(TierNo) -> Option<SeatNo>) {
        for (tier, _) in std::mem::take(&mut self.passed) {
            if let Some(seat) = left(tier) {
                self.hint.retreat(tier, seat);
            }
        }
    }
}

impl Drop for Look<'_> {
    fn drop(&mut self) {
        for &(tier, first) in &self.passed {
            self.hint.retreat(tier, first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocator::TierStock;
    use crate::types::EventNo;

    const TIER: TierNo = TierNo(1);

    fn hint() -> FirstFree {
        let tier = TierStock {
            no: TIER,
            capacity: 100,
            rows: None,
        };
        FirstFree::new(&Stock {
            event: EventNo(1),
            currency: "EUR".parse().unwrap(),
            tiers: vec![tier],
        })
    }

    fn seats(range: std::ops::Range<i32>) -> Vec<(TierNo, SeatNo)> {
        range.map(|seat| (TIER, SeatNo(seat))).collect()
    }

    fn start(hint: &FirstFree) -> i32 {
        hint.look().start(TIER).0
    }

    #[test]
    fn who_looks_next_starts_behind_what_is_locked() {
        let hint = hint();
        let (mut one, mut two) = (hint.look(), hint.look());
        one.pass(&seats(1..11));
        assert_eq!(start(&hint), 11);
        two.pass(&seats(11..21));
        one.done(|_| None);
        two.done(|_| None);
        assert_eq!(start(&hint), 21);
    }

    #[test]
    fn what_was_not_given_away_is_looked_at_again() {
        let hint = hint();
        let mut look = hint.look();
        look.pass(&seats(1..11));
        look.done(|_| Some(SeatNo(8)));
        assert_eq!(start(&hint), 8);
    }

    #[test]
    fn a_batch_that_fails_gives_back_what_it_passed() {
        let hint = hint();
        let mut look = hint.look();
        look.pass(&seats(3..11));
        assert_eq!(start(&hint), 11);
        drop(look);
        assert_eq!(start(&hint), 3);
    }

    #[test]
    fn a_seat_that_becomes_free_behind_a_looking_batch_is_not_passed() {
        let hint = hint();
        let mut look = hint.look();
        hint.retreat(TIER, SeatNo(5));
        look.pass(&seats(1..11));
        look.done(|_| None);
        assert_eq!(start(&hint), 1);
    }

    #[test]
    fn where_nothing_was_found_from_the_first_seat_on_nobody_looks_again_before_one_is_free() {
        let hint = hint();
        let look = hint.look();
        look.found_first(TIER, None);
        assert_eq!(start(&hint), i32::MAX);
        hint.retreat(TIER, SeatNo(7));
        assert_eq!(start(&hint), 7);
        look.found_first(TIER, None);
        assert_eq!(start(&hint), 7, "it became free after this one looked");
    }

    #[test]
    fn a_seat_that_somebody_else_freed_is_where_the_next_one_starts() {
        let hint = hint();
        let mut look = hint.look();
        look.pass(&seats(1..91));
        look.found_first(TIER, Some(SeatNo(40)));
        look.done(|_| None);
        assert_eq!(start(&hint), 40);
    }
}
