//! The seats of a tier that has a part of a hall: which seat has which number, and what is beside it.
//!
//! What must hold: seats are numbered 1 ..= n in the order in which they are best, places for wheelchairs and the seats
//! beside them behind all others; the order is decided once, when the tier is given its part of the hall, and kept with
//! it. Seats are neighbours if they are one step apart in a row. A seat's *place* counts the seats row by row, from left
//! to right, from 1 on: neighbours have places that follow each other.

use std::cmp::Reverse;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::hall::{Hall, Layout, Section};
use super::seat::{Position, RowSeat, SeatKind};
use crate::types::SeatNo;

/// Seats that are looked at beyond what is wanted, at most.
const SPARE_MAX: i64 = 1_000;

/// What a tier has of a hall. Read when it is first asked.
#[derive(Debug, Clone)]
pub struct Plan(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: String,
    seats: OnceLock<Option<Seats>>,
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl Eq for Plan {}

/// As it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// The part of the hall.
    layout: Layout,
    /// For each seat number, its place less one.
    order: Vec<u32>,
}

/// A seat of a plan.
#[derive(Debug, Clone, Copy)]
struct Seat {
    /// Index of its row.
    row: usize,
    /// The number that people see.
    number: i16,
    no: SeatNo,
    /// Halves of a seat, from the left of the hall.
    x: i32,
    /// Whether the seat before it is its neighbour.
    is_joined: bool,
    kind: Option<SeatKind>,
}

/// A row of a plan.
#[derive(Debug, Clone)]
pub struct PlanRow {
    /// What people call it: with its section, if the tier has rows of several.
    pub label: String,
    /// Index of its section in the layout.
    pub section: usize,
    /// Halves of a seat, from the front of the hall.
    pub y: i32,
    /// Where its seats begin, among all.
    first: usize,
    /// How many seats it has.
    count: usize,
}

impl PlanRow {
    /// How many seats it has.
    pub fn seats(&self) -> usize {
        self.count
    }
}

#[derive(Debug)]
struct Seats {
    hall: Hall,
    rows: Vec<PlanRow>,
    /// By place less one.
    seats: Vec<Seat>,
    /// By seat number less one, the place less one.
    places: Vec<u32>,
    /// How far the first seat is from the left, in halves of a seat.
    left: i32,
    spare: i64,
}

impl Plan {
    /// What a tier has that gets those rows of a hall that `has` says, by the indexes of section and row; `None` if these
    /// are none, or if the part cannot be read back.
    pub fn of(hall: &Hall, has: impl Fn(usize, usize) -> bool) -> Option<Self> {
        let middle = middle(hall);
        let mut rated = Vec::new();
        let mut index = 0;
        let mut sections = Vec::new();
        for (s, section) in hall.sections.iter().enumerate() {
            let mut rows = Vec::new();
            for (r, row) in section.rows.iter().enumerate() {
                index += 1;
                if !has(s, r) {
                    continue;
                }
                let best = row.best.unwrap_or(index);
                for (step, kind) in row.seats() {
                    let x = section.x + row.x + 2 * step as i32;
                    // Twice the distance of the seat's middle from that of the hall.
                    let aside = (2 * (x + 1) - middle).abs();
                    let place = rated.len() as u32;
                    rated.push((kind.is_some(), best, aside, section.y + row.y, place));
                }
                rows.push(row.clone());
            }
            if !rows.is_empty() {
                sections.push(Section {
                    rows,
                    ..section.clone()
                });
            }
        }
        rated.sort_unstable();
        let order: Vec<u32> = rated.iter().map(|&(.., place)| place).collect();
        let part = Hall {
            stage: hall.stage.clone(),
            sections,
        };
        let stored = Stored {
            layout: part.drawn(),
            order,
        };
        let plan = Self::stored(serde_json::to_string(&stored).ok()?);
        // Read again: a plan that nobody can read has no seats.
        plan.seats().is_some().then_some(plan)
    }

    /// What is stored. If it makes no sense, it has no seats.
    pub fn stored(text: String) -> Self {
        let seats = OnceLock::new();
        Self(Arc::new(Inner { text, seats }))
    }

