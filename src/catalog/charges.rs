//! What is wrong with the taxes and fees that an organiser writes.

use super::must::Must;
use super::prose::LINE_MAX;
use super::wrongs::{PRICE_MAX, Wrongs};
use crate::price::{Fee, Tax};

/// Taxes, and fees, of an event at most.
pub(super) const CHARGES_MAX: usize = 10;
/// All of something, in hundredths of a percent.
pub(super) const WHOLE_BP: i64 = 10_000;

/// `tiers` are the codes of the event's.
pub(super) fn check(taxes: &[Tax], fees: &[Fee], tiers: &[&str], wrong: &mut Wrongs) {
    wrong.entries("/taxes", taxes.len(), 0, CHARGES_MAX);
    for (index, tax) in taxes.iter().take(CHARGES_MAX).enumerate() {
        let field = |name: &str| format!("/taxes/{index}/{name}");
        wrong.text(&field("name"), &tax.name, LINE_MAX);
        wrong.within(&field("percent_bp"), tax.percent_bp, 1, WHOLE_BP);
        for (at, tier) in tax.tiers.iter().flatten().enumerate() {
            let pointer = field(&format!("tiers/{at}"));
            wrong.unless(tiers.contains(&tier.as_str()), &pointer, Must::BeTier);
        }
    }
    wrong.entries("/fees", fees.len(), 0, CHARGES_MAX);
    for (index, fee) in fees.iter().take(CHARGES_MAX).enumerate() {
        let field = |name: &str| format!("/fees/{index}/{name}");
        wrong.text(&field("name"), &fee.name, LINE_MAX);
        match (fee.amount_minor, fee.percent_bp) {
            (Some(minor), None) => wrong.within(&field("amount_minor"), minor, 1, PRICE_MAX),
            (None, Some(bp)) => wrong.within(&field("percent_bp"), bp, 1, WHOLE_BP),
            _ => wrong.add(&field("amount_minor"), Must::BeAmountOrPercent),
        }
    }
}
