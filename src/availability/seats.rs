//! The seats of a numbered tier: which are free, held or sold, and the free ones nearest to given seats.
//!
//! What they are is in `kept` and `live`; nothing is read here. No sale is decided by it.

use crate::seating::Rows;
use crate::types::{SeatNo, Timestamp};

/// The state of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum SeatState {
    /// Not part of any booking.
    Free,
    /// Part of a pending booking: may become free.
    Held,
    /// Part of a confirmed booking.
    Sold,
}

impl SeatState {
    /// The letter in JSON: `f`, `h` or `s`.
    pub fn letter(self) -> char {
        match self {
            Self::Free => 'f',
            Self::Held => 'h',
            Self::Sold => 's',
        }
    }

    /// The state with this number.
    pub(super) fn of(number: u8) -> Self {
        match number {
            0 => Self::Free,
            1 => Self::Held,
            _ => Self::Sold,
        }
    }
}

/// The seats of a tier at one time.
#[derive(Debug, PartialEq, Eq)]
pub struct Seats {
    /// When they were read from the database, by its clock; of a replica, up to when it had replayed. What this
    /// process has sold and released since is in the states.
    pub as_of: Timestamp,
    /// Differs if the states differ; the same in every process.
    pub tag: u64,
    /// The states by seat number, from 1 on.
    pub states: Vec<SeatState>,
}

impl Seats {
    /// How many are free.
    pub fn free(&self) -> usize {
        let free = |state: &&SeatState| **state == SeatState::Free;
        self.states.iter().filter(free).count()
    }
}

/// As many free seats as `wanted`, as near to them as possible: adjacent ones if there are any, else
/// single seats. `None` if too few are free.
pub fn nearest(rows: &Rows, states: &[SeatState], wanted: &[SeatNo]) -> Option<Vec<SeatNo>> {
    let is_special = wanted.iter().any(|&seat| rows.is_special(seat));
    let free = |seat: &SeatNo| {
        usize::try_from(seat.0 - 1).is_ok_and(|index| states.get(index) == Some(&SeatState::Free))
            && (is_special || !rows.is_special(*seat))
    };
    let count = i32::try_from(wanted.len())
        .ok()
        .filter(|&count| count > 0)?;
    let last = i32::try_from(states.len()).ok()? - count + 1;
    let wanted = rows.in_order(wanted);
    // In the order in which they stand, so that neighbours follow each other.
    let seats = |places: std::ops::Range<i32>| {
        let seats = places.map(|place| rows.seat_at(place));
        seats.collect::<Vec<SeatNo>>()
    };
    let blocks = (1..=last).map(|first| seats(first..first + count));
    let blocks =
        blocks.filter(|block| block.iter().all(free) && (count == 1 || rows.are_together(block)));
    let together = blocks.min_by_key(|block| {
        let pairs = block.iter().zip(&wanted);
        pairs
            .map(|(&seat, &near)| i64::from(rows.distance(seat, near)))
            .sum::<i64>()
    });
    let sorted = |mut seats: Vec<SeatNo>| {
        seats.sort_unstable();
        seats
    };
    together.map(sorted).or_else(|| {
        let mut seats: Vec<SeatNo> = (1..=states.len() as i32).map(SeatNo).filter(free).collect();
        seats.sort_by_key(|&seat| wanted.iter().map(|&near| rows.distance(seat, near)).min());
        seats.truncate(wanted.len());
        (seats.len() == wanted.len()).then(|| sorted(seats))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `.` is free; rows of two blocks of three.
    fn near(map: &str, wanted: &[i32]) -> Option<Vec<i32>> {
        let rows = Rows::new(vec![3, 3]).unwrap();
        let state = |letter| {
            if letter == '.' {
                SeatState::Free
            } else {
                SeatState::Sold
            }
        };
        let states: Vec<_> = map.chars().filter(|c| *c != ' ').map(state).collect();
        let wanted: Vec<_> = wanted.iter().map(|&seat| SeatNo(seat)).collect();
        let found = nearest(&rows, &states, &wanted)?;
        Some(found.into_iter().map(|seat| seat.0).collect())
    }

    #[test]
    fn the_nearest_seats_are_adjacent_if_possible() {
        assert_eq!(near("x.. ... ......", &[1, 2]), Some(vec![2, 3]));
        // Not across the aisle.
        assert_eq!(near("xx. .xx xxx x..", &[3, 4]), Some(vec![11, 12]));
        assert_eq!(near("xxx x.x xxx x..", &[5]), Some(vec![5]));
    }

    #[test]
    fn single_seats_are_better_than_none() {
        assert_eq!(near("x.x .xx", &[1, 2]), Some(vec![2, 4]));
        assert_eq!(near("x.x xxx", &[1, 2]), None);
        assert_eq!(near("......", &[]), None);
    }
}