    /// As it is stored.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    fn seats(&self) -> Option<&Seats> {
        let read = || Seats::read(&self.0.text);
        self.0.seats.get_or_init(read).as_ref()
    }

    fn seat_of(&self, no: SeatNo) -> Option<&Seat> {
        let seats = self.seats()?;
        let place = seats.places.get(usize::try_from(no.0 - 1).ok()?)?;
        seats.seats.get(*place as usize)
    }

    fn seat_in(&self, place: i32) -> Option<&Seat> {
        self.seats()?.seats.get(usize::try_from(place - 1).ok()?)
    }

    /// How many seats there are.
    pub fn count(&self) -> usize {
        self.seats().map_or(0, |seats| seats.seats.len())
    }

    /// The part of the hall.
    pub fn hall(&self) -> Option<&Hall> {
        self.seats().map(|seats| &seats.hall)
    }

    /// From the front, section by section.
    pub fn rows(&self) -> &[PlanRow] {
        self.seats().map_or(&[], |seats| &seats.rows)
    }

    /// The seats of a row, from left to right.
    pub fn seats_of(&self, row: &PlanRow) -> Vec<RowSeat> {
        let Some(all) = self.seats() else {
            return Vec::new();
        };
        let seats = &all.seats[row.first..row.first + row.count];
        let mut before = all.left - 2;
        let seat = |seat: &Seat| {
            let gap = (seat.x - before - 2) / 2;
            before = seat.x;
            RowSeat {
                no: seat.no,
                number: seat.number.into(),
                gap,
            }
        };
        seats.iter().map(seat).collect()
    }

    /// The row, counted from 1, and the number that people see; zeros if there is no such seat.
    pub fn position(&self, no: SeatNo) -> Position {
        let seat = self.seat_of(no);
        seat.map_or(Position { row: 0, number: 0 }, |seat| Position {
            row: seat.row as i32 + 1,
            number: seat.number.into(),
        })
    }

    /// The seat at a position.
    pub fn seat(&self, position: Position) -> Option<SeatNo> {
        let index = usize::try_from(position.row.checked_sub(1)?).ok()?;
        let row = self.rows().get(index)?;
        let seats = &self.seats()?.seats[row.first..row.first + row.count];
        let mut seats = seats.iter();
        let found = seats.find(|seat| i32::from(seat.number) == position.number);
        found.map(|seat| seat.no)
    }

    /// What a row is called, counted from 1.
    pub fn row_label(&self, row: i32) -> String {
        let index = usize::try_from(row - 1).unwrap_or(usize::MAX);
        let row = self.rows().get(index);
        row.map_or_else(String::new, |row| row.label.clone())
    }

    /// The row with this label, counted from 1.
    pub fn row_of(&self, label: &str) -> Option<i32> {
        let rows = self.rows();
        let exact = rows.iter().position(|row| row.label == label);
        let lower = || label.to_lowercase();
        let found = exact.or_else(|| {
            rows.iter()
                .position(|row| row.label.to_lowercase() == lower())
        });
        found.map(|index| index as i32 + 1)
    }

    /// The place of a seat; 0 if there is no such seat.
    pub fn place(&self, no: SeatNo) -> i32 {
        let index = usize::try_from(no.0 - 1).ok();
        let seats = self.seats();
        let place = index.and_then(|index| seats?.places.get(index));
        place.map_or(0, |&place| place as i32 + 1)
    }

    /// The seat in a place.
    pub fn seat_at(&self, place: i32) -> SeatNo {
        self.seat_in(place).map_or(SeatNo(0), |seat| seat.no)
    }

    /// Whether the seat in this place is the right-hand neighbour of the one in the place before it.
    pub fn is_joined(&self, place: i32) -> bool {
        self.seat_in(place).is_some_and(|seat| seat.is_joined)
    }

    /// Its index among the seats of its row, from 1 on, as tickets have it.
    pub fn index_in_row(&self, no: SeatNo) -> i32 {
        let row = self.seat_of(no).and_then(|seat| self.rows().get(seat.row));
        row.map_or(0, |row| self.place(no) - row.first as i32)
    }

    /// What is not like other seats.
    pub fn kinds(&self) -> impl Iterator<Item = (SeatNo, SeatKind)> {
        let seats = self.seats().map_or(&[][..], |seats| &seats.seats);
        seats.iter().filter_map(|seat| Some((seat.no, seat.kind?)))
    }

    /// How many seats to look at beyond what is wanted, so that there is a choice.
    pub fn spare(&self) -> i64 {
        self.seats().map_or(0, |seats| seats.spare)
    }

    /// Seats in the widest row.
    pub fn widest(&self) -> i32 {
        let widths = self.rows().iter().map(|row| row.count as i32);
        widths.max().unwrap_or(1)
    }

    /// How far two seats are from each other, in halves of a seat; a row counts twice as much as a seat.
    pub fn distance(&self, a: SeatNo, b: SeatNo) -> i32 {
        let at = |no| {
            let seat = self.seat_of(no)?;
            Some((seat.x, self.rows()[seat.row].y))
        };
        match (at(a), at(b)) {
            (Some(a), Some(b)) => 2 * (a.1 - b.1).abs() + (a.0 - b.0).abs(),
            _ => i32::MAX / 4,
        }
    }
}

