//! A hall as its organiser writes it ([`Layout`]) and as it is known to make sense ([`Hall`]).
//!
//! What must hold: a [`Hall`] has 1 to [`SEATS_MAX`] seats, no two of which are in each other's way or in the stage's;
//! the names of its sections differ, the labels of a section's rows, and the numbers of a row's seats. Lengths are in
//! seats and halves of a seat, from the left and from the front. Pure: it knows nothing of tiers and of what is sold.

mod layout;

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use super::seat::SeatKind;
pub use layout::{Fault, Layout, RowLayout, SectionLayout, StageLayout, Wrong};

/// Seats of a hall at most.
pub const SEATS_MAX: usize = 20_000;
/// Rows of a hall at most, in all sections together.
pub const ROWS_MAX: usize = 300;
/// Sections of a hall at most.
pub const SECTIONS_MAX: usize = 50;
/// Seats and gaps of a row at most.
pub const CELLS_MAX: usize = 250;
/// How wide and how deep a hall is at most, in seats.
const EXTENT_MAX: i64 = 500;
const SECTION_NAME_MAX: usize = 40;
const ROW_LABEL_MAX: usize = 8;
const STAGE_NAME_MAX: usize = 40;
const NUMBER_MAX: i16 = 9_999;
const BEST_MAX: i64 = 9_999;
/// Characters of a row's text at most: what is longer is no row.
const TEXT_MAX: usize = 2_000;

/// What is found at a step along a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Nothing, as wide as a seat.
    Gap,
    /// A seat; `None` if it is like others.
    Seat(Option<SeatKind>),
}

impl Cell {
    fn letter(self) -> char {
        match self {
            Self::Gap => '_',
            Self::Seat(None) => 's',
            Self::Seat(Some(SeatKind::Wheelchair)) => 'w',
            Self::Seat(Some(SeatKind::Companion)) => 'c',
        }
    }

    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            '_' => Self::Gap,
            's' => Self::Seat(None),
            'w' => Self::Seat(Some(SeatKind::Wheelchair)),
            'c' => Self::Seat(Some(SeatKind::Companion)),
            _ => return None,
        })
    }
}

/// A hall that makes sense. Lengths are in halves of a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hall {
    /// Where the stage is, if that was said.
    pub stage: Option<Stage>,
    /// At least one.
    pub sections: Vec<Section>,
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// What it is called; empty if nothing was said.
    pub name: String,
    /// From the left.
    pub x: i32,
    /// From the front.
    pub y: i32,
    /// At least 2.
    pub width: i32,
    /// At least 2.
    pub height: i32,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// From the left.
    pub x: i32,
    /// From the front.
    pub y: i32,
    /// From the front.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its label.
    pub label: String,
    /// From the left of the section.
    pub x: i32,
    /// From the front of the section.
    pub y: i32,
    /// From left to right; at least one seat, and no gap at the end.
    pub cells: Vec<Cell>,
    /// The numbers of the seats, from left to right.
    pub numbers: Vec<i16>,
    /// How they were written; empty if nothing was said.
    pub numbered: String,
    /// The least are sold first, if that was said.
    pub best: Option<i32>,
}

impl Row {
    /// Its seats from left to right: how many steps from the row's beginning each is, and its kind.
    pub fn seats(&self) -> impl Iterator<Item = (usize, Option<SeatKind>)> {
        let cells = self.cells.iter().enumerate();
        cells.filter_map(|(step, cell)| match cell {
            Cell::Gap => None,
            Cell::Seat(kind) => Some((step, *kind)),
        })
    }

    /// A letter for each cell: what a program compares.
    pub fn drawn(&self) -> String {
        self.cells.iter().map(|cell| cell.letter()).collect()
    }

