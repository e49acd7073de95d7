//! The view struct of the seats of a tier: a list of checkboxes, row by row, and what scripts draw the hall from.
//!
//! What must hold: at most [`SEATS_MAX`] seats are listed at once. Which seats are adjacent is in `seating`, which are
//! free in `availability`, where each is drawn in `static/hall.js`.

use std::fmt::Display;
use std::ops::Range;

use serde::Serialize;

use crate::availability::runs::difference;
use crate::availability::seats::SeatState;
use crate::catalog::Tier;
use crate::seating::hall::Hall;
use crate::seating::plan::Plan;
use crate::seating::{RowSeat, Rows, SeatKind};
use crate::types::SeatNo;

/// Seats listed at once; a larger tier is listed one section of rows at a time.
const SEATS_MAX: i32 = 400;
/// Seats that a gap in the list is wide at most.
const GAP_MAX: i32 = 40;

/// What `seat_map.html` shows.
#[derive(Debug)]
pub(super) struct SeatMap {
    /// Widths of a row's blocks, for the drawing; empty of a hall.
    pub blocks: String,
    /// Where the seats of a hall are, for the drawing; empty of blocks.
    pub plan: String,
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
    /// Of a hall: how wide the gap to the left of it is, in seats.
    pub gap: Range<i32>,
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
        let parts = rows.parts(states.len() as i32, SEATS_MAX);
        let section = section.min(parts.len().checked_sub(1)?);
        let seat_at = |seat: RowSeat, state: SeatState| {
            Seat::new(tier, rows, seat, state, chosen.contains(&seat.no))
        };
        let shown = parts[section].clone();
        let listed = shown.clone().map(|row| {
            let seats = rows.seats_of_row(row, states.len() as i32).into_iter();
            Row {
                label: rows.row_label(row),
                seats: seats
                    .map(|seat| seat_at(seat, state_of(states, seat.no)))
                    .collect(),
            }
        });
        let elsewhere = chosen.iter().map(|&no| (no, rows.position(no)));
        let elsewhere = elsewhere.filter(|(_, at)| !shown.contains(&at.row));
        let elsewhere = elsewhere.map(|(no, at)| RowSeat {
            no,
            number: at.number,
            gap: 0,
        });
        Some(Self {
            blocks: joined(rows.blocks()),
            plan: rows
                .plan()
                .and_then(|plan| drawing(plan, &parts))
                .unwrap_or_default(),
            runs: difference(&[], states),
            wheelchair: numbers_of(tier, SeatKind::Wheelchair),
            companion: numbers_of(tier, SeatKind::Companion),
            section_seats: parts[0].len() as i32 * rows.seats_per_row(),
            rows: listed.collect(),
            sections: sections(rows, states, &parts, section, opens),
            section: section + 1,
            at_stage: section == 0,
            elsewhere: elsewhere
                .map(|seat| seat_at(seat, SeatState::Free))
                .collect(),
        })
    }
}

fn state_of(states: &[SeatState], seat: SeatNo) -> SeatState {
    let index = usize::try_from(seat.0 - 1).ok();
    let state = index.and_then(|index| states.get(index));
    state.copied().unwrap_or(SeatState::Sold)
}

impl Seat {
    fn new(tier: &Tier, rows: &Rows, seat: RowSeat, state: SeatState, is_chosen: bool) -> Self {
        let position = rows.position(seat.no);
        let is_planned = rows.plan().is_some();
        Self {
            label: rows.label(seat.no),
            row: rows.row_label(position.row),
            number: position.number,
            after_aisle: !is_planned && seat.gap > 0,
            gap: 0..if is_planned { seat.gap.min(GAP_MAX) } else { 0 },
            free: state == SeatState::Free,
            chosen: state == SeatState::Free && is_chosen,
            kind: tier.kinds.get(&seat.no).map(|kind| kind.as_str()),
        }
    }
}

/// What scripts draw a part of a hall from. Lengths are in halves of a seat.
#[derive(Serialize)]
struct Drawing<'h> {
    stage: Option<StageDrawing<'h>>,
    sections: Vec<&'h str>,
    rows: Vec<RowDrawing<'h>>,
}

#[derive(Serialize)]
struct StageDrawing<'h> {
    name: &'h str,
    x: i32,
    y: i32,
    width: i32,
    height: i32,
}

#[derive(Serialize)]
struct RowDrawing<'h> {
    label: &'h str,
    section: usize,
    x: i32,
    y: i32,
    cells: String,
    numbers: Vec<i32>,
    /// The numbers of the seats in the tier, less one.
    seats: Vec<i32>,
    /// The part of the list that it is in.
    part: usize,
}

fn drawing(plan: &Plan, parts: &[Range<i32>]) -> Option<String> {
    let hall: &Hall = plan.hall()?;
    let of_hall = hall.sections.iter().flat_map(|section| {
        let rows = section.rows.iter();
        rows.map(move |row| (section.x + row.x, row))
    });
    let rows = plan.rows().iter().zip(of_hall).zip(1..);
    let rows = rows.map(|((row, (x, written)), no)| {
        let seats = plan.seats_of(row);
        RowDrawing {
            label: &row.label,
            section: row.section,
            x,
            y: row.y,
            cells: written.drawn(),
            numbers: seats.iter().map(|seat| seat.number).collect(),
            seats: seats.iter().map(|seat| seat.no.0 - 1).collect(),
            part: parts
                .iter()
                .position(|part| part.contains(&no))
                .unwrap_or(0),
        }
    });
    let drawing = Drawing {
        stage: hall.stage.as_ref().map(|stage| StageDrawing {
            name: &stage.name,
            x: stage.x,
            y: stage.y,
            width: stage.width,
            height: stage.height,
        }),
        sections: hall.sections.iter().map(|it| it.name.as_str()).collect(),
        rows: rows.collect(),
    };
    serde_json::to_string(&drawing).ok()
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
    rows: &Rows,
    states: &[SeatState],
    parts: &[Range<i32>],
    current: usize,
    opens: impl Fn(&str) -> String,
) -> Vec<Section> {
    if parts.len() < 2 {
        return Vec::new();
    }
    let section = |(part, index): (&Range<i32>, usize)| {
        let (first, last) = (rows.row_label(part.start), rows.row_label(part.end - 1));
        Section {
            label: match first == last && rows.plan().is_some() {
                true => first,
                false => format!("{first}–{last}"),
            },
            opens: opens(&format!(".{}", index + 1)),
            is_current: index == current,
            free: free_in(rows, states, part),
        }
    };
    parts.iter().zip(0..).map(section).collect()
}

/// How many seats of these rows are free.
fn free_in(rows: &Rows, states: &[SeatState], part: &Range<i32>) -> i32 {
    let is_free = |state: &SeatState| *state == SeatState::Free;
    if rows.plan().is_some() {
        let seats = part.clone().flat_map(|row| rows.seats_of_row(row, 0));
        let free = seats.filter(|seat| is_free(&state_of(states, seat.no)));
        return free.count() as i32;
    }
    let index = |row: i32| ((row - 1) * rows.seats_per_row()) as usize;
    let states = &states[index(part.start)..index(part.end).min(states.len())];
    states.iter().filter(|state| is_free(state)).count() as i32
}
