//! The seat map of a numbered tier: a drawing with rows and aisles, and the same as a list of rows
//! to tick seats in.

use crate::availability::seats::SeatState;
use crate::catalog::Tier;
use crate::seating::row_label;
use crate::types::SeatNo;

/// Seats that are shown at once; of a larger tier the map is drawn a section of rows at a time.
const SEATS_MAX: i32 = 400;

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
    /// Where the letters between the blocks of a row stand.
    pub aisles: Vec<i32>,
    /// From the front.
    pub rows: Vec<Row>,
    /// The sections of a tier that is too large to be shown at once; empty otherwise.
    pub sections: Vec<Section>,
    /// Which one is drawn: 1 is the first.
    pub section: usize,
    /// Whether it is the first, at the stage.
    pub at_stage: bool,
    /// Seats that are ticked in other sections.
    pub elsewhere: Vec<Seat>,
}

/// Some rows of a large tier.
#[derive(Debug)]
pub(super) struct Section {
    /// `A–J`
    pub label: String,
    /// Where it is shown.
    pub opens: String,
    /// Whether it is what is drawn.
    pub is_current: bool,
    /// How many of its seats can be had.
    pub free: usize,
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
    /// The row's letters.
    pub row: String,
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
    /// Of a tier whose seats are in these states; `chosen` are ticked; `opens` names a section in the query.
    /// `None` without numbered seats.
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
        let parts: Vec<&[SeatState]> = states.chunks((rows_shown * per_row) as usize).collect();
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
                state: word(state),
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
        let elsewhere = chosen.iter().map(|&seat| rows.place(seat));
        let elsewhere = elsewhere.filter(|place| !shown.contains(&(place.row - 1)));
        let elsewhere =
            elsewhere.map(|place| seat_at(place.row - 1, place.number, SeatState::Free));
        let width = 2 * MARGIN + per_row * PITCH + (rows.blocks().len() as i32 - 1) * AISLE;
        Some(Self {
            width,
            shown_width: width * SCALE / 100,
            height: TOP + drawn.len() as i32 * PITCH + 10,
            right: width - MARGIN / 2,
            aisles: aisles(rows.blocks()),
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
                .count(),
        }
    };
    parts.iter().zip(0..).map(section).collect()
}

/// The middles of the aisles, from left to right.
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

fn word(state: SeatState) -> &'static str {
    match state {
        SeatState::Free => "free",
        SeatState::Held => "held",
        SeatState::Sold => "sold",
    }
}
