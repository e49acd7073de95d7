//! The seats of a numbered tier: which are free, held or sold, and the free ones nearest to given seats.
//!
//! Read from the database for each request, not cached. No sale is decided by it.

use super::Availability;
use crate::catalog::{Event, Tier};
use crate::postgres::Error;
use crate::seating::Rows;
use crate::types::SeatNo;

/// The state of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

impl Availability {
    /// The states of all seats of a tier, by seat number.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn seats(&self, event: &Event, tier: &Tier) -> Result<Vec<SeatState>, Error> {
        let client = self.0.db.get().await?;
        let statement = client
            .prepare_cached(include_str!("taken_seats.sql"))
            .await?;
        let mut seats = vec![SeatState::Free; tier.capacity as usize];
        for row in client.query(&statement, &[&event.no, &tier.no]).await? {
            let seat: SeatNo = row.get("seat_no");
            if let Some(state) = seats.get_mut(seat.0 as usize - 1) {
                *state = if row.get("held") {
                    SeatState::Held
                } else {
                    SeatState::Sold
                };
            }
        }
        Ok(seats)
    }
}

/// As many free seats as `wanted`, as near to them as possible: adjacent ones if there are any, else
/// single seats. `None` if too few are free.
pub fn nearest(rows: &Rows, states: &[SeatState], wanted: &[SeatNo]) -> Option<Vec<SeatNo>> {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    let free = |seat: &SeatNo| states.get(seat.0 as usize - 1) == Some(&SeatState::Free);
    let distance = |a: SeatNo, b: SeatNo| {
        let (a, b) = (rows.position(a), rows.position(b));
        let aisles = rows.block_of(a.number).abs_diff(rows.block_of(b.number)) as i32;
        // A row counts twice as much as a seat.
        2 * (a.row - b.row).abs() + (a.number - b.number).abs() + aisles
    };
    let count = i32::try_from(wanted.len())
        .ok()
        .filter(|&count| count > 0)?;
    let last = i32::try_from(states.len()).ok()? - count + 1;
    let blocks = (1..=last).map(|first| (first..first + count).map(SeatNo).collect::<Vec<_>>());
    let blocks =
        blocks.filter(|block| block.iter().all(free) && (count == 1 || rows.are_together(block)));
    let together = blocks.min_by_key(|block| {
        let pairs = block.iter().zip(&wanted);
        pairs
            .map(|(&seat, &near)| distance(seat, near))
            .sum::<i32>()
    });
    together.or_else(|| {
        let mut seats: Vec<SeatNo> = (1..=states.len() as i32).map(SeatNo).filter(free).collect();
        seats.sort_by_key(|&seat| wanted.iter().map(|&near| distance(seat, near)).min());
        seats.truncate(wanted.len());
        seats.sort_unstable();
        (seats.len() == wanted.len()).then_some(seats)
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
