//! The geometry of a numbered tier: which row, number and block a seat has, and its neighbours.
//!
//! Owns the conversion between a seat number, a position (row and number in the row) and a label
//! (`A-7`). What must hold: seats are numbered 1 ..= capacity, row by row from the front, left to
//! right in a row. Every row has the same blocks with an aisle between neighbouring blocks; the last
//! row may be shorter because the capacity ends there. Seats across an aisle are not adjacent. Pure:
//! it knows nothing of events, of the database, or of which seats are free.

use crate::types::SeatNo;

/// The rows of a numbered tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// Widths of a row's blocks, left to right; at least one, each at least 1.
    blocks: Vec<i16>,
    seats_per_row: i32,
}

/// The row of a seat and its number in that row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1 is the row closest to the front.
    pub row: i32,
    /// 1 is the leftmost seat of the row.
    pub number: i32,
}

/// What a seat is beside a seat: shown to buyers; it decides no allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatKind {
    /// A place for a wheelchair.
    Wheelchair,
    /// The seat of who comes with a buyer in a wheelchair.
    Companion,
}

impl SeatKind {
    /// The word in JSON and in the markup of pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wheelchair => "wheelchair",
            Self::Companion => "companion",
        }
    }
}

impl Rows {
    /// Rows with these blocks; `None` unless there is a block and all are positive.
    pub fn new(blocks: Vec<i16>) -> Option<Self> {
        if blocks.is_empty() || blocks.iter().any(|&width| width < 1) {
            return None;
        }
        let seats_per_row = blocks.iter().map(|&width| i32::from(width)).sum();
        Some(Self {
            blocks,
            seats_per_row,
        })
    }

    /// Widths of a row's blocks, left to right.
    pub fn blocks(&self) -> &[i16] {
        &self.blocks
    }

    /// Seats in a full row.
    pub fn seats_per_row(&self) -> i32 {
        self.seats_per_row
    }

    /// The row and number of a seat.
    pub fn position(&self, seat: SeatNo) -> Position {
        let index = seat.0 - 1;
        Position {
            row: index / self.seats_per_row + 1,
            number: index % self.seats_per_row + 1,
        }
    }

    /// The seat at a position; `None` if a row has no such number. The caller compares it with the capacity.
    pub fn seat(&self, position: Position) -> Option<SeatNo> {
        let within = position.row >= 1 && (1..=self.seats_per_row).contains(&position.number);
        let seat = (i64::from(position.row) - 1) * i64::from(self.seats_per_row)
            + i64::from(position.number);
        within
            .then(|| i32::try_from(seat).ok().map(SeatNo))
            .flatten()
    }

    /// The block that a number of a row is in, counted from 0.
    pub fn block_of(&self, number: i32) -> usize {
        let mut end = 0;
        self.blocks
            .iter()
            .position(|&width| {
                end += i32::from(width);
                number <= end
            })
            .unwrap_or(self.blocks.len() - 1)
    }

    /// Whether seats in ascending order are adjacent: one row, one block, no gap.
    pub fn are_together(&self, seats: &[SeatNo]) -> bool {
        seats
            .windows(2)
            .all(|pair| self.are_adjacent(pair[0], pair[1]))
    }

    /// Whether the second seat is the right-hand neighbour of the first.
    pub fn are_adjacent(&self, left: SeatNo, right: SeatNo) -> bool {
        let (a, b) = (self.position(left), self.position(right));
        left.0 + 1 == right.0
            && a.row == b.row
            && self.block_of(a.number) == self.block_of(b.number)
    }

    /// The label that is shown for a seat: `A-7`.
    pub fn label(&self, seat: SeatNo) -> String {
        let position = self.position(seat);
        format!("{}-{}", row_label(position.row), position.number)
    }
}

/// The position with this label: `A-7`, upper or lower case; `None` if the text is no label.
pub fn parse_label(text: &str) -> Option<Position> {
    let (row, number) = text.split_once('-')?;
    let number: u16 = number.parse().ok()?;
    Some(Position {
        row: parse_row_label(row)?,
        number: number.into(),
    })
}

/// A row's letters: 1 is A, 26 is Z, 27 is AA.
pub fn row_label(row: i32) -> String {
    let mut letters = Vec::new();
    let mut rest = row;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// The row with these letters, upper or lower case; `None` if the text is no row label.
pub fn parse_row_label(text: &str) -> Option<i32> {
    if text.is_empty() || text.len() > 5 {
        return None;
    }
    text.bytes().try_fold(0, |row, byte| {
        byte.is_ascii_alphabetic()
            .then(|| row * 26 + i32::from(byte.to_ascii_uppercase() - b'A') + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted_row_by_row() {
        let rows = Rows::new(vec![2, 3]).unwrap();
        assert_eq!(rows.position(SeatNo(1)), Position { row: 1, number: 1 });
        assert_eq!(rows.position(SeatNo(5)), Position { row: 1, number: 5 });
        assert_eq!(rows.label(SeatNo(6)), "B-1");
        for seat in 1..=40 {
            assert_eq!(rows.seat(rows.position(SeatNo(seat))), Some(SeatNo(seat)));
        }
        assert_eq!(rows.seat(Position { row: 1, number: 6 }), None);
        assert_eq!(rows.seat(Position { row: 0, number: 1 }), None);
        assert_eq!(
            rows.seat(Position {
                row: i32::MAX,
                number: 5
            }),
            None
        );
    }

    #[test]
    fn an_aisle_separates_blocks() {
        let rows = Rows::new(vec![2, 3]).unwrap();
        assert_eq!(
            (1..=5)
                .map(|number| rows.block_of(number))
                .collect::<Vec<_>>(),
            [0, 0, 1, 1, 1]
        );
    }

    #[test]
    fn row_letters_continue_after_z() {
        for (row, label) in [
            (1, "A"),
            (26, "Z"),
            (27, "AA"),
            (52, "AZ"),
            (53, "BA"),
            (702, "ZZ"),
            (703, "AAA"),
        ] {
            assert_eq!(row_label(row), label);
            assert_eq!(parse_row_label(label), Some(row));
        }
        for bad in ["", "1", "A1", "É", "AAAAAA"] {
            assert_eq!(parse_row_label(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_label_is_read_back() {
        let rows = Rows::new(vec![2, 3]).unwrap();
        for seat in (1..=200).map(SeatNo) {
            let position = parse_label(&rows.label(seat)).unwrap();
            assert_eq!(rows.seat(position), Some(seat));
        }
        for bad in ["", "A", "A7", "-7", "A-", "A--7", "7-A", "A-70000"] {
            assert_eq!(parse_label(bad), None, "{bad}");
        }
    }

    #[test]
    fn rows_need_seats() {
        for bad in [vec![], vec![0], vec![3, -1]] {
            assert_eq!(Rows::new(bad), None);
        }
    }
}
