//! What an order costs: its lines and their sum. Pure: no I/O, integers only.
//!
//! Everything that says what a buyer pays, or gets back, asks here: the order, its pages and JSON, receipts, refunds.
//!
//! - **A ticket's price** is its tier's price less the discount of a code. A part of it is rounded once a ticket, so every
//!   ticket of a tier costs the same; it is never less than nothing.
//! - **Fees** come next: an amount or a part of the price, for each ticket or for the order. Tickets that cost nothing
//!   have no fees. A fee that the organiser bears is a line that is not added.
//! - **Taxes** are last: of the tickets of some tiers, of the fees that the buyer bears, or of both. One that is included
//!   is contained in the prices: a line that is not added. Several that are included share one base.
//! - **Rounding** is half up, to the currency's minor unit, once a line; a line is of one tier, or of the order. A part of
//!   an order's fees or taxes is rounded tier by tier, and added up. So the price of an order is the sum of what its
//!   tiers cost and of what any order costs, and a page can say it before the order is made.
//! - **Giving back**: what stays with the tickets that are kept is a line's share of its tickets, rounded half up; what
//!   is given back is the difference to what was left before. So all that is given back is what was paid, however the
//!   tickets go. Lines of the order go back with the last ticket.
//!
//! What must hold: the lines that are added sum up to the total; no total, and nothing that is given back, is negative.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::types::TierNo;

/// Hundredths of a percent in one.
const WHOLE_BP: i128 = 10_000;

/// A tax.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = EventTax)]
pub struct Tax {
    /// As receipts name it.
    #[schema(examples("VAT"))]
    pub name: String,
    /// Hundredths of a percent: 2300 is 23%.
    #[schema(minimum = 1, maximum = 10000, examples(2300))]
    pub percent_bp: i64,
    /// Whether the prices contain it; otherwise it is added to them.
    pub included: bool,
    /// The codes of the tiers whose tickets it is of; null: of all.
    pub tiers: Option<Vec<String>>,
    /// Whether it is of the fees, too.
    pub on_fees: bool,
}

/// A fee.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = EventFee)]
pub struct Fee {
    /// As receipts name it.
    #[schema(examples("Service fee"))]
    pub name: String,
    /// For each ticket, or for the order: then it is given back with the order's last ticket.
    pub per: Per,
    /// Minor units. An amount or a percentage is given, not both.
    #[schema(minimum = 1)]
    pub amount_minor: Option<i64>,
    /// Of what the tickets cost, in hundredths of a percent.
    #[schema(minimum = 1, maximum = 10000)]
    pub percent_bp: Option<i64>,
    /// Who bears it. Buyers see and pay what is theirs alone.
    pub borne_by: Bearer,
}

/// What a fee is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// Each ticket.
    #[default]
    Ticket,
    /// The order.
    Order,
}

/// Who bears a fee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bearer {
    /// Paid on top of the prices.
    #[default]
    Buyer,
    /// Taken out of what the organiser earns; no buyer sees it.
    Organiser,
}

/// What an event's orders cost beside the prices of its tiers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Charges {
    /// In their order on receipts.
    pub taxes: Vec<Tax>,
    /// In their order on receipts.
    pub fees: Vec<Fee>,
}

impl Charges {
    /// Whether tickets cost their tiers' prices and nothing is said beside.
    pub fn is_none(&self) -> bool {
        self.taxes.is_empty() && self.fees.is_empty()
    }
}

/// What a code takes off the price of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// Hundredths of a percent of it.
    Percent(i32),
    /// Minor units; the ticket costs nothing if it costs less.
    Minor(i64),
}

/// A discount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// What it is called on receipts.
    pub code: String,
    /// What is taken off; `None` of a code that only unlocks: its line says that it was used.
    pub off: Option<Off>,
    /// The codes of the tiers that it is of; `None`: of all.
    pub tiers: Option<Vec<String>>,
}

