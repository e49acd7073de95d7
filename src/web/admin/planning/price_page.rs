//! The page of what an event's tickets cost beside the prices of its tiers: taxes, fees, promo codes.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use askama::Template;

use super::inputs::{self, Input, Shown};
use super::page::words;
use super::price_inputs::{CODE, FEE, In, TAX, Typed};
use super::session::{Manage, On};
use super::shell::Shell;
use crate::catalog::organise::Own;
use crate::catalog::organise::code::{CodeDetails, Used};
use crate::price::{Fee, Tax};
use crate::types::EventId;
use crate::web::view::format::{Format, machine_time};

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
    /// How often it is used, and may be: `3`, `3 / 100`.
    pub(super) uses: String,
    /// When it was withdrawn: for programs, and for people.
    pub(super) withdrawn: Option<(String, String)>,
    pub(super) inputs: Vec<Shown>,
    pub(super) alert: Option<String>,
}

impl ChargeForm {
    fn has_problem(&self) -> bool {
        self.alert.is_some()
            || self
                .inputs
                .iter()
                .any(|input| input.field.problem.is_some())
    }
}

impl CodeForm {
    fn has_problem(&self) -> bool {
        self.alert.is_some()
            || self
                .inputs
                .iter()
                .any(|input| input.field.problem.is_some())
    }
}

/// What the event's amounts and times are in.
pub(super) fn in_of(own: &Own) -> In {
    In {
        currency: own.event.currency,
        zone: own.event.venue.time_zone,
    }
}

impl PricesPage {
    pub(super) fn of(request: &HttpRequest, on: &On<Manage>, own: &Own, codes: &[Used]) -> Self {
        let (event, format, of) = (&own.event, Format::of(request), in_of(own));
        let words = words(request);
        let show = |fields: &[Input], typed: &dyn Typed, prefix: &str| {
            inputs::show(fields, prefix, words, |name| typed.value(name, of))
        };
        let taxes = event
            .charges
            .taxes
            .iter()
            .zip(0..)
            .map(|(tax, n)| ChargeForm {
                is_new: false,
                name: tax.name.clone(),
                of: format.percent(tax.percent_bp),
                inputs: show(TAX, tax, &format!("tax-{n}-")),
                alert: None,
            });
        let fees = event
            .charges
            .fees
            .iter()
            .zip(0..)
            .map(|(fee, n)| ChargeForm {
                is_new: false,
                name: fee.name.clone(),
                of: match fee.amount_minor {
                    Some(minor) => format.money(event.money(minor)),
                    None => format.percent(fee.percent_bp.unwrap_or_default()),
                },
                inputs: show(FEE, fee, &format!("fee-{n}-")),
                alert: None,
            });
        let new = |inputs| ChargeForm {
            is_new: true,
            name: String::new(),
            of: String::new(),
            inputs,
            alert: None,
        };
        let included = Tax {
            included: true,
            ..Tax::default()
        };
        let new_tax = new(show(TAX, &included, "new-tax-"));
        let new_fee = new(show(FEE, &Fee::default(), "new-fee-"));
        let forms = codes.iter().map(|used| {
            let details = CodeDetails::from(&used.code);
            let mut inputs = show(CODE, &details, &format!("code-{}-", used.code.no.0));
            // It stays.
            inputs.retain(|input| input.name != "code");
            let uses = format.number(used.uses);
            let zone = event.venue.time_zone;
            CodeForm {
                code: used.code.code.to_string(),
                version: used.code.version,
                uses: match used.code.max_uses {
                    Some(most) => format!("{uses} / {}", format.number(most)),
                    None => uses,
                },
                withdrawn: used
                    .code
                    .withdrawn_at
                    .map(|at| (machine_time(at), format.date_time(at, zone))),
                inputs,
                alert: None,
            }
        });
        let new_code = CodeForm {
            code: String::new(),
            version: 0,
            uses: String::new(),
            withdrawn: None,
            inputs: show(CODE, &CodeDetails::default(), "new-code-"),
            alert: None,
        };
        Self {
            shell: Shell::of_event(request, on, event, "prices"),
            id: event.id,
            version: event.version,
            taxes: taxes.chain([new_tax]).collect(),
            fees: fees.chain([new_fee]).collect(),
            codes: forms.chain([new_code]).collect(),
            status: StatusCode::OK,
        }
    }
}
