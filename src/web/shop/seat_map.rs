//! The view struct of a seat map: the geometry of the drawing, and the same seats as a list of checkboxes by
//! row.
//!
//! What must hold: lengths are in the units of the drawing's `viewBox`; at most [`SEATS_MAX`] seats are drawn at
//! once. Which seats are adjacent is in `seating`, which are free in `availability`.

use crate::availability::seats::SeatState;
use crate::catalog::Tier;
use crate::seating::row_label;
use crate::types::SeatNo;

/// Seats drawn at once; a larger tier is drawn one section of rows at a time.
const SEATS_MAX: i32 = 400;

/// Distance between the centres of neighbouring seats.
const PITCH: i32 = 24;
/// Displayed size in percent of the drawing's units: a seat is wide enough for a finger.
const SCALE: i32 = 140;
/// Extra distance across an aisle.
const AISLE: i32 = 18;
/// Space for the row's letters, left of the first seat and right of the last.
const MARGIN: i32 = 34;
/// Space for the stage above the first row.
const TOP: i32 = 44;

/// What `seat_map.html` draws.
#[derive(Debug)]
pub(super) struct SeatMap {
    /// Width of the drawing.
    pub width: i32,
    /// Height of the drawing.
    pub height: i32,
    /// Displayed width in CSS pixels; the map scrolls where the page is narrower.
    pub shown_width: i32,
    /// x of the letters to the right of the rows.
    pub right: i32,
    /// x of the letters between the blocks of a row.
    pub aisles: Vec<i32>,
    /// Seats in a row.
    pub row_seats: i32,
    /// Seats in a section; the last one may have fewer.
    pub section_seats: i32,
    /// The rows drawn, from the front.
    pub rows: Vec<Row>,
    /// The sections of a tier with more than [`SEATS_MAX`] seats; empty otherwise.
    pub sections: Vec<Section>,
    /// The section drawn, counted from 1.
    pub section: usize,
    /// Whether the section is the one at the stage.
    pub at_stage: bool,
    /// Chosen seats in other sections.
    pub elsewhere: Vec<Seat>,
}

/// Some rows of a large tier.
#[derive(Debug)]
pub(super) struct Section {
    /// `A–J`
    pub label: String,
    /// The query's `seats` that opens it.
    pub opens: String,
    /// Whether it is the section drawn.
    pub is_current: bool,
    /// How many of its seats are free.
    pub free: i32,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// The row's letters.
    pub label: String,
    /// y of the letters' baseline.
    pub baseline: i32,
    /// Left to right.
    pub seats: Vec<Seat>,
    /// How many of them are free.
    pub free: usize,
}

/// One seat.
#[derive(Debug)]
pub(super) struct Seat {
    /// `A-7`
    pub label: String,
    /// The row's letters.
    pub row: String,
    /// The number in the row.
    pub number: i32,
    /// x of its left edge.
    pub x: i32,
    /// y of its upper edge.
    pub y: i32,
    /// `free`, `held` or `sold`.
    pub state: &'static str,
    /// Whether the buyer has chosen it.
    pub chosen: bool,
}

impl SeatMap {
    /// The map of a tier whose seats are in these states, with `chosen` marked; `opens` gives the query that
    /// opens a section. `None` for general admission.
    pub(super) fn new(
        tier: &Tier,
        states: &[SeatState],
        chosen: &[SeatNo],
        section: usize,
        opens: impl Fn(&str) -> String,
    ) -> Option<Self> {
        let rows = tier.rows.as_ref()?;
        let per_row = rows.seats_per_row();
        let rows_shown = (SEATS_MAX / per_row).max(1);
        let section_seats = rows_shown * per_row;
        let parts: Vec<&[SeatState]> = states.chunks(section_seats as usize).collect();
        let section = section.min(parts.len().checked_sub(1)?);
        let first_row = section as i32 * rows_shown;
        let seat_at = |row: i32, number: i32, state: SeatState| {
            let seat = SeatNo(row * per_row + number);
            Seat {
                label: rows.label(seat),
                row: row_label(row + 1),
                number,
                x: MARGIN + (number - 1) * PITCH + rows.block_of(number) as i32 * AISLE,
                y: TOP + (row - first_row) * PITCH,
                state: class(state),
                chosen: state == SeatState::Free && chosen.contains(&seat),
            }
        };
        let drawn = parts[section].chunks(per_row as usize).zip(first_row..);
        let drawn: Vec<Row> = drawn
            .map(|(states, row)| {
                let seats = states.iter().zip(1..);
                let seats: Vec<_> = seats
                    .map(|(state, number)| seat_at(row, number, *state))
                    .collect();
                Row {
                    label: row_label(row + 1),
                    baseline: TOP + (row - first_row) * PITCH + 15,
                    free: seats.iter().filter(|seat| seat.state == "free").count(),
                    seats,
                }
            })
            .collect();
        let shown = first_row..first_row + rows_shown;
        let elsewhere = chosen.iter().map(|&seat| rows.position(seat));
        let elsewhere = elsewhere.filter(|at| !shown.contains(&(at.row - 1)));
        let elsewhere = elsewhere.map(|at| seat_at(at.row - 1, at.number, SeatState::Free));
        let width = 2 * MARGIN + per_row * PITCH + (rows.blocks().len() as i32 - 1) * AISLE;
        Some(Self {
            width,
            shown_width: width * SCALE / 100,
            height: TOP + drawn.len() as i32 * PITCH + 10,
            right: width - MARGIN / 2,
            aisles: aisles(rows.blocks()),
            row_seats: per_row,
            section_seats,
            rows: drawn,
            sections: sections(&parts, section, rows_shown, per_row, opens),
            section: section + 1,
            at_stage: section == 0,
            elsewhere: elsewhere.collect(),
        })
    }
}

fn sections(
    parts: &[&[SeatState]],
    current: usize,
    rows_shown: i32,
    per_row: i32,
    opens: impl Fn(&str) -> String,
) -> Vec<Section> {
    if parts.len() < 2 {
        return Vec::new();
    }
    let section = |(part, index): (&&[SeatState], usize)| {
        let first = index as i32 * rows_shown + 1;
        let rows = (part.len() as i32 + per_row - 1) / per_row;
        Section {
            label: format!("{}–{}", row_label(first), row_label(first + rows - 1)),
            opens: opens(&format!(".{}", index + 1)),
            is_current: index == current,
            free: part
                .iter()
                .filter(|&&state| state == SeatState::Free)
                .count() as i32,
        }
    };
    parts.iter().zip(0..).map(section).collect()
}

/// x of the middle of each aisle, from left to right.
fn aisles(blocks: &[i16]) -> Vec<i32> {
    let mut seats = 0;
    let ends = blocks.iter().map(|&block| {
        seats += i32::from(block);
        seats
    });
    let ends: Vec<i32> = ends.collect();
    let between = ends.iter().zip(0..).take(blocks.len() - 1);
    // A seat fills all but four of its pitch.
    between
        .map(|(end, aisle)| MARGIN + end * PITCH - 4 + aisle * AISLE + (AISLE + 4) / 2)
        .collect()
}

/// The CSS class of a seat.
fn class(state: SeatState) -> &'static str {
    match state {
        SeatState::Free => "free",
        SeatState::Held => "held",
        SeatState::Sold => "sold",
    }
}
