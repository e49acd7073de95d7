//! The fields of a tier: what stands in them, and how what was typed is read.
//!
//! What must hold: as in `inputs`.

use chrono_tz::Tz;

use super::fields::minor;
use super::inputs::{Input, Kind, Shown, amount, input, line, local, number, time};
use crate::catalog::{Event, TierDetails};
use crate::types::Currency;
use crate::web::view::words::Words;

/// Of a tier.
#[rustfmt::skip]
pub(super) const TIER: &[Input] = &[
    input("tier", "/tier", "plan-code", Kind::Text, true),
    input("name", "/name", "plan-tier-name", Kind::Text, true),
    input("price", "/price_minor", "plan-price", Kind::Text, true),
    input("shares", "/shares", "plan-shares", Kind::Stock, false),
    input("capacity", "/capacity", "plan-capacity", Kind::Number, false),
    input("rows", "/row_blocks", "plan-rows", Kind::Text, false),
    input("wheelchair", "/wheelchair", "plan-wheelchair", Kind::Text, false),
    input("companion", "/companion", "plan-companion", Kind::Text, false),
    input("opens", "/on_sale_at", "plan-opens", Kind::Time, false),
    input("closes", "/off_sale_at", "plan-closes", Kind::Time, false),
    input("least", "/min_tickets", "plan-least", Kind::Number, false),
    input("most", "/max_tickets", "plan-most", Kind::Number, false),
    input("position", "/position", "plan-position", Kind::Number, false),
    input("hidden", "/hidden", "plan-hidden", Kind::Choice(HIDDEN), false),
];

const HIDDEN: &[(&str, &str)] = &[("no", "plan-hidden-no"), ("yes", "plan-hidden-yes")];

/// Offers the tiers whose tickets may be sold as those of the tier with this code too.
pub(super) fn offer_stocks(shown: &mut [Shown], event: &Event, code: &str, words: &Words) {
    let Some(shown) = shown.iter_mut().find(|one| one.name == "shares") else {
        return;
    };
    let own = (String::new(), words.text("plan-shares-none").to_owned());
    let others = event.stocks().filter(|tier| tier.code.as_str() != code);
    let others = others.map(|tier| (tier.code.to_string(), tier.name.clone()));
    let option = |(code, name): (String, String)| {
        let is_chosen = code == shown.field.value;
        (code, name, is_chosen)
    };
    shown.options = std::iter::once(own).chain(others).map(option).collect();
}

/// What a field of a tier says.
pub(super) fn of_tier(tier: &TierDetails, name: &str, currency: Currency, zone: Tz) -> String {
    let number = |number: Option<i16>| number.map_or_else(String::new, |it| it.to_string());
    match name {
        "tier" => tier.tier.clone(),
        "name" => tier.name.clone(),
        "price" => amount(tier.price_minor, currency.exponent()),
        "shares" => tier.shares.clone().unwrap_or_default(),
        // What is not said yet is an empty field.
        "capacity" if tier.capacity == 0 => String::new(),
        "capacity" => tier.capacity.to_string(),
        "rows" => {
            let blocks = tier.row_blocks.iter().flatten().map(i16::to_string);
            blocks.collect::<Vec<_>>().join("+")
        }
        "wheelchair" => tier.wheelchair.join(", "),
        "companion" => tier.companion.join(", "),
        "opens" => local(tier.on_sale_at, zone),
        "closes" => local(tier.off_sale_at, zone),
        "least" => number(tier.min_tickets),
        "most" => number(tier.max_tickets),
        "position" => tier.position.to_string(),
        "hidden" => (if tier.hidden { "yes" } else { "no" }).to_owned(),
        _ => String::new(),
    }
}

/// Puts what was typed into a tier; what cannot be read is said beside its field.
pub(super) fn read_tier(
    tier: &mut TierDetails,
    shown: &mut [Shown],
    (currency, zone): (Currency, Tz),
    words: &Words,
) -> bool {
    let mut is_read = true;
    for one in shown {
        if let Err(text) = set_tier(tier, one.name, &one.field.value, currency, zone) {
            one.field.refuse(words.text(text));
            is_read = false;
        }
    }
    is_read
}

fn set_tier(
    tier: &mut TierDetails,
    name: &str,
    text: &str,
    currency: Currency,
    zone: Tz,
) -> Result<(), &'static str> {
    match name {
        "tier" if !text.is_empty() => tier.tier = text.to_owned(),
        "name" => tier.name = text.to_owned(),
        "price" => tier.price_minor = minor(text, currency.exponent()).ok_or("plan-price-wrong")?,
        "shares" => tier.shares = line(text),
        "capacity" => tier.capacity = number(text)?.unwrap_or(0),
        "rows" => {
            let blocks = text.split('+').map(|width| width.trim().parse());
            let blocks: Result<Vec<i16>, _> = blocks.collect();
            tier.row_blocks = match text {
                "" => None,
                _ => Some(blocks.map_err(|_| "plan-rows-wrong")?),
            };
        }
        "wheelchair" => tier.wheelchair = labels(text),
        "companion" => tier.companion = labels(text),
        "opens" => tier.on_sale_at = time(text, zone, tier.on_sale_at)?,
        "closes" => tier.off_sale_at = time(text, zone, tier.off_sale_at)?,
        "least" => tier.min_tickets = number(text)?,
        "most" => tier.max_tickets = number(text)?,
        "position" => tier.position = number(text)?.unwrap_or(0),
        "hidden" => tier.hidden = text == "yes",
        _ => {}
    }
    Ok(())
}

/// Of `A-1, A-2`.
fn labels(text: &str) -> Vec<String> {
    let labels = text.split([',', ';', ' ', '\n']).map(str::trim);
    let labels = labels.filter(|label| !label.is_empty());
    labels.map(str::to_uppercase).collect()
}
