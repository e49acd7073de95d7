//! The form in which a hall is written, and what of it is wrong.

use std::collections::BTreeMap;

use super::fields::{Field, Refused, WrongField};
use super::form::value_of;
use super::rows;
use super::shell::Shell;
use crate::catalog::Wrong;
use crate::catalog::organise::halls::HallDetails;
use crate::seating::Rows;
use crate::seating::hall::{Hall, Layout, SECTIONS_MAX, SectionLayout, StageLayout};
use crate::seating::plan::Plan;
use crate::web::error::Text;
use crate::web::view::words::Words;

/// A hall as it was typed.
#[derive(Debug, Default)]
pub(super) struct HallForm {
    pub(super) name: Field,
    pub(super) venue: Field,
    pub(super) stage_name: Field,
    pub(super) stage_x: Field,
    pub(super) stage_y: Field,
    pub(super) stage_width: Field,
    pub(super) stage_height: Field,
    pub(super) sections: Vec<SectionForm>,
    /// What is wrong with none of the fields.
    pub(super) alert: Option<String>,
}

/// A section as it was typed.
#[derive(Debug, Default)]
pub(super) struct SectionForm {
    pub(super) name: Field,
    pub(super) x: Field,
    pub(super) y: Field,
    pub(super) rows: Field,
}

impl SectionForm {
    fn is_empty(&self) -> bool {
        self.name.value.is_empty() && self.rows.value.is_empty()
    }

    /// What it is called and where it is.
    pub(super) fn place(&self, no: &usize) -> [Input<'_>; 3] {
        [
            input(format!("name-{no}"), "hall-section-name", &self.name),
            input(format!("x-{no}"), "hall-x", &self.x),
            input(format!("y-{no}"), "hall-y", &self.y),
        ]
    }

    /// How many lines to show.
    pub(super) fn lines(&self) -> usize {
        self.rows.value.lines().count().clamp(3, 24) + 1
    }
}

/// A field as it is shown.
pub(super) struct Input<'f> {
    pub(super) name: String,
    /// The id of a text.
    pub(super) label: &'static str,
    pub(super) field: &'f Field,
    pub(super) is_short: bool,
    pub(super) is_required: bool,
}

/// A field of this name.
pub(super) fn input<'f>(
    name: impl Into<String>,
    label: &'static str,
    field: &'f Field,
) -> Input<'f> {
    Input {
        name: name.into(),
        label,
        field,
        is_short: label == "hall-x"
            || label == "hall-y"
            || label == "hall-width"
            || label == "hall-height",
        is_required: label == "halls-name",
    }
}

/// A row as buyers see it in a list.
#[derive(Debug)]
pub(super) struct PreviewRow {
    pub(super) label: String,
    /// Gap before it in seats, its number, what it is.
    pub(super) seats: Vec<(std::ops::Range<i32>, i32, Option<&'static str>)>,
}

fn number(length: f64) -> Field {
    Field::with(if length == 0.0 {
        String::new()
    } else {
        length.to_string()
    })
}

impl HallForm {
    /// What it is called and where.
    pub(super) fn about(&self) -> [Input<'_>; 2] {
        [
            input("name", "halls-name", &self.name),
            input("venue", "halls-venue", &self.venue),
        ]
    }

    /// Where the stage is.
    pub(super) fn stage(&self) -> [Input<'_>; 5] {
        [
            input("stage-name", "hall-stage-name", &self.stage_name),
            input("stage-x", "hall-x", &self.stage_x),
            input("stage-y", "hall-y", &self.stage_y),
            input("stage-width", "hall-width", &self.stage_width),
            input("stage-height", "hall-height", &self.stage_height),
        ]
    }

    /// What was refused.
    pub(super) fn refusal(&self, shell: &Shell) -> Option<Refused> {
        let wrong = |input: Input<'_>| {
            Some(WrongField {
                id: input.name.clone(),
                label: shell.text(input.label).to_owned(),
                problem: input.field.problem.clone()?,
            })
        };
        let sections = self.sections.iter().enumerate().flat_map(|(no, section)| {
            let rows = input(format!("rows-{no}"), "hall-rows", &section.rows);
            let named = |field: WrongField| match section.name.value.as_str() {
                "" => field,
                name => WrongField {
                    label: format!("{name}: {}", field.label),
                    ..field
                },
            };
            let inputs = section.place(&no).into_iter().chain([rows]);
            inputs.filter_map(wrong).map(named).collect::<Vec<_>>()
        });
        let others = self.about().into_iter().chain(self.stage());
        let wrong = others.filter_map(wrong).chain(sections);
        Refused::of(self.alert.as_ref(), wrong)
    }

    /// A hall as it is.
    pub(super) fn of(details: &HallDetails) -> Self {
        let stage = details.layout.stage.clone().unwrap_or_default();
        let sections = details.layout.sections.iter();
        let sections = sections.map(|section| SectionForm {
            name: Field::with(&section.name),
            x: number(section.x),
            y: number(section.y),
            rows: Field::with(rows::write(&section.rows)),
        });
        let mut sections: Vec<SectionForm> = sections.collect();
        sections.push(SectionForm::default());
        Self {
            name: Field::with(&details.name),
            venue: Field::with(&details.venue),
            stage_name: Field::with(stage.name),
            stage_x: number(stage.x),
            stage_y: number(stage.y),
            stage_width: number(stage.width),
            stage_height: number(stage.height),
            sections,
            alert: None,
        }
    }

