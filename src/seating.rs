//! The geometry of a numbered tier: which row and number a seat has, which seats are its neighbours, which are not like
//! others.
//!
//! Owns the conversion between a seat number, a position (row and number in the row) and a label (`A-7`). A tier's seats
//! are either plain blocks or a part of a hall. What must hold: of blocks, seats are numbered 1 ..= capacity, row by row
//! from the front, left to right in a row; every row has the same blocks with an aisle between neighbouring blocks; the
//! last row may be shorter because the capacity ends there. Of a hall, they are numbered as `plan` says. Seats across an
//! aisle or a gap are not adjacent. Pure: it knows nothing of events, of the database, or of which seats are free.

pub mod hall;
pub mod plan;
mod seat;

use std::ops::Range;
use std::sync::Arc;

use crate::types::SeatNo;
use plan::Plan;
pub use seat::{Position, RowSeat, SeatKind};

/// The rows of a numbered tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    shape: Shape,
    /// Ascending; given to nobody who did not name them, as long as others are free.
    special: Arc<[SeatNo]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Blocks(Blocks),
    Plan(Plan),
}

/// Rows that are all alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks {
    /// Widths of a row's blocks, left to right; at least one, each at least 1.
    blocks: Vec<i16>,
    seats_per_row: i32,
}

impl Rows {
    /// Rows with these blocks; `None` unless there is a block and all are positive.
    pub fn new(blocks: Vec<i16>) -> Option<Self> {
        if blocks.is_empty() || blocks.iter().any(|&width| width < 1) {
            return None;
        }
        let seats_per_row = blocks.iter().map(|&width| i32::from(width)).sum();
        let shape = Shape::Blocks(Blocks {
            blocks,
            seats_per_row,
        });
        let special = Arc::default();
        Some(Self { shape, special })
    }

    /// Those of a part of a hall, or of blocks: as a tier has them.
    pub fn of_tier(blocks: Option<Vec<i16>>, plan: Option<String>) -> Option<Self> {
        match plan {
            Some(text) => Some(Self::of_plan(Plan::stored(text))),
            None => Self::new(blocks?),
        }
    }

    /// Those of a part of a hall.
    pub fn of_plan(plan: Plan) -> Self {
        let shape = Shape::Plan(plan);
        let special = Arc::default();
        Self { shape, special }
    }

    /// With these seats for those alone who name them, as long as others are free.
    #[must_use]
    pub fn with_special(self, special: impl IntoIterator<Item = SeatNo>) -> Self {
        let mut special: Vec<SeatNo> = special.into_iter().collect();
        special.sort_unstable();
        Self {
            special: special.into(),
            ..self
        }
    }

    /// Seats that nobody is given who did not name them, ascending.
    pub fn special(&self) -> &[SeatNo] {
        &self.special
    }

    /// Whether a seat is one of those.
    pub fn is_special(&self, seat: SeatNo) -> bool {
        !self.special.is_empty() && self.special.binary_search(&seat).is_ok()
    }

    /// The part of a hall that they are.
    pub fn plan(&self) -> Option<&Plan> {
        match &self.shape {
            Shape::Plan(plan) => Some(plan),
            Shape::Blocks(_) => None,
        }
    }

    /// The blocks that they are.
    pub fn as_blocks(&self) -> Option<&Blocks> {
        match &self.shape {
            Shape::Blocks(blocks) => Some(blocks),
            Shape::Plan(_) => None,
        }
    }

    /// Widths of a row's blocks, left to right; none of a hall.
    pub fn blocks(&self) -> &[i16] {
        self.as_blocks().map_or(&[], |rows| &rows.blocks)
    }

    /// Seats in the widest row.
    pub fn seats_per_row(&self) -> i32 {
        match &self.shape {
            Shape::Blocks(rows) => rows.seats_per_row,
            Shape::Plan(plan) => plan.widest(),
        }
    }

    /// How many tickets to lock beyond those that are wanted, so that there is a choice: two rows, and of blocks all
    /// that nobody is given, because they may be before the others.
    pub fn spare(&self) -> i64 {
        match &self.shape {
            Shape::Blocks(rows) => {
                SPARE_ROWS * i64::from(rows.seats_per_row) + self.special.len() as i64
            }
            Shape::Plan(plan) => plan.spare(),
        }
    }

    /// The row and number of a seat.
    pub fn position(&self, seat: SeatNo) -> Position {
        match &self.shape {
            Shape::Blocks(rows) => rows.position(seat),
            Shape::Plan(plan) => plan.position(seat),
        }
    }

    /// The seat at a position; `None` if a row has no such number. The caller compares it with the capacity.
    pub fn seat(&self, position: Position) -> Option<SeatNo> {
        match &self.shape {
            Shape::Blocks(rows) => rows.seat(position),
            Shape::Plan(plan) => plan.seat(position),
        }
    }

    /// What a row is called.
    pub fn row_label(&self, row: i32) -> String {
        match &self.shape {
            Shape::Blocks(_) => row_label(row),
            Shape::Plan(plan) => plan.row_label(row),
        }
    }

    /// How many rows that many seats make.
    pub fn count_rows(&self, capacity: i32) -> i32 {
        match &self.shape {
            Shape::Blocks(rows) => (capacity + rows.seats_per_row - 1) / rows.seats_per_row,
            Shape::Plan(plan) => plan.rows().len() as i32,
        }
    }

    /// The seats of a row, counted from 1, of a tier with so many, from left to right.
    pub fn seats_of_row(&self, row: i32, capacity: i32) -> Vec<RowSeat> {
        match &self.shape {
            Shape::Blocks(rows) => rows.seats_of_row(row, capacity),
            Shape::Plan(plan) => {
                let index = usize::try_from(row - 1).unwrap_or(usize::MAX);
                let row = plan.rows().get(index);
                row.map_or_else(Vec::new, |row| plan.seats_of(row))
            }
        }
    }

