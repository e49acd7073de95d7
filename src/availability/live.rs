//! The states of a tier's seats as this process knows them: read from the database now and then, and changed at
//! once by what this process sells and releases.
//!
//! What must hold: a sale or release costs a store a seat and takes no lock. What this process has done since a
//! reading began is not undone by it, for the reading may not have seen it.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::seats::{SeatState, Seats};
use crate::types::{SeatNo, Timestamp};

/// Marks a seat that this process has changed since the last reading began.
const CHANGED: u8 = 0x80;

/// The seats of one tier.
#[derive(Debug)]
pub(super) struct LiveSeats {
    /// By seat number: a [`SeatState`], perhaps [`CHANGED`].
    states: Box<[AtomicU8]>,
    /// Increased after each change.
    version: AtomicU64,
    /// What was shown last, and of which version it is.
    shown: Mutex<Option<(u64, Arc<Seats>)>>,
}

impl LiveSeats {
    /// All free, until they are read.
    pub(super) fn new(capacity: i32) -> Self {
        let free = || AtomicU8::new(SeatState::Free as u8);
        Self {
            states: (0..capacity).map(|_| free()).collect(),
            version: AtomicU64::new(0),
            shown: Mutex::default(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    /// Records what this process has done to some seats.
    pub(super) fn set(&self, seats: &[SeatNo], state: SeatState) {
        for seat in seats {
            if let Some(known) = self.state(*seat) {
                known.store(state as u8 | CHANGED, Ordering::Release);
            }
        }
        self.changed();
    }

    /// Records that a seat which was taken for free is not.
    pub(super) fn set_taken(&self, seat: SeatNo) {
        let (free, held) = (SeatState::Free as u8, SeatState::Held as u8 | CHANGED);
        let Some(known) = self.state(seat) else {
            return;
        };
        let is_free = |state: u8| (state & !CHANGED == free).then_some(held);
        known
            .fetch_update(Ordering::Release, Ordering::Relaxed, is_free)
            .ok();
        self.changed();
    }

    fn state(&self, seat: SeatNo) -> Option<&AtomicU8> {
        self.states.get(usize::try_from(seat.0 - 1).ok()?)
    }

    fn changed(&self) {
        self.version.fetch_add(1, Ordering::Release);
    }

    /// Begins a reading: what is recorded from now on, it may not see. A reading that is begun and not ended changes
    /// nothing.
    pub(super) fn begin_reading(&self) {
        for state in &self.states {
            state.fetch_and(!CHANGED, Ordering::Acquire);
        }
    }

    /// Ends a reading that has found these states.
    pub(super) fn end_reading(&self, found: &[SeatState]) {
        for (known, found) in self.states.iter().zip(found) {
            let seen = known.load(Ordering::Relaxed);
            if seen & CHANGED == 0 {
                // Fails if this process changes the seat just now.
                let (new, order) = (*found as u8, Ordering::Relaxed);
                known.compare_exchange(seen, new, order, order).ok();
            }
        }
        self.changed();
    }

    /// The states as they are now, read from the database at `as_of`.
    pub(super) fn show(&self, as_of: Timestamp) -> Arc<Seats> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        // Changes are stored before the version that counts them.
        let version = self.version.load(Ordering::Acquire);
        if let Some((of, seats)) = shown.as_ref()
            && *of == version
        {
            return seats.clone();
        }
        let states: Vec<u8> = self
            .states
            .iter()
            .map(|state| state.load(Ordering::Relaxed) & !CHANGED)
            .collect();
        let tag = BuildHasherDefault::<DefaultHasher>::default().hash_one(&states);
        let seats = Arc::new(Seats {
            as_of,
            tag,
            states: states.into_iter().map(SeatState::of).collect(),
        });
        *shown = Some((version, seats.clone()));
        seats
    }
}

#[cfg(test)]
mod tests {
    use super::SeatState::{Free, Held, Sold};
    use super::*;

    fn seen(live: &LiveSeats) -> Vec<SeatState> {
        live.show(Timestamp::default()).states.clone()
    }

    #[test]
    fn a_reading_does_not_undo_what_it_may_not_have_seen() {
        let live = LiveSeats::new(4);
        live.begin_reading();
        live.set(&[SeatNo(2)], Held);
        live.end_reading(&[Sold, Free, Held, Free]);
        assert_eq!(seen(&live), [Sold, Held, Held, Free]);
        live.begin_reading();
        live.set(&[SeatNo(3)], Free);
        live.end_reading(&[Sold, Held, Held, Sold]);
        assert_eq!(seen(&live), [Sold, Held, Free, Sold]);
        // The next one sees it.
        live.begin_reading();
        live.end_reading(&[Sold, Free, Free, Free]);
        assert_eq!(seen(&live), [Sold, Free, Free, Free]);
    }

    #[test]
    fn what_is_shown_is_made_once_for_each_change() {
        let live = LiveSeats::new(2);
        let first = live.show(Timestamp::default());
        assert!(Arc::ptr_eq(&first, &live.show(Timestamp::default())));
        live.set(&[SeatNo(1), SeatNo(3)], Held);
        let second = live.show(Timestamp::default());
        assert_ne!(first.tag, second.tag);
        live.set(&[SeatNo(1)], Free);
        assert_eq!(live.show(Timestamp::default()).tag, first.tag);
    }

    #[test]
    fn a_seat_that_was_found_taken_is_not_shown_as_free() {
        let live = LiveSeats::new(3);
        live.begin_reading();
        live.end_reading(&[Sold, Free, Held]);
        for seat in 0..=4 {
            live.set_taken(SeatNo(seat));
        }
        assert_eq!(seen(&live), [Sold, Held, Held]);
    }
}
