//! A hall as its organiser writes it, and what may be wrong with it.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A hall as it is written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Layout {
    /// Where the stage is; in front of everything if it is not given.
    pub stage: Option<StageLayout>,
    /// Parts of the hall, 1 to 50.
    pub sections: Vec<SectionLayout>,
}

/// A stage as it is written: lengths are in seats, from the left and from the front, in halves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StageLayout {
    /// What it is called, if it is not the stage.
    pub name: String,
    /// How far its left side is from the left.
    pub x: f64,
    /// How far its front is from the front.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How deep it is.
    pub height: f64,
}

/// A section as it is written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SectionLayout {
    /// Its name: no other section has it.
    #[schema(examples("Stalls"))]
    pub name: String,
    /// How far it is from the left, in seats and halves.
    pub x: f64,
    /// How far it is from the front.
    pub y: f64,
    /// Its rows, from the front.
    pub rows: Vec<RowLayout>,
}

/// A row as it is written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RowLayout {
    /// Its label: no other row of the section has it.
    #[schema(examples("A"))]
    pub row: String,
    /// From left to right: `12` or `12s` are twelve seats, `w` a place for a wheelchair, `c` the seat of who comes with
    /// such a buyer, `2_` a gap two seats wide. Seats on both sides of a gap are no neighbours.
    #[schema(examples("4 _ 12 _ 2 c w"))]
    pub seats: String,
    /// How far it begins from the left of its section.
    pub x: f64,
    /// How far it is from the front of its section; one seat behind the row before it, if it is not given.
    pub y: Option<f64>,
    /// The numbers of its seats from left to right, if they are not 1, 2, 3: `12-1`, or `23-1/2, 2-24/2`.
    pub numbers: String,
    /// Which rows are sold first: the least. Rows that are equally good are sold from the middle outwards together. Where
    /// the row stands in the list of all rows, if it is not given.
    pub best: Option<i64>,
}

/// What a field of a layout must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// So many entries.
    Entries(usize, usize),
    /// A name of a section: 1 to 40 characters, none of `: " \`.
    SectionName,
    /// A label of a row: 1 to 8 characters, no spaces and none of `: - " \`.
    RowLabel,
    /// At most so many characters.
    Short(usize),
    /// A number between these, in halves.
    Halves(i64, i64),
    /// A whole number between these.
    Within(i64, i64),
    /// What no other entry is.
    Alone,
    /// Seats and gaps, so many at most.
    Seats(usize),
    /// So many different numbers.
    Numbers(usize),
    /// Where nothing else is; this is there.
    Apart(String),
    /// So small that it has at most so many seats.
    FewerSeats(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entries(least, most) => write!(f, "must have {least} to {most} entries"),
            Self::SectionName => write!(f, "must be 1 to 40 characters, none of : \" \\"),
            Self::RowLabel => write!(f, "must be 1 to 8 characters, no spaces, none of : - \" \\"),
            Self::Short(most) => write!(f, "must be at most {most} characters"),
            Self::Halves(least, most) => write!(f, "must be {least} to {most} in steps of 0.5"),
            Self::Within(least, most) => write!(f, "must be {least} to {most}"),
            Self::Alone => write!(f, "must be named once"),
            Self::Seats(most) => write!(f, "must be seats and gaps such as 4 _ 12, {most} at most"),
            Self::Numbers(count) => write!(f, "must be {count} different numbers such as 1-12"),
            Self::Apart(other) => write!(f, "is in the way of {other}"),
            Self::FewerSeats(most) => write!(f, "must have at most {most} seats in all"),
        }
    }
}

/// A field of a layout that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// RFC 6901, from the layout: `/sections/0/rows/2/seats`.
    pub pointer: String,
    /// What it must be.
    pub must: Fault,
}
