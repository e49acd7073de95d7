//! What the tickets of an event cost, as its page says it before anything is chosen: with all that is paid beside them.

use std::fmt::Display;

use crate::catalog::{Event, Tier};
use crate::price::{self, Bearer, Discount, Fee, Per, Tax};
use crate::web::view::format::Format;

/// What is charged for an order, whatever it has.
pub(super) struct OrderFees {
    pub(super) minor: i64,
    /// `Delivery €2.00`
    pub(super) text: String,
}

/// What a tier's tickets cost.
pub(super) struct TierPrices {
    /// Of one ticket, with its fees and taxes.
    pub(super) price: String,
    pub(super) price_minor: i64,
    /// The same without the promo code, if that is more.
    pub(super) was: Option<String>,
    /// `Includes VAT 23%, Service fee €1.50`
    pub(super) includes: Option<String>,
    /// What 0, 1, 2 ... tickets cost, if that is not a multiple of the price.
    pub(super) sums: String,
}

impl TierPrices {
    pub(super) fn new(
        tier: &Tier,
        event: &Event,
        discount: Option<&Discount>,
        format: &Format,
    ) -> Self {
        let money = |minor| format.money(event.money(minor));
        let (price, was) = (
            event.price_of_one(tier, discount),
            event.price_of_one(tier, None),
        );
        let sum = |quantity| {
            let of_order = event.price(&[(tier.no, quantity)], discount);
            let is_paid = price::is_paid(&of_order);
            let fees = if is_paid { event.price_of_order() } else { 0 };
            of_order.total_minor - fees
        };
        let is_plain = event.charges.is_none() && discount.is_none();
        let most = tier.terms.most(event.max_tickets_per_booking);
        let sums: Vec<i64> = (0..=most).filter(|_| !is_plain).map(sum).collect();
        let is_multiple = sums
            .iter()
            .zip(0..)
            .all(|(sum, quantity)| *sum == price * quantity);
        let sums: Vec<String> = sums
            .iter()
            .filter(|_| !is_multiple)
            .map(i64::to_string)
            .collect();
        Self {
            price: money(price),
            price_minor: price,
            was: (price < was).then(|| money(was)),
            includes: includes(tier, event, price, format),
            sums: sums.join(" "),
        }
    }
}

/// What the price of a ticket contains beside the ticket.
fn includes(tier: &Tier, event: &Event, price: i64, format: &Format) -> Option<String> {
    if price == 0 {
        return None;
    }
    let part = |name: &str, of: &str| {
        let values: [(&str, &dyn Display); 2] = [("name", &name), ("of", &of)];
        format.words.with("price-part", &values)
    };
    let amount = |fee: &Fee| match (fee.amount_minor, fee.percent_bp) {
        (Some(minor), _) => format.money(event.money(minor)),
        (None, percent_bp) => format.percent(percent_bp.unwrap_or_default()),
    };
    let fees = event.charges.fees.iter().filter(|fee| {
        fee.borne_by == Bearer::Buyer && (fee.per == Per::Ticket || fee.percent_bp.is_some())
    });
    let fees = fees.map(|fee| part(&fee.name, &amount(fee)));
    let is_of = |tax: &&Tax| {
        let tiers = tax.tiers.as_ref();
        tax.on_fees
            || tiers.is_none_or(|tiers| tiers.iter().any(|code| *code == tier.code.as_str()))
    };
    let taxes = event.charges.taxes.iter().filter(is_of);
    let taxes = taxes.map(|tax| part(&tax.name, &format.percent(tax.percent_bp)));
    let parts: Vec<String> = fees.chain(taxes).collect();
    let parts = parts
        .into_iter()
        .reduce(|all, part| format.two_parts(&all, &part))?;
    Some(format.words.with("price-includes", &[("parts", &parts)]))
}

/// What any order of the event costs that is not free.
pub(super) fn order_fees(event: &Event, format: &Format) -> Option<OrderFees> {
    let minor = event.price_of_order();
    let fees = event.charges.fees.iter().filter(|fee| {
        fee.borne_by == Bearer::Buyer && fee.per == Per::Order && fee.percent_bp.is_none()
    });
    let names = fees.map(|fee| fee.name.clone());
    let names = names.reduce(|all, name| format.two_parts(&all, &name))?;
    let amount = format.money(event.money(minor));
    let values: [(&str, &dyn Display); 2] = [("names", &names), ("amount", &amount)];
    Some(OrderFees {
        minor,
        text: format.words.with("price-of-order", &values),
    })
}
