//! A hall as its organiser writes it ([`Layout`]) and as it is known to make sense ([`Hall`]).
//!
//! What must hold: a [`Hall`] has 1 to [`SEATS_MAX`] seats, no two of which are in each other's way or in the stage's;
//! the names of its sections differ, the labels of a section's rows, and the numbers of a row's seats. Lengths are in
//! seats and halves of a seat, from the left and from the front. Pure: it knows nothing of tiers and of what is sold.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SeatKind;

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
            None => next,
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
mod tests {
    use super::*;

    fn row(label: &str, seats: &str) -> RowLayout {
        RowLayout {
            row: label.into(),
            seats: seats.into(),
            ..RowLayout::default()
        }
    }

    fn section(name: &str, rows: Vec<RowLayout>) -> SectionLayout {
        SectionLayout {
            name: name.into(),
            rows,
            ..SectionLayout::default()
        }
    }

    fn of(sections: Vec<SectionLayout>) -> Layout {
        Layout {
            stage: None,
            sections,
        }
    }

    fn wrong(layout: &Layout) -> Vec<(String, Fault)> {
        let wrong = Hall::parse(layout).err().unwrap_or_default();
        wrong.into_iter().map(|it| (it.pointer, it.must)).collect()
    }

    #[test]
    fn seats_are_written_as_people_count_them() {
        for (text, drawn, written) in [
            ("4 _ 3", "ssss_sss", "4 _ 3"),
            ("4s_3s", "ssss_sss", "4 _ 3"),
            ("2w c 2_ 1", "wwc__s", "2w c 2_ 1"),
            ("_ 2 _ _", "_ss", "_ 2"),
            ("sss,w", "sssw", "3 w"),
        ] {
            let layout = of(vec![section("S", vec![row("A", text)])]);
            let hall = Hall::parse(&layout).unwrap();
            let row = &hall.sections[0].rows[0];
            assert_eq!(
                (row.drawn().as_str(), row.written().as_str()),
                (drawn, written)
            );
            assert_eq!(Hall::parse(&hall.layout()).unwrap(), hall);
            assert_eq!(Hall::parse(&hall.drawn()).unwrap(), hall);
        }
        for bad in [
            "",
            "_",
            "0",
            "x",
            "251",
            "-3",
            "4x",
            "200 51",
            "99999999999999999999999",
        ] {
            let layout = of(vec![section("S", vec![row("A", bad)])]);
            let found = wrong(&layout);
            let expected = (
                "/sections/0/rows/0/seats".to_owned(),
                Fault::Seats(CELLS_MAX),
            );
            assert_eq!(found[0], expected, "{bad}");
        }
    }

    #[test]
    fn numbers_may_run_from_any_side() {
        for (text, seats, expected) in [
            ("", 3, Some(vec![1, 2, 3])),
            ("3-1", 3, Some(vec![3, 2, 1])),
            ("5-1/2, 2-6/2", 6, Some(vec![5, 3, 1, 2, 4, 6])),
            ("7", 1, Some(vec![7])),
            ("1-3", 2, None),
            ("1-2", 3, None),
            ("1,1", 2, None),
            ("0-1", 2, None),
            ("1-9999", 3, None),
            ("one", 1, None),
        ] {
            assert_eq!(read_numbers(text, seats), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let at = |pointer: &str, must| vec![(pointer.to_owned(), must)];
        assert_eq!(
            wrong(&of(vec![])),
            at("/sections", Fault::Entries(1, SECTIONS_MAX))
        );
        let none = of(vec![section("S", vec![])]);
        assert_eq!(
            wrong(&none),
            at("/sections/0/rows", Fault::Entries(1, ROWS_MAX))
        );
        let twice = of(vec![section("S", vec![row("A", "3"), row("a", "3")])]);
        assert_eq!(wrong(&twice), at("/sections/0/rows/1/row", Fault::Alone));
        let long = of(vec![section("S", vec![row("ABCDEFGHI", "3")])]);
        assert_eq!(wrong(&long), at("/sections/0/rows/0/row", Fault::RowLabel));
        let named = of(vec![section("a:b", vec![row("A", "3")])]);
        assert_eq!(wrong(&named), at("/sections/0/name", Fault::SectionName));
        let mut shifted = of(vec![section("S", vec![row("A", "3")])]);
        shifted.sections[0].rows[0].x = 0.25;
        assert_eq!(
            wrong(&shifted),
            at("/sections/0/rows/0/x", Fault::Halves(0, 500))
        );
        let rows = (0..301).map(|n| row(&n.to_string(), "1")).collect();
        let deep = of(vec![section("S", rows)]);
        assert_eq!(wrong(&deep), at("/sections", Fault::Entries(1, ROWS_MAX)));
        let rows = (0..100).map(|n| row(&n.to_string(), "250")).collect();
        let full = of(vec![section("S", rows)]);
        assert_eq!(wrong(&full), at("/sections", Fault::FewerSeats(SEATS_MAX)));
    }

    #[test]
    fn seats_in_each_others_way_are_refused() {
        let mut hall = of(vec![
            section("Left", vec![row("A", "4")]),
            section("Right", vec![row("A", "4")]),
        ]);
        hall.sections[1].x = 3.5;
        let apart = Fault::Apart("Left A-4".into());
        assert_eq!(
            wrong(&hall),
            [("/sections/1/rows/0/seats".to_owned(), apart)]
        );
        hall.sections[1].x = 4.0;
        assert_eq!(wrong(&hall), []);
        hall.stage = Some(StageLayout {
            width: 2.0,
            height: 1.0,
            x: 6.0,
            ..StageLayout::default()
        });
        let apart = Fault::Apart("/stage".into());
        assert_eq!(
            wrong(&hall),
            [("/sections/1/rows/0/seats".to_owned(), apart)]
        );
        hall.stage.as_mut().unwrap().x = f64::NAN;
        assert_eq!(
            wrong(&hall),
            [("/stage/x".to_owned(), Fault::Halves(0, 500))]
        );
    }
}