    /// What was sent. One more section is there to be filled.
    pub(super) fn read(fields: &[(String, String)]) -> Self {
        let of = |name: &str| Field::of(fields, name);
        let indexes = 0..=SECTIONS_MAX;
        let sent = indexes.filter(|index| value_of(fields, &format!("name-{index}")).is_some());
        let sections = sent.map(|index| SectionForm {
            name: of(&format!("name-{index}")),
            x: of(&format!("x-{index}")),
            y: of(&format!("y-{index}")),
            rows: of(&format!("rows-{index}")),
        });
        let mut sections: Vec<SectionForm> = sections.filter(|it| !it.is_empty()).collect();
        sections.push(SectionForm::default());
        Self {
            name: of("name"),
            venue: of("venue"),
            stage_name: of("stage-name"),
            stage_x: of("stage-x"),
            stage_y: of("stage-y"),
            stage_width: of("stage-width"),
            stage_height: of("stage-height"),
            sections,
            alert: None,
        }
    }

    /// What the form says; `None` if something of it cannot be read, which is said beside its field.
    pub(super) fn details(&mut self, words: &Words) -> Option<HallDetails> {
        let mut is_read = true;
        let mut length = |field: &mut Field| match field.value.as_str() {
            "" => 0.0,
            text => rows::length(text).unwrap_or_else(|| {
                field.refuse(words.text("plan-number-wrong"));
                is_read = false;
                0.0
            }),
        };
        let stage = StageLayout {
            name: self.stage_name.value.clone(),
            x: length(&mut self.stage_x),
            y: length(&mut self.stage_y),
            width: length(&mut self.stage_width),
            height: length(&mut self.stage_height),
        };
        let has_stage = [&self.stage_width, &self.stage_height, &self.stage_name]
            .into_iter()
            .any(|field| !field.value.is_empty());
        let mut sections = Vec::new();
        for section in self.sections.iter_mut().filter(|it| !it.is_empty()) {
            let (x, y) = (length(&mut section.x), length(&mut section.y));
            let rows = rows::read(&section.rows.value);
            match rows {
                Ok(rows) => sections.push(SectionLayout {
                    name: section.name.value.clone(),
                    x,
                    y,
                    rows,
                }),
                Err(line) => {
                    let text = words.with("hall-line-wrong", &[("line", &line)]);
                    section.rows.refuse(text);
                }
            }
        }
        let filled = self.sections.iter().filter(|it| !it.is_empty()).count();
        is_read &= sections.len() == filled;
        is_read.then(|| HallDetails {
            name: self.name.value.clone(),
            venue: self.venue.value.clone(),
            layout: Layout {
                stage: has_stage.then_some(stage),
                sections,
            },
        })
    }

    /// Says what is wrong beside its field.
    pub(super) fn refuse(&mut self, wrong: Vec<Wrong>, words: &Words) {
        let mut others = Vec::new();
        for Wrong { pointer, must } in wrong {
            let text = Text::from(must).in_words(words).into_owned();
            let parts: Vec<&str> = pointer.split('/').skip(1).collect();
            match self.field_at(&parts) {
                Some((field, Some(row))) => {
                    let said: &[(&str, &dyn std::fmt::Display)] =
                        &[("row", &row), ("problem", &text)];
                    field.refuse(words.with("hall-row-wrong", said));
                }
                Some((field, None)) => field.refuse(text),
                None => others.push(text),
            }
        }
        if !others.is_empty() {
            self.alert = Some(others.join(" "));
        }
    }

    /// The field of a pointer's parts, and the label of the row if it is one's.
    fn field_at(&mut self, parts: &[&str]) -> Option<(&mut Field, Option<String>)> {
        let field = match *parts {
            ["name"] => &mut self.name,
            ["venue"] => &mut self.venue,
            ["layout", "stage", "name"] => &mut self.stage_name,
            ["layout", "stage", "x"] => &mut self.stage_x,
            ["layout", "stage", "y"] => &mut self.stage_y,
            ["layout", "stage", "width"] => &mut self.stage_width,
            ["layout", "stage", ..] => &mut self.stage_height,
            ["layout", "sections", section, ref rest @ ..] => {
                // As they are sent: those that are empty are left out.
                let section = self.sections.get_mut(section.parse::<usize>().ok()?)?;
                match *rest {
                    ["name"] => &mut section.name,
                    ["x"] => &mut section.x,
                    ["y"] => &mut section.y,
                    ["rows", row, ..] => {
                        let lines = section.rows.value.lines().map(str::trim);
                        let mut lines = lines.filter(|line| !line.is_empty());
                        let line = lines.nth(row.parse().ok()?)?;
                        let label = line.split(':').next().unwrap_or_default().to_owned();
                        return Some((&mut section.rows, Some(label)));
                    }
                    _ => &mut section.rows,
                }
            }
            _ => return None,
        };
        Some((field, None))
    }
}

/// The rows of a hall as buyers see them in a list; none if the layout makes no sense.
pub(super) fn preview(layout: &Layout) -> Vec<PreviewRow> {
    let hall = Hall::parse(layout).ok();
    let Some(plan) = hall.and_then(|hall| Plan::of(&hall, |_, _| true)) else {
        return Vec::new();
    };
    let kinds: BTreeMap<_, _> = plan.kinds().collect();
    let rows = Rows::of_plan(plan);
    let row = |row: i32| {
        let seats = rows.seats_of_row(row, 0).into_iter();
        PreviewRow {
            label: rows.row_label(row),
            seats: seats
                .map(|seat| {
                    let kind = kinds.get(&seat.no).map(|kind| kind.as_str());
                    (0..seat.gap.min(40), seat.number, kind)
                })
                .collect(),
        }
    };
    (1..=rows.count_rows(0)).map(row).collect()
}
