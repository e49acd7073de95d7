//! What was found wrong with what an organiser writes, field by field.

use super::must::{Must, Wrong};
use super::prose::fits;

/// Minor units of a price at most.
pub(super) const PRICE_MAX: i64 = 1_000_000_000_000;

/// What was found wrong so far.
#[derive(Default)]
pub(super) struct Wrongs(pub(super) Vec<Wrong>);

impl Wrongs {
    pub(super) fn add(&mut self, pointer: &str, must: Must) {
        self.0.push(Wrong::at(pointer, must));
    }

    pub(super) fn unless(&mut self, is_right: bool, pointer: &str, must: Must) {
        if !is_right {
            self.add(pointer, must);
        }
    }

    pub(super) fn text(&mut self, pointer: &str, text: &str, most: usize) {
        self.unless(fits(text, most), pointer, Must::BeText(most));
    }

    pub(super) fn optional(&mut self, pointer: &str, text: Option<&str>, most: usize) {
        if let Some(text) = text {
            self.text(pointer, text, most);
        }
    }

    pub(super) fn short(&mut self, pointer: &str, text: &str, most: usize) {
        let is_short = text.chars().count() <= most && !text.contains('\0');
        self.unless(is_short, pointer, Must::BeShort(most));
    }

    pub(super) fn within(&mut self, pointer: &str, number: i64, least: i64, most: i64) {
        let is_within = (least..=most).contains(&number);
        self.unless(is_within, pointer, Must::BeWithin(least, most));
    }

    pub(super) fn entries(&mut self, pointer: &str, entries: usize, least: usize, most: usize) {
        let fits = (least..=most).contains(&entries);
        self.unless(fits, pointer, Must::HaveEntries(least, most));
    }
}
