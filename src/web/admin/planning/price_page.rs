//! The page of what an event's tickets cost beside the prices of its tiers: taxes, fees, promo codes.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use askama::Template;

use super::fields::Refused;
use super::inputs::{self, Input, Shown, wrong_of};
use super::page::words;
use super::price_inputs::{CODE, FEE, In, TAX, Typed};
use super::session::{Manage, On};
use super::shell::Shell;
use crate::catalog::Event;
use crate::catalog::organise::Own;
use crate::catalog::organise::code::{CodeDetails, Used};
use crate::price::{Fee, Tax};
use crate::types::EventId;
use crate::web::view::format::{Format, machine_time};
use crate::web::view::words::Words;

/// What tickets cost.
#[derive(Template)]
#[template(path = "admin/prices.html")]
pub(super) struct PricesPage {
    pub(super) shell: Shell,
    pub(super) id: EventId,
    /// Of the event.
    pub(super) version: i32,
    pub(super) taxes: Vec<ChargeForm>,
    pub(super) fees: Vec<ChargeForm>,
    /// With one for a new code behind them.
    pub(super) codes: Vec<CodeForm>,
    pub(super) status: StatusCode,
}

/// The form of a tax or a fee; the last is for a new one.
pub(super) struct ChargeForm {
    pub(super) is_new: bool,
    pub(super) name: String,
    /// `23%`, `€1.50`.
    pub(super) of: String,
    pub(super) inputs: Vec<Shown>,
    pub(super) alert: Option<String>,
}

/// The form of a promo code.
pub(super) struct CodeForm {
    /// Empty of a new one.
    pub(super) code: String,
    pub(super) version: i32,
    /// What it takes off, and of which tiers.
    pub(super) says: Vec<String>,
    /// How often it is used, and may be: `3`, `3 / 100`.
    pub(super) uses: String,
    /// When it was withdrawn: for programs, and for people.
    pub(super) withdrawn: Option<(String, String)>,
    pub(super) inputs: Vec<Shown>,
    pub(super) alert: Option<String>,
}

impl ChargeForm {
    fn has_problem(&self) -> bool {
        self.alert.is_some() || wrong_of(&self.inputs).next().is_some()
    }
}

impl CodeForm {
    fn has_problem(&self) -> bool {
        self.alert.is_some() || wrong_of(&self.inputs).next().is_some()
    }
}

/// What the event's amounts and times are in.
pub(super) fn in_of(event: &Event) -> In {
    In {
        currency: event.currency,
        zone: event.venue.time_zone,
    }
}

/// What a code takes off, and of which tiers.
fn says_of(details: &CodeDetails, event: &Event, format: &Format) -> Vec<String> {
    let percent = details.percent_bp.map(|percent| format.percent(percent));
    let amount = details.off_minor;
    let amount = amount.map(|minor| format.money(event.money(minor)));
    let off = percent.or(amount).map(|off| format!("−{off}"));
    let tiers = details.tiers.iter().flatten();
    let tiers = tiers.filter_map(|code| Some(event.tier(code)?.name.clone()));
    off.into_iter().chain(tiers).collect()
}

/// A form with what stands in its fields.
fn show(
    fields: &[Input],
    typed: &dyn Typed,
    prefix: &str,
    of: In,
    words: &'static Words,
) -> Vec<Shown> {
    inputs::show(fields, prefix, words, |name| typed.value(name, of))
}

impl ChargeForm {
    fn of(name: &str, of: String, inputs: Vec<Shown>) -> Self {
        Self {
            is_new: name.is_empty(),
            name: name.to_owned(),
            of,
            inputs,
            alert: None,
        }
    }
}

impl CodeForm {
    fn of(used: &Used, event: &Event, format: &Format, words: &'static Words) -> Self {
        let of = in_of(event);
        let code = &used.code;
        let details = CodeDetails::from(code);
        let mut inputs = show(CODE, &details, &format!("code-{}-", code.no.0), of, words);
        // It stays.
        inputs.retain(|input| input.name != "code");
        let uses = format.number(used.uses);
        let withdrawn = code.withdrawn_at;
        Self {
            code: code.code.to_string(),
            version: code.version,
            says: says_of(&details, event, format),
            uses: match code.max_uses {
                Some(most) => format!("{uses} / {}", format.number(most)),
                None => uses,
            },
            withdrawn: withdrawn.map(|at| (machine_time(at), format.date_time(at, of.zone))),
            inputs,
            alert: None,
        }
    }

    fn new(of: In, words: &'static Words) -> Self {
        Self {
            code: String::new(),
            version: 0,
            says: Vec::new(),
            uses: String::new(),
            withdrawn: None,
            inputs: show(CODE, &CodeDetails::default(), "new-code-", of, words),
            alert: None,
        }
    }
}

impl PricesPage {
    pub(super) fn of(request: &HttpRequest, on: &On<Manage>, own: &Own, codes: &[Used]) -> Self {
        let (event, format, of) = (&own.event, Format::of(request), in_of(&own.event));
        let words = words(request);
        let taxes = event.charges.taxes.iter().zip(0..).map(|(tax, n)| {
            let inputs = show(TAX, tax, &format!("tax-{n}-"), of, words);
            ChargeForm::of(&tax.name, format.percent(tax.percent_bp), inputs)
        });
        let fees = event.charges.fees.iter().zip(0..).map(|(fee, n)| {
            let amount = match fee.amount_minor {
                Some(minor) => format.money(event.money(minor)),
                None => format.percent(fee.percent_bp.unwrap_or_default()),
            };
            let inputs = show(FEE, fee, &format!("fee-{n}-"), of, words);
            ChargeForm::of(&fee.name, amount, inputs)
        });
        let new_tax = Tax {
            included: true,
            ..Tax::default()
        };
        let new = |inputs| ChargeForm::of("", String::new(), inputs);
        let new_tax = new(show(TAX, &new_tax, "new-tax-", of, words));
        let new_fee = new(show(FEE, &Fee::default(), "new-fee-", of, words));
        let forms = codes
            .iter()
            .map(|used| CodeForm::of(used, event, &format, words));
        Self {
            shell: Shell::of_event(request, on, event, "prices"),
            id: event.id,
            version: event.version,
            taxes: taxes.chain([new_tax]).collect(),
            fees: fees.chain([new_fee]).collect(),
            codes: forms.chain([CodeForm::new(of, words)]).collect(),
            status: StatusCode::OK,
        }
    }

    /// What was refused, of whichever of the page's forms.
    fn refusal(&self) -> Option<Refused> {
        let charges = self.taxes.iter().chain(&self.fees);
        let charges = charges.map(|form| (&form.alert, &form.inputs));
        let codes = self.codes.iter().map(|form| (&form.alert, &form.inputs));
        let mut refused = Refused::default();
        for (alert, inputs) in charges.chain(codes) {
            refused.texts.extend(alert.clone());
            refused.fields.extend(wrong_of(inputs));
        }
        (refused != Refused::default()).then_some(refused)
    }
}