impl Discount {
    /// Whether it is of tickets of this tier.
    pub fn is_of(&self, tier: &str) -> bool {
        is_of(self.tiers.as_deref(), tier)
    }
}

/// Tickets of one tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tickets<'a> {
    /// Of which tier.
    pub tier: TierNo,
    /// What that is called by taxes and discounts.
    pub code: &'a str,
    /// How many, at least 1.
    pub quantity: i32,
    /// Minor units for each.
    pub unit_price_minor: i64,
}

/// What a line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = PriceLineKind)]
pub enum Kind {
    /// Tickets at their tier's price.
    Tickets,
    /// What a code takes off.
    Discount,
    /// A fee.
    Fee,
    /// A tax.
    Tax,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Tickets, Self::Discount, Self::Fee, Self::Tax];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tickets => "tickets",
            Self::Discount => "discount",
            Self::Fee => "fee",
            Self::Tax => "tax",
        }
    }

    /// The kind that the database calls so.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A part of what an order costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is of.
    pub kind: Kind,
    /// Of a fee or a tax its name, of a discount its code; empty of tickets.
    pub name: String,
    /// Of how many tickets of which tier; `None`: of the order as a whole.
    pub of: Option<(TierNo, i32)>,
    /// Hundredths of a percent, if it is a part of something.
    pub percent_bp: Option<i32>,
    /// Minor units; of a discount 0 or less, of all others 0 or more.
    pub amount_minor: i64,
    /// Whether the buyer pays it on top; otherwise the prices contain it, or the organiser bears it.
    pub is_added: bool,
}

impl Line {
    /// Whether buyers see it.
    pub fn is_shown(&self) -> bool {
        self.is_added || self.kind != Kind::Fee
    }

    /// Tickets at their price, as the items of a booking have them.
    pub fn of_tickets(tier: TierNo, quantity: i32, unit_price_minor: i64) -> Self {
        Self {
            kind: Kind::Tickets,
            name: String::new(),
            of: Some((tier, quantity)),
            percent_bp: None,
            amount_minor: unit_price_minor * i64::from(quantity),
            is_added: true,
        }
    }
}

/// What an order costs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Price {
    /// In the order in which they are shown: tickets and what is taken off tier by tier, fees, taxes.
    pub lines: Vec<Line>,
    /// The sum of the lines that are added.
    pub total_minor: i64,
}

