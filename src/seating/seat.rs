//! A seat: its position, how it stands in its row, of what kind it is.

use crate::types::SeatNo;

/// The row of a seat and its number in that row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1 is the row closest to the front.
    pub row: i32,
    /// What people see: of blocks, 1 is the leftmost seat of the row.
    pub number: i32,
}

/// A seat as it stands in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowSeat {
    /// Its number within the tier.
    pub no: SeatNo,
    /// The number that people see.
    pub number: i32,
    /// How many seats would fit between it and the seat before it, or of the first of a row the left side of the hall;
    /// an aisle between blocks counts as one.
    pub gap: i32,
}

/// What a seat is beside a seat: nobody is given such a one who did not name it, as long as others are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