    /// As people write it: `4 _ 12 _ 2 c w`.
    pub fn written(&self) -> String {
        let runs = self.cells.chunk_by(|a, b| a == b);
        let written = runs.map(|run| match (run[0], run.len()) {
            (Cell::Seat(None), count) => count.to_string(),
            (cell, 1) => cell.letter().to_string(),
            (cell, count) => format!("{count}{}", cell.letter()),
        });
        written.collect::<Vec<_>>().join(" ")
    }
}

impl Hall {
    /// How many seats there are.
    pub fn seats(&self) -> usize {
        let rows = self.sections.iter().flat_map(|section| &section.rows);
        rows.map(|row| row.numbers.len()).sum()
    }

    /// What a layout says, if it makes sense.
    ///
    /// # Errors
    /// Every field that is wrong; of seats that are in each other's way the first of each row.
    pub fn parse(layout: &Layout) -> Result<Self, Vec<Wrong>> {
        let mut reader = Reader::default();
        let hall = reader.hall(layout);
        if reader.wrong.is_empty() {
            reader.check_room(&hall);
        }
        if reader.wrong.is_empty() {
            Ok(hall)
        } else {
            Err(reader.wrong)
        }
    }

    /// As it is written by people.
    pub fn layout(&self) -> Layout {
        self.laid_out(Row::written)
    }

    /// With a letter for each cell.
    pub(super) fn drawn(&self) -> Layout {
        self.laid_out(Row::drawn)
    }

    fn laid_out(&self, seats: impl Fn(&Row) -> String) -> Layout {
        let length = |halves: i32| f64::from(halves) / 2.0;
        let stage = self.stage.as_ref().map(|stage| StageLayout {
            name: stage.name.clone(),
            x: length(stage.x),
            y: length(stage.y),
            width: length(stage.width),
            height: length(stage.height),
        });
        let sections = self.sections.iter().map(|section| {
            let mut next = 0;
            let rows = section.rows.iter().map(|row| {
                let is_next = row.y == next;
                next = row.y + 2;
                RowLayout {
                    row: row.label.clone(),
                    seats: seats(row),
                    x: length(row.x),
                    y: (!is_next).then(|| length(row.y)),
                    numbers: row.numbered.clone(),
                    best: row.best.map(i64::from),
                }
            });
            SectionLayout {
                name: section.name.clone(),
                x: length(section.x),
                y: length(section.y),
                rows: rows.collect(),
            }
        });
        Layout {
            stage,
            sections: sections.collect(),
        }
    }
}

/// What was found wrong so far.
#[derive(Default)]
struct Reader {
    wrong: Vec<Wrong>,
}

impl Reader {
    fn refuse(&mut self, pointer: impl Into<String>, must: Fault) {
        let pointer = pointer.into();
        self.wrong.push(Wrong { pointer, must });
    }

    fn hall(&mut self, layout: &Layout) -> Hall {
        let stage = layout.stage.as_ref().map(|stage| self.stage(stage));
        let (count, rows) = (
            layout.sections.len(),
            layout.sections.iter().map(|section| section.rows.len()),
        );
        if !(1..=SECTIONS_MAX).contains(&count) {
            self.refuse("/sections", Fault::Entries(1, SECTIONS_MAX));
        }
        if rows.sum::<usize>() > ROWS_MAX {
            self.refuse("/sections", Fault::Entries(1, ROWS_MAX));
            return Hall {
                stage,
                sections: Vec::new(),
            };
        }
        let mut names = HashSet::new();
        let sections = layout.sections.iter().take(SECTIONS_MAX).enumerate();
        let sections = sections.map(|(index, section)| {
            let at = format!("/sections/{index}");
            if !names.insert(section.name.trim().to_lowercase()) {
                self.refuse(format!("{at}/name"), Fault::Alone);
            }
            self.section(&at, section)
        });
        Hall {
            stage,
            sections: sections.collect(),
        }
    }