impl Seats {
    fn read(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        let hall = Hall::parse(&stored.layout).ok()?;
        let count = hall.seats();
        let mut numbers = vec![SeatNo(0); count];
        for (no, &place) in (1..).zip(&stored.order) {
            *numbers.get_mut(place as usize)? = SeatNo(no);
        }
        if stored.order.len() != count || numbers.contains(&SeatNo(0)) {
            return None;
        }
        let has_sections = hall.sections.len() > 1;
        let (mut rows, mut seats) = (Vec::new(), Vec::with_capacity(count));
        for (index, section) in hall.sections.iter().enumerate() {
            for row in &section.rows {
                let first = seats.len();
                let mut before = None;
                for ((step, kind), &number) in row.seats().zip(&row.numbers) {
                    seats.push(Seat {
                        row: rows.len(),
                        number,
                        no: numbers[seats.len()],
                        x: section.x + row.x + 2 * step as i32,
                        is_joined: before.is_some_and(|before: usize| before + 1 == step),
                        kind,
                    });
                    before = Some(step);
                }
                rows.push(PlanRow {
                    label: if has_sections {
                        format!("{} {}", section.name, row.label)
                    } else {
                        row.label.clone()
                    },
                    section: index,
                    y: section.y + row.y,
                    first,
                    count: seats.len() - first,
                });
            }
        }
        Some(Self {
            left: seats.iter().map(|seat| seat.x).min()?,
            spare: spare(&hall),
            places: stored.order,
            hall,
            rows,
            seats,
        })
    }
}

/// Two rows, or twice the rows that are equally good.
fn spare(hall: &Hall) -> i64 {
    let rows = hall.sections.iter().flat_map(|section| &section.rows);
    let mut widths: Vec<(Option<i32>, i64)> = rows
        .map(|row| (row.best, row.numbers.len() as i64))
        .collect();
    widths.sort_unstable_by_key(|&(best, _)| Reverse(best));
    let together = widths.chunk_by(|a, b| a.0.is_some() && a.0 == b.0);
    let widest = together.map(|rows| rows.iter().map(|row| row.1).sum::<i64>());
    (2 * widest.max().unwrap_or(0)).min(SPARE_MAX)
}

/// Twice where the middle of the hall is, in halves of a seat: that of the stage, if there is one.
fn middle(hall: &Hall) -> i32 {
    if let Some(stage) = &hall.stage {
        return 2 * stage.x + stage.width;
    }
    let rows = hall.sections.iter().flat_map(|section| {
        let rows = section.rows.iter();
        rows.map(|row| (section.x + row.x, row))
    });
    let sides = rows.flat_map(|(left, row)| {
        let steps = || row.seats().map(move |(step, _)| left + 2 * step as i32);
        [steps().min(), steps().max().map(|x| x + 2)]
    });
    let sides: Vec<i32> = sides.flatten().collect();
    sides.iter().min().unwrap_or(&0) + sides.iter().max().unwrap_or(&0)
}
