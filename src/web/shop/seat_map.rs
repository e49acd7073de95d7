//! The view struct of the seats of a tier: a list of checkboxes, row by row, and what scripts draw the hall from.
//!
//! What must hold: at most [`SEATS_MAX`] seats are listed at once. Which seats are adjacent is in `seating`, which are
//! free in `availability`, where each is drawn in `static/hall.js`.

use std::fmt::Display;

use crate::availability::runs::difference;
use crate::availability::seats::SeatState;
use crate::catalog::Tier;
use crate::seating::{Rows, SeatKind, row_label};
use crate::types::SeatNo;

/// Seats listed at once; a larger tier is listed one section of rows at a time.
const SEATS_MAX: i32 = 400;

/// What `seat_map.html` shows.
#[derive(Debug)]
pub(super) struct SeatMap {
    /// Widths of a row's blocks, for the drawing.
    pub blocks: String,
    /// The states of all seats as runs, for the drawing.
    pub runs: String,
    /// The numbers of places for wheelchairs, for the drawing.
    pub wheelchair: String,
    /// The numbers of the seats beside them.
    pub companion: String,
    /// Seats in a section; the last one may have fewer.
    pub section_seats: i32,
    /// The rows listed, from the front.
    pub rows: Vec<Row>,
    /// The sections of a tier with more than [`SEATS_MAX`] seats; empty otherwise.
    pub sections: Vec<Section>,
    /// The section listed, counted from 1.
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
    /// Whether it is the section listed.
    pub is_current: bool,
    /// How many of its seats are free.
    pub free: i32,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// The row's letters.
    pub label: String,
    /// Left to right.
    pub seats: Vec<Seat>,
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
    /// Whether an aisle is to the left of it.
    pub after_aisle: bool,
    /// Whether it can be chosen.
    pub free: bool,
    /// Whether the buyer has chosen it.
    pub chosen: bool,
    /// `wheelchair` or `companion`, unless it is like others.
    pub kind: Option<&'static str>,
}

impl SeatMap {
    /// The seats of a tier that are in these states, with `chosen` marked; `opens` gives the query that
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
        let seat_at = |seat: SeatNo, state: SeatState| {
            Seat::new(tier, rows, seat, state, chosen.contains(&seat))
        };
        let listed = parts[section].chunks(per_row as usize).zip(first_row..);
        let listed = listed.map(|(states, row)| {
            let seats = states.iter().zip(row * per_row + 1..);
            Row {
                label: row_label(row + 1),
                seats: seats
                    .map(|(state, no)| seat_at(SeatNo(no), *state))
                    .collect(),
            }
        });
        let shown = first_row * per_row..(first_row + rows_shown) * per_row;
        let elsewhere = chosen.iter().filter(|seat| !shown.contains(&(seat.0 - 1)));
        Some(Self {
            blocks: joined(rows.blocks()),
            runs: difference(&[], states),
            wheelchair: numbers_of(tier, SeatKind::Wheelchair),
            companion: numbers_of(tier, SeatKind::Companion),
            section_seats,
            rows: listed.collect(),
            sections: sections(&parts, section, rows_shown, per_row, opens),
            section: section + 1,
            at_stage: section == 0,
            elsewhere: elsewhere
                .map(|&seat| seat_at(seat, SeatState::Free))
                .collect(),
        })
    }
}

impl Seat {
    fn new(tier: &Tier, rows: &Rows, seat: SeatNo, state: SeatState, is_chosen: bool) -> Self {
        let position = rows.position(seat);
        let number = position.number;
        Self {
            label: rows.label(seat),
            row: row_label(position.row),
            number,
            after_aisle: number > 1 && rows.block_of(number) != rows.block_of(number - 1),
            free: state == SeatState::Free,
            chosen: state == SeatState::Free && is_chosen,
            kind: tier.kinds.get(&seat).map(|kind| kind.as_str()),
        }
    }
}

fn numbers_of(tier: &Tier, kind: SeatKind) -> String {
    let of_kind = tier.kinds.iter().filter(|(_, found)| **found == kind);
    joined(&of_kind.map(|(seat, _)| seat.0).collect::<Vec<_>>())
}

/// Numbers with spaces between them.
fn joined(numbers: &[impl Display]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    numbers.join(" ")
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