    fn stage(&mut self, stage: &StageLayout) -> Stage {
        let name = stage.name.trim();
        if name.chars().count() > STAGE_NAME_MAX || name.contains(char::is_control) {
            self.refuse("/stage/name", Fault::Short(STAGE_NAME_MAX));
        }
        Stage {
            name: name.to_owned(),
            x: self.length("/stage/x", stage.x, 0..=EXTENT_MAX),
            y: self.length("/stage/y", stage.y, 0..=EXTENT_MAX),
            width: self.length("/stage/width", stage.width, 1..=EXTENT_MAX),
            height: self.length("/stage/height", stage.height, 1..=EXTENT_MAX),
        }
    }

    fn section(&mut self, at: &str, section: &SectionLayout) -> Section {
        let name = section.name.trim();
        let is_name = (1..=SECTION_NAME_MAX).contains(&name.chars().count())
            && !name.contains(|letter: char| letter.is_control() || ":\"\\".contains(letter));
        if !is_name {
            self.refuse(format!("{at}/name"), Fault::SectionName);
        }
        if section.rows.is_empty() {
            self.refuse(format!("{at}/rows"), Fault::Entries(1, ROWS_MAX));
        }
        let mut labels = HashSet::new();
        let mut next = 0;
        let rows = section.rows.iter().enumerate().map(|(index, row)| {
            let at = format!("{at}/rows/{index}");
            let row = self.row(&at, row, next);
            next = row.y + 2;
            if !labels.insert(row.label.to_lowercase()) {
                self.refuse(format!("{at}/row"), Fault::Alone);
            }
            row
        });
        let rows = rows.collect();
        Section {
            name: name.to_owned(),
            x: self.length(&format!("{at}/x"), section.x, 0..=EXTENT_MAX),
            y: self.length(&format!("{at}/y"), section.y, 0..=EXTENT_MAX),
            rows,
        }
    }

    fn row(&mut self, at: &str, row: &RowLayout, next: i32) -> Row {
        let label = row.row.trim();
        let is_label = (1..=ROW_LABEL_MAX).contains(&label.chars().count())
            && !label.contains(|letter: char| {
                letter.is_control() || letter.is_whitespace() || ":-\"\\".contains(letter)
            });
        if !is_label {
            self.refuse(format!("{at}/row"), Fault::RowLabel);
        }
        let cells = read_cells(&row.seats).unwrap_or_else(|| {
            self.refuse(format!("{at}/seats"), Fault::Seats(CELLS_MAX));
            Vec::new()
        });
        let seats = cells.iter().filter(|cell| **cell != Cell::Gap).count();
        let numbered = row.numbers.trim();
        let numbers = read_numbers(numbered, seats).unwrap_or_else(|| {
            self.refuse(format!("{at}/numbers"), Fault::Numbers(seats));
            Vec::new()
        });
        let best = row.best.map(|best| {
            if !(1..=BEST_MAX).contains(&best) {
                self.refuse(format!("{at}/best"), Fault::Within(1, BEST_MAX));
            }
            i32::try_from(best).unwrap_or_default()
        });
        let y = match row.y {
            Some(y) => self.length(&format!("{at}/y"), y, 0..=EXTENT_MAX),
            None => {
                if i64::from(next) > 2 * EXTENT_MAX {
                    self.refuse(format!("{at}/y"), Fault::Halves(0, EXTENT_MAX));
                }
                next
            }
        };
        Row {
            label: label.to_owned(),
            x: self.length(&format!("{at}/x"), row.x, 0..=EXTENT_MAX),
            y,
            cells,
            numbers,
            numbered: numbered.to_owned(),
            best,
        }
    }

    /// In halves.
    fn length(&mut self, pointer: &str, seats: f64, within: RangeInclusive<i64>) -> i32 {
        let halves = seats * 2.0;
        let is_length = halves.fract() == 0.0
            && (*within.start() as f64..=*within.end() as f64).contains(&seats);
        if !is_length {
            let (least, most) = within.into_inner();
            self.refuse(pointer, Fault::Halves(least, most));
            return 0;
        }
        halves as i32
    }

