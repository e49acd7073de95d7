//! The fields of a tax, a fee and a promo code: what stands in them, and how what was typed is read.
//!
//! What must hold: as in `inputs`. An amount is read to the currency's minor unit, a percentage to its hundredth.

use chrono_tz::Tz;

use super::fields::minor;
use super::inputs::{Input, Kind, Shown, amount, input, local, number, time};
use crate::catalog::organise::code::CodeDetails;
use crate::price::{Bearer, Fee, Per, Tax};
use crate::types::Currency;
use crate::web::view::words::Words;

const KINDS: &[(&str, &str)] = &[("included", "tax-included"), ("added", "tax-added")];
const OF: &[(&str, &str)] = &[
    ("tickets", "tax-of-tickets"),
    ("both", "tax-of-both"),
    ("fees", "tax-of-fees"),
];
const PER: &[(&str, &str)] = &[("ticket", "fee-per-ticket"), ("order", "fee-per-order")];
const BEARERS: &[(&str, &str)] = &[("buyer", "fee-by-buyer"), ("organiser", "fee-by-organiser")];

/// Of a tax.
#[rustfmt::skip]
pub(super) const TAX: &[Input] = &[
    input("name", "/name", "charge-name", Kind::Text, true),
    input("percent", "/percent_bp", "charge-percent", Kind::Text, true),
    input("kind", "/included", "tax-kind", Kind::Choice(KINDS), false),
    input("of", "/on_fees", "tax-of", Kind::Choice(OF), false),
    input("tiers", "/tiers", "charge-tiers", Kind::Text, false),
];

/// Of a fee.
#[rustfmt::skip]
pub(super) const FEE: &[Input] = &[
    input("name", "/name", "charge-name", Kind::Text, true),
    input("amount", "/amount_minor", "charge-amount", Kind::Text, false),
    input("percent", "/percent_bp", "charge-percent", Kind::Text, false),
    input("per", "/per", "fee-per", Kind::Choice(PER), false),
    input("by", "/borne_by", "fee-by", Kind::Choice(BEARERS), false),
];

/// Of a promo code.
#[rustfmt::skip]
pub(super) const CODE: &[Input] = &[
    input("code", "/code", "code-label", Kind::Text, true),
    input("percent", "/percent_bp", "code-percent", Kind::Text, false),
    input("amount", "/off_minor", "code-amount", Kind::Text, false),
    input("tiers", "/tiers", "code-tiers", Kind::Text, false),
    input("from", "/valid_from", "code-from", Kind::Time, false),
    input("until", "/valid_until", "code-until", Kind::Time, false),
    input("uses", "/max_uses", "code-uses-max", Kind::Number, false),
    input("uses-per-buyer", "/max_uses_per_buyer", "code-uses-per-buyer", Kind::Number, false),
];

/// What amounts and times are in.
#[derive(Debug, Clone, Copy)]
pub(super) struct In {
    pub(super) currency: Currency,
    pub(super) zone: Tz,
}

/// What a field says, and how it is read: what a form is about.
pub(super) trait Typed {
    /// What stands in a field.
    fn value(&self, name: &str, of: In) -> String;

    /// Puts what was typed into it.
    ///
    /// # Errors
    /// The id of what is wrong.
    fn set(&mut self, name: &str, text: &str, of: In) -> Result<(), &'static str>;

    /// Puts all that was typed into it; what cannot be read is said beside its field.
    fn read(&mut self, shown: &mut [Shown], of: In, words: &Words) -> bool {
        let mut is_read = true;
        for one in shown {
            if let Err(text) = self.set(one.name, &one.field.value, of) {
                one.field.refuse(words.text(text));
                is_read = false;
            }
        }
        is_read
    }
}

impl Typed for Tax {
    fn value(&self, name: &str, _: In) -> String {
        let is_of_none = self.tiers.as_ref().is_some_and(Vec::is_empty);
        match name {
            "name" => self.name.clone(),
            "percent" if self.percent_bp > 0 => amount(self.percent_bp, 2),
            "kind" => (if self.included { "included" } else { "added" }).to_owned(),
            "of" => match (self.on_fees, is_of_none) {
                (true, true) => "fees".to_owned(),
                (true, false) => "both".to_owned(),
                (false, _) => "tickets".to_owned(),
            },
            "tiers" => self
                .tiers
                .iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
                .join(", "),
            _ => String::new(),
        }
    }