/// What an order of these tickets costs, tiers ascending.
pub fn price(tickets: &[Tickets<'_>], charges: &Charges, discount: Option<&Discount>) -> Price {
    let mut lines = Vec::with_capacity(tickets.len() + charges.taxes.len() + charges.fees.len());
    // What the tickets of each tier cost, less the discount.
    let mut sums = Vec::with_capacity(tickets.len());
    for of in tickets {
        lines.push(Line::of_tickets(of.tier, of.quantity, of.unit_price_minor));
        let off = discount.filter(|discount| discount.is_of(of.code));
        let mut unit = of.unit_price_minor;
        if let Some(discount) = off {
            let less = taken_off(unit, discount.off);
            lines.push(Line {
                kind: Kind::Discount,
                name: discount.code.clone(),
                amount_minor: -(less * i64::from(of.quantity)),
                percent_bp: match discount.off {
                    Some(Off::Percent(percent_bp)) => Some(percent_bp),
                    _ => None,
                },
                ..Line::of_tickets(of.tier, of.quantity, 0)
            });
            unit -= less;
        }
        sums.push(unit * i64::from(of.quantity));
    }
    let fees = Fees::add(tickets, &sums, &charges.fees, &mut lines);
    add_taxes(tickets, &sums, &fees, &charges.taxes, &mut lines);
    Price {
        total_minor: total(&lines),
        lines,
    }
}

/// The sum of the lines that are added.
pub fn total(lines: &[Line]) -> i64 {
    let added = lines.iter().filter(|line| line.is_added);
    added.map(|line| line.amount_minor).sum()
}

fn taken_off(unit: i64, off: Option<Off>) -> i64 {
    match off {
        None => 0,
        Some(Off::Percent(percent_bp)) => part(unit, percent_bp.into(), WHOLE_BP).min(unit),
        Some(Off::Minor(minor)) => minor.clamp(0, unit),
    }
}

fn is_of(tiers: Option<&[String]>, tier: &str) -> bool {
    tiers.is_none_or(|tiers| tiers.iter().any(|code| code == tier))
}

/// The fees that the buyer bears: what is taxed.
struct Fees {
    /// Of the tickets of each tier, in their order.
    of_tiers: Vec<i64>,
    /// Of the order: what of them comes of each tier.
    parts_of_order: Vec<i64>,
    /// Of the order, whatever it has.
    of_order: i64,
}

impl Fees {
    fn add(tickets: &[Tickets<'_>], sums: &[i64], fees: &[Fee], lines: &mut Vec<Line>) -> Self {
        let mut all = Self {
            of_tiers: vec![0; tickets.len()],
            parts_of_order: vec![0; tickets.len()],
            of_order: 0,
        };
        let is_paid = sums.iter().any(|&sum| sum > 0);
        for fee in fees.iter().filter(|_| is_paid) {
            let is_added = fee.borne_by == Bearer::Buyer;
            let line = |of, amount_minor| Line {
                kind: Kind::Fee,
                name: fee.name.clone(),
                of,
                percent_bp: fee.percent_bp.and_then(|bp| i32::try_from(bp).ok()),
                amount_minor,
                is_added,
            };
            let parts: Vec<i64> = (tickets.iter().zip(sums))
                .map(
                    |(of, &sum)| match (fee.percent_bp, fee.amount_minor, fee.per) {
                        _ if sum == 0 => 0,
                        (Some(percent_bp), _, _) => part(sum, percent_bp.into(), WHOLE_BP),
                        (None, Some(minor), Per::Ticket) => minor * i64::from(of.quantity),
                        _ => 0,
                    },
                )
                .collect();
            if fee.per == Per::Ticket {
                let of_tiers = tickets.iter().zip(&parts);
                let of_tiers = of_tiers.filter(|(_, part)| **part > 0);
                lines.extend(of_tiers.map(|(of, &part)| line(Some((of.tier, of.quantity)), part)));
            } else {
                let fixed = fee.amount_minor.filter(|_| fee.percent_bp.is_none());
                let fixed = fixed.unwrap_or(0);
                lines.push(line(None, fixed + parts.iter().sum::<i64>()));
                all.of_order += if is_added { fixed } else { 0 };
            }
            if is_added {
                let sums = match fee.per {
                    Per::Ticket => &mut all.of_tiers,
                    Per::Order => &mut all.parts_of_order,
                };
                sums.iter_mut()
                    .zip(&parts)
                    .for_each(|(sum, part)| *sum += part);
            }
        }
        all
    }
}

fn add_taxes(
    tickets: &[Tickets<'_>],
    sums: &[i64],
    fees: &Fees,
    taxes: &[Tax],
    lines: &mut Vec<Line>,
) {
    let is_of_tickets = |tax: &Tax, of: &Tickets<'_>| is_of(tax.tiers.as_deref(), of.code);
    // What one or more taxes are contained in has all of them.
    let contained = |of_these: &dyn Fn(&Tax) -> bool| -> i128 {
        let included = taxes.iter().filter(|tax| tax.included && of_these(tax));
        included.map(|tax| i128::from(tax.percent_bp)).sum()
    };
    let in_fees = contained(&|tax| tax.on_fees);
    let amount = |tax: &Tax, base: i64, contained: i128| match tax.included {
        true => part(base, tax.percent_bp.into(), WHOLE_BP + contained),
        false => part(base, tax.percent_bp.into(), WHOLE_BP),
    };
    for tax in taxes {
        let line = |of, amount_minor| Line {
            kind: Kind::Tax,
            name: tax.name.clone(),
            of,
            percent_bp: i32::try_from(tax.percent_bp).ok(),
            amount_minor,
            is_added: !tax.included,
        };
        for ((of, &sum), &fee) in tickets.iter().zip(sums).zip(&fees.of_tiers) {
            let of_tickets = is_of_tickets(tax, of);
            let mut minor = 0;
            if of_tickets {
                minor += amount(tax, sum, contained(&|tax| is_of_tickets(tax, of)));
            }
            if tax.on_fees {
                minor += amount(tax, fee, in_fees);
            }
            if minor > 0 || of_tickets {
                lines.push(line(Some((of.tier, of.quantity)), minor));
            }
        }
        if tax.on_fees {
            let parts = fees.parts_of_order.iter().chain([&fees.of_order]);
            let minor = parts.map(|&part| amount(tax, part, in_fees)).sum();
            if minor > 0 {
                lines.push(line(None, minor));
            }
        }
    }
}

/// `of * numerator / denominator`, rounded half up; nothing is negative.
fn part(of: i64, numerator: i128, denominator: i128) -> i64 {
    let exact = i128::from(of) * numerator;
    // No amount that is read is so large that the result would not fit.
    i64::try_from((2 * exact + denominator) / (2 * denominator)).unwrap_or(i64::MAX)
}

/// What every order costs that is not free, whatever its tickets: fees of the order, and the taxes of these.
pub fn of_every_order(charges: &Charges) -> i64 {
    let fees = charges.fees.iter().filter(|fee| {
        fee.per == Per::Order && fee.borne_by == Bearer::Buyer && fee.percent_bp.is_none()
    });
    let fixed: i64 = fees.filter_map(|fee| fee.amount_minor).sum();
    let added = charges.taxes.iter();
    let added = added.filter(|tax| tax.on_fees && !tax.included);
    let taxes: i64 = added
        .map(|tax| part(fixed, tax.percent_bp.into(), WHOLE_BP))
        .sum();
    fixed + taxes
}

/// Whether its tickets cost anything.
pub fn is_paid(price: &Price) -> bool {
    let of_tickets = |line: &&Line| matches!(line.kind, Kind::Tickets | Kind::Discount);
    let tickets = price.lines.iter().filter(of_tickets);
    tickets.map(|line| line.amount_minor).sum::<i64>() > 0
}

/// The lines of a booking, if so many tickets of each tier are kept: all of them if all are, none if none is.
pub fn lines_left(lines: &[Line], kept: impl Fn(TierNo) -> i32) -> Vec<Line> {
    let has_tickets = lines.iter().any(|line| {
        let of = line.of.filter(|_| line.kind == Kind::Tickets);
        of.is_some_and(|(tier, _)| kept(tier) > 0)
    });
    let left = lines.iter().filter_map(|line| match line.of {
        Some((tier, quantity)) => {
            let kept = kept(tier).clamp(0, quantity);
            let share = part(line.amount_minor.abs(), kept.into(), quantity.max(1).into());
            (kept > 0).then(|| Line {
                of: Some((tier, kept)),
                amount_minor: share * line.amount_minor.signum(),
                ..line.clone()
            })
        }
        None => has_tickets.then(|| line.clone()),
    });
    left.collect()
}

/// What of a booking stays with the buyer's tickets, in minor units, if so many of each tier are kept.
pub fn left(lines: &[Line], kept: impl Fn(TierNo) -> i32) -> i64 {
    total(&lines_left(lines, kept))
}

/// What is given back, in minor units, when of the tickets that a booking has (`before`) only `after` are kept. Added up
/// over all that a booking gives back it is what was paid.
pub fn given_back(
    lines: &[Line],
    before: impl Fn(TierNo) -> i32,
    after: impl Fn(TierNo) -> i32,
) -> i64 {
    left(lines, before) - left(lines, after)
}