    /// Whether there is room for everything.
    fn check_room(&mut self, hall: &Hall) {
        if hall.seats() > SEATS_MAX {
            return self.refuse("/sections", Fault::FewerSeats(SEATS_MAX));
        }
        let mut taken: HashMap<(i32, i32), (usize, usize, i16)> = HashMap::new();
        for (s, section) in hall.sections.iter().enumerate() {
            for (r, row) in section.rows.iter().enumerate() {
                let (left, y) = (section.x + row.x, section.y + row.y);
                let mut in_the_way = None;
                for ((step, _), &number) in row.seats().zip(&row.numbers) {
                    let x = left + 2 * step as i32;
                    let corners = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)];
                    let other = corners.iter().find_map(|corner| taken.get(corner));
                    if let Some(&(s, r, number)) = other {
                        let section = &hall.sections[s];
                        let name = format!("{} {}-{number}", section.name, section.rows[r].label);
                        in_the_way.get_or_insert(name);
                    }
                    if hall.stage.as_ref().is_some_and(|stage| stage.has(x, y)) {
                        in_the_way.get_or_insert_with(|| "/stage".to_owned());
                    }
                    taken.extend(corners.map(|corner| (corner, (s, r, number))));
                }
                if let Some(name) = in_the_way {
                    let pointer = format!("/sections/{s}/rows/{r}/seats");
                    self.refuse(pointer, Fault::Apart(name));
                }
            }
        }
    }
}

impl Stage {
    /// Whether a seat there would be in its way.
    fn has(&self, x: i32, y: i32) -> bool {
        x + 2 > self.x && x < self.x + self.width && y + 2 > self.y && y < self.y + self.height
    }
}

/// `4 _ 12 _ 2 c w`; `None` of what is none, has no seat, or is too long.
fn read_cells(text: &str) -> Option<Vec<Cell>> {
    if text.len() > TEXT_MAX {
        return None;
    }
    let mut cells = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(&letter) = letters.peek() {
        if letter.is_whitespace() || letter == ',' {
            letters.next();
            continue;
        }
        let mut digits = String::new();
        while let Some(digit) = letters.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        let kind = letters.next_if(|letter| !letter.is_whitespace() && *letter != ',');
        let cell = match kind {
            Some(kind) => Cell::of(kind)?,
            None => Cell::Seat(None),
        };
        let count = match digits.as_str() {
            "" => 1,
            digits => digits.parse::<usize>().ok()?,
        };
        if count == 0 || cells.len() + count > CELLS_MAX {
            return None;
        }
        cells.resize(cells.len() + count, cell);
    }
    while cells.last() == Some(&Cell::Gap) {
        cells.pop();
    }
    (!cells.is_empty()).then_some(cells)
}

/// `23-1/2, 2-24/2`: as many as there are seats, each once. Nothing is 1, 2, 3.
fn read_numbers(text: &str, seats: usize) -> Option<Vec<i16>> {
    if text.is_empty() {
        return Some((1..=seats as i16).collect());
    }
    if text.len() > TEXT_MAX {
        return None;
    }
    let number = |text: &str| {
        let number: i16 = text.trim().parse().ok()?;
        (1..=NUMBER_MAX).contains(&number).then_some(number)
    };
    let mut numbers = Vec::with_capacity(seats);
    for part in text.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(range)?, number(range)?),
        };
        let step = usize::try_from(number(step)?).ok()?;
        if (first.abs_diff(last) as usize) / step >= CELLS_MAX {
            return None;
        }
        if first <= last {
            numbers.extend((first..=last).step_by(step));
        } else {
            let down = (last..=first).rev().step_by(step);
            numbers.extend(down);
        }
        if numbers.len() > seats {
            return None;
        }
    }
    let different: HashSet<_> = numbers.iter().collect();
    (numbers.len() == seats && different.len() == seats).then_some(numbers)
}

#[cfg(test)]
mod tests;