    /// Rows of a tier with so many seats, counted from 1, in parts of at most `most` seats, but of one row at least.
    pub fn parts(&self, capacity: i32, most: i32) -> Vec<Range<i32>> {
        let mut parts: Vec<Range<i32>> = Vec::new();
        match &self.shape {
            Shape::Blocks(rows) => {
                let end = self.count_rows(capacity) + 1;
                let at_once = (most / rows.seats_per_row).max(1);
                let firsts = (1..end).step_by(at_once as usize);
                parts.extend(firsts.map(|first| first..(first + at_once).min(end)));
            }
            Shape::Plan(plan) => {
                let mut seats = 0;
                for (row, no) in plan.rows().iter().zip(1..) {
                    let more = row.seats() as i32;
                    match parts.last_mut() {
                        Some(part) if seats + more <= most => {
                            part.end = no + 1;
                            seats += more;
                        }
                        _ => {
                            parts.push(no..no + 1);
                            seats = more;
                        }
                    }
                }
            }
        }
        parts
    }

    /// The row that is called so.
    pub fn row_of(&self, label: &str) -> Option<i32> {
        match &self.shape {
            Shape::Blocks(_) => parse_row_label(label),
            Shape::Plan(plan) => plan.row_of(label),
        }
    }

    /// The seat with this label: `A-7`, upper or lower case. The caller compares it with the capacity.
    pub fn find(&self, label: &str) -> Option<SeatNo> {
        let (row, number) = label.rsplit_once('-')?;
        let number: u16 = number.parse().ok()?;
        self.seat(Position {
            row: self.row_of(row)?,
            number: number.into(),
        })
    }

    /// Where a seat is among all, row by row, left to right, from 1 on: neighbours follow each other.
    pub fn place(&self, seat: SeatNo) -> i32 {
        match &self.shape {
            Shape::Blocks(_) => seat.0,
            Shape::Plan(plan) => plan.place(seat),
        }
    }

    /// The seat in a place.
    pub fn seat_at(&self, place: i32) -> SeatNo {
        match &self.shape {
            Shape::Blocks(_) => SeatNo(place),
            Shape::Plan(plan) => plan.seat_at(place),
        }
    }

    /// Whether seats are adjacent: one row, no aisle or gap between them. In any order of a hall, ascending of blocks.
    pub fn are_together(&self, seats: &[SeatNo]) -> bool {
        match &self.shape {
            Shape::Blocks(rows) => seats
                .windows(2)
                .all(|pair| rows.are_adjacent(pair[0], pair[1])),
            Shape::Plan(plan) => {
                let mut places: Vec<i32> = seats.iter().map(|&seat| plan.place(seat)).collect();
                places.sort_unstable();
                places
                    .windows(2)
                    .all(|pair| pair[0] + 1 == pair[1] && plan.is_joined(pair[1]))
            }
        }
    }

    /// Seats in the order in which they stand: row by row, left to right.
    #[must_use]
    pub fn in_order(&self, seats: &[SeatNo]) -> Vec<SeatNo> {
        let mut seats = seats.to_vec();
        seats.sort_by_key(|&seat| self.place(seat));
        seats
    }

    /// How far two seats are from each other; a row counts twice as much as a seat.
    pub fn distance(&self, a: SeatNo, b: SeatNo) -> i32 {
        match &self.shape {
            Shape::Blocks(rows) => rows.distance(a, b),
            Shape::Plan(plan) => plan.distance(a, b),
        }
    }

    /// The label that is shown for a seat: `A-7`.
    pub fn label(&self, seat: SeatNo) -> String {
        let position = self.position(seat);
        if position.row == 0 {
            return seat.0.to_string();
        }
        format!("{}-{}", self.row_label(position.row), position.number)
    }

    /// The row of a ticket and where it stands in that row, as the table of tickets has them.
    pub fn columns(&self, seat: SeatNo) -> (i32, i32) {
        match &self.shape {
            Shape::Blocks(rows) => {
                let position = rows.position(seat);
                (position.row, position.number)
            }
            Shape::Plan(plan) => (plan.position(seat).row, plan.index_in_row(seat)),
        }
    }
}

/// Seats that are looked at beyond what is wanted, in rows.
const SPARE_ROWS: i64 = 2;

impl Blocks {
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

    fn seat(&self, position: Position) -> Option<SeatNo> {
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

    fn seats_of_row(&self, row: i32, capacity: i32) -> Vec<RowSeat> {
        let first = (row - 1) * self.seats_per_row;
        let last = (first + self.seats_per_row).min(capacity);
        let seat = |(no, number): (i32, i32)| {
            let is_after_aisle = number > 1 && self.block_of(number) != self.block_of(number - 1);
            RowSeat {
                no: SeatNo(no),
                number,
                gap: is_after_aisle.into(),
            }
        };
        (first + 1..=last).zip(1..).map(seat).collect()
    }

    /// Whether the second seat is the right-hand neighbour of the first.
    fn are_adjacent(&self, left: SeatNo, right: SeatNo) -> bool {
        let (a, b) = (self.position(left), self.position(right));
        left.0 + 1 == right.0
            && a.row == b.row
            && self.block_of(a.number) == self.block_of(b.number)
    }

    fn distance(&self, a: SeatNo, b: SeatNo) -> i32 {
        let (a, b) = (self.position(a), self.position(b));
        let aisles = self.block_of(a.number).abs_diff(self.block_of(b.number)) as i32;
        2 * (a.row - b.row).abs() + (a.number - b.number).abs() + aisles
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
mod tests;