    fn set(&mut self, name: &str, text: &str, _: In) -> Result<(), &'static str> {
        match name {
            "name" => text.clone_into(&mut self.name),
            "percent" => self.percent_bp = percent(text)?.unwrap_or(0),
            "kind" => self.included = text == "included",
            "of" => {
                self.on_fees = matches!(text, "both" | "fees");
                self.tiers = (text == "fees").then(Vec::new);
            }
            // After what it is of, which may be no tickets.
            "tiers" if self.tiers.is_none() => self.tiers = codes(text),
            _ => {}
        }
        Ok(())
    }
}

impl Typed for Fee {
    fn value(&self, name: &str, of: In) -> String {
        match name {
            "name" => self.name.clone(),
            "amount" => shown(self.amount_minor, of.currency.exponent()),
            "percent" => shown(self.percent_bp, 2),
            "per" => (if self.per == Per::Order {
                "order"
            } else {
                "ticket"
            })
            .to_owned(),
            "by" => (if self.borne_by == Bearer::Buyer {
                "buyer"
            } else {
                "organiser"
            })
            .to_owned(),
            _ => String::new(),
        }
    }

    fn set(&mut self, name: &str, text: &str, of: In) -> Result<(), &'static str> {
        match name {
            "name" => text.clone_into(&mut self.name),
            "amount" => self.amount_minor = money(text, of)?,
            "percent" => self.percent_bp = percent(text)?,
            "per" => {
                self.per = if text == "order" {
                    Per::Order
                } else {
                    Per::Ticket
                }
            }
            "by" => {
                let is_organisers = text == "organiser";
                self.borne_by = if is_organisers {
                    Bearer::Organiser
                } else {
                    Bearer::Buyer
                };
            }
            _ => {}
        }
        Ok(())
    }
}

impl Typed for CodeDetails {
    fn value(&self, name: &str, of: In) -> String {
        let number = |number: Option<i64>| number.map_or_else(String::new, |it| it.to_string());
        match name {
            "code" => self.code.clone(),
            "percent" => shown(self.percent_bp, 2),
            "amount" => shown(self.off_minor, of.currency.exponent()),
            "tiers" => self
                .tiers
                .iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
                .join(", "),
            "from" => local(self.valid_from, of.zone),
            "until" => local(self.valid_until, of.zone),
            "uses" => number(self.max_uses),
            "uses-per-buyer" => number(self.max_uses_per_buyer),
            _ => String::new(),
        }
    }

    fn set(&mut self, name: &str, text: &str, of: In) -> Result<(), &'static str> {
        match name {
            "code" => text.clone_into(&mut self.code),
            "percent" => self.percent_bp = percent(text)?,
            "amount" => self.off_minor = money(text, of)?,
            "tiers" => self.tiers = codes(text),
            "from" => self.valid_from = time(text, of.zone, self.valid_from)?,
            "until" => self.valid_until = time(text, of.zone, self.valid_until)?,
            "uses" => self.max_uses = number(text)?,
            "uses-per-buyer" => self.max_uses_per_buyer = number(text)?,
            _ => {}
        }
        Ok(())
    }
}

fn shown(number: Option<i64>, digits: u32) -> String {
    number.map_or_else(String::new, |number| amount(number, digits))
}

/// `23`, `8.5`, `8,75`, with a sign behind it or not: hundredths of a percent.
fn percent(text: &str) -> Result<Option<i64>, &'static str> {
    match text.trim_end_matches(['%', ' ']) {
        "" => Ok(None),
        text => minor(text, 2).map(Some).ok_or("charge-percent-wrong"),
    }
}

fn money(text: &str, of: In) -> Result<Option<i64>, &'static str> {
    match text {
        "" => Ok(None),
        text => minor(text, of.currency.exponent())
            .map(Some)
            .ok_or("plan-price-wrong"),
    }
}

/// The codes of tiers; `None` if none is named.
fn codes(text: &str) -> Option<Vec<String>> {
    let codes = text.split([',', ' ', ';']).filter(|code| !code.is_empty());
    let codes: Vec<String> = codes.map(str::to_owned).collect();
    (!codes.is_empty()).then_some(codes)
}
