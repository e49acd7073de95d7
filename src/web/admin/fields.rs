//! What was typed into a form, and what is wrong with it, so that it can be shown again.

use super::form::value_of;

/// A field as it is shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    /// What stands in it.
    pub(super) value: String,
    /// What is wrong with it.
    pub(super) problem: Option<String>,
}

impl Field {
    /// What was sent, without the spaces around it.
    pub(super) fn of(fields: &[(String, String)], name: &str) -> Self {
        let value = value_of(fields, name).unwrap_or_default().trim().to_owned();
        Self {
            value,
            problem: None,
        }
    }

    /// A value.
    pub(super) fn with(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            problem: None,
        }
    }

    /// Says what is wrong with it.
    pub(super) fn refuse(&mut self, problem: impl Into<String>) {
        self.problem.get_or_insert(problem.into());
    }
}

/// A field that was refused, as the notice at the top of a page names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrongField {
    /// Of the element, to which the notice links.
    pub(super) id: String,
    pub(super) label: String,
    pub(super) problem: String,
}

/// What is wrong with a form that was sent: the notice at the top of its page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Refused {
    /// What belongs to no field.
    pub(super) texts: Vec<String>,
    pub(super) fields: Vec<WrongField>,
}

impl Refused {
    /// Nothing, if nothing is wrong.
    pub(super) fn of(
        text: Option<&String>,
        fields: impl Iterator<Item = WrongField>,
    ) -> Option<Self> {
        let refused = Self {
            texts: text.into_iter().cloned().collect(),
            fields: fields.collect(),
        };
        (refused != Self::default()).then_some(refused)
    }
}

/// Of `25`, `25.5` or `25,50`; `None` of what has a fraction of a minor unit, or is no amount.
pub(super) fn minor(text: &str, exponent: u32) -> Option<i64> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(part) || part.len() > exponent as usize
    {
        return None;
    }
    let digits = format!("{whole}{part:0<width$}", width = exponent as usize);
    digits.parse().ok()
}
