//! What an order costs beside its tickets, as its pages show it: the same to its buyer and its organiser.
//!
//! What must hold: lines of the same name are one line, whatever the tiers; a buyer sees no fee that the organiser bears.

use super::format::Format;
use crate::catalog::Event;
use crate::price::{Kind, Line};

/// A line: what it is, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceLine {
    /// `Service fee`, `Code SUMMER`, `VAT 23%`.
    pub name: String,
    /// With its sign.
    pub amount: String,
}

/// What a booking costs beside its tickets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceLines {
    /// With the tickets they are the total.
    pub added: Vec<PriceLine>,
    /// Taxes that the total contains.
    pub contained: Vec<PriceLine>,
    /// Fees that the organiser bears: for organisers alone.
    pub borne: Vec<PriceLine>,
}

impl PriceLines {
    /// Of the lines of a booking.
    pub fn of(lines: &[Line], event: &Event, format: &Format) -> Self {
        let mut all = Self::default();
        let mut sums: Vec<Line> = Vec::new();
        for line in lines.iter().filter(|line| line.kind != Kind::Tickets) {
            let is_same = |sum: &&mut Line| {
                (sum.kind, &sum.name, sum.percent_bp, sum.is_added)
                    == (line.kind, &line.name, line.percent_bp, line.is_added)
            };
            match sums.iter_mut().find(is_same) {
                Some(sum) => sum.amount_minor += line.amount_minor,
                None => sums.push(line.clone()),
            }
        }
        for sum in sums {
            let shown = PriceLine {
                name: name(&sum, format),
                amount: format.money(event.money(sum.amount_minor)),
            };
            match (sum.is_added, sum.kind) {
                (true, _) => all.added.push(shown),
                (false, Kind::Fee) => all.borne.push(shown),
                (false, _) => all.contained.push(shown),
            }
        }
        all
    }
}

fn name(line: &Line, format: &Format) -> String {
    let words = format.words;
    match (line.kind, line.percent_bp) {
        (Kind::Discount, Some(percent_bp)) => {
            let percent = format.percent(percent_bp.into());
            words.with(
                "line-discount-percent",
                &[("code", &line.name), ("percent", &percent)],
            )
        }
        (Kind::Discount, None) => words.with("line-discount", &[("code", &line.name)]),
        (Kind::Tax, Some(percent_bp)) => {
            let percent = format.percent(percent_bp.into());
            words.with("line-tax", &[("name", &line.name), ("percent", &percent)])
        }
        _ => line.name.clone(),
    }
}
