//! The seat map of a numbered tier: a drawing with rows and aisles, and the same as a list of rows
//! to tick seats in.

use crate::allocator::rows::row_label;
use crate::availability::seats::SeatState;
use crate::catalog::Tier;
use crate::types::SeatNo;

/// Tiers with more seats than this are sold "best together" only.
pub(super) const SEATS_MAX: i32 = 400;

/// Between the middles of neighbouring seats.
const PITCH: i32 = 24;
/// How large the drawing is shown, in percent: a seat is wide enough for a finger.
const SCALE: i32 = 140;
/// How much wider an aisle is than nothing.
const AISLE: i32 = 18;
/// Left of the first seat, and right of the last: a row's letters.
const MARGIN: i32 = 34;
/// Above the first row: the stage.
const TOP: i32 = 44;

/// What `seat_map.html` draws.
#[derive(Debug)]
pub(super) struct SeatMap {
    /// Of the drawing.
    pub width: i32,
    /// Of the drawing.
    pub height: i32,
    /// How wide it is shown; it scrolls where there is less room.
    pub shown_width: i32,
    /// Where the letters right of the rows stand.
    pub right: i32,
    /// From the front.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// Its letters.
    pub label: String,
    /// Where its letters' baseline is.
    pub baseline: i32,
    /// Left to right.
    pub seats: Vec<Seat>,
    /// How many of them can be had.
    pub free: usize,
}

/// One seat.
#[derive(Debug)]
pub(super) struct Seat {
    /// `A-7`
    pub label: String,
    /// In the row.
    pub number: i32,
    /// Its left edge in the drawing.
    pub x: i32,
    /// Its upper edge in the drawing.
    pub y: i32,
    /// `free`, `held` or `sold`.
    pub state: &'static str,
    /// Whether the buyer has ticked it.
    pub chosen: bool,
}

impl SeatMap {
    /// Of a tier whose seats are in these states; `chosen` are ticked. `None` without numbered seats.
    pub(super) fn new(tier: &Tier, states: &[SeatState], chosen: &[SeatNo]) -> Option<Self> {
        let rows = tier.rows.as_ref()?;
        let per_row = rows.seats_per_row();
        let width = 2 * MARGIN + per_row * PITCH + (rows.blocks().len() as i32 - 1) * AISLE;
        let drawn: Vec<Row> = states
            .chunks(per_row as usize)
            .zip(0..)
            .map(|(states, index)| {
                let y = TOP + index * PITCH;
                let seats: Vec<Seat> = states
                    .iter()
                    .zip(1..)
                    .map(|(state, number)| {
                        let seat = SeatNo(index * per_row + number);
                        let aisles = rows.block_of(number) as i32;
                        Seat {
                            label: rows.label(seat),
                            number,
                            x: MARGIN + (number - 1) * PITCH + aisles * AISLE,
                            y,
                            state: word(*state),
                            chosen: *state == SeatState::Free && chosen.contains(&seat),
                        }
                    })
                    .collect();
                Row {
                    label: row_label(index + 1),
                    baseline: y + 15,
                    free: seats.iter().filter(|seat| seat.state == "free").count(),
                    seats,
                }
            })
            .collect();
        Some(Self {
            width,
            shown_width: width * SCALE / 100,
            height: TOP + drawn.len() as i32 * PITCH + 10,
            right: width - MARGIN / 2,
            rows: drawn,
        })
    }
}

fn word(state: SeatState) -> &'static str {
    match state {
        SeatState::Free => "free",
        SeatState::Held => "held",
        SeatState::Sold => "sold",
    }
}
