//! What the page of a booking shows of paying: the form's part of the provider, what the buyer's bank wants of them, why
//! a payment failed, and the payments that were made.

use std::fmt::Display;

use crate::booking::Status;
use crate::catalog::Event;
use crate::config::Capture;
use crate::gateway::stripe::config::StripeConfig;
use crate::gateway::stripe::to_stripe;
use crate::gateway::{ABANDONED, Action, Gateway, IncidentKind, Provider, REFUSED, UNAVAILABLE};
use crate::payment::{self, Happened, Method, Payment, is_judged};
use crate::types::Money;
use crate::web::view::declines::{NOT_AUTHENTICATED, decline_text};
use crate::web::view::format::{Format, machine_time};

/// How the form pays.
#[derive(Default)]
pub(super) struct PayForm {
    /// The provider's element, where card numbers are no business of ours.
    pub(super) element: Option<Element>,
    /// Whether test cards are offered.
    pub(super) has_test_cards: bool,
}

/// What Stripe's script needs for its element.
pub(super) struct Element {
    pub(super) library: Library,
    /// In Stripe's units.
    pub(super) amount: i64,
    /// In small letters.
    pub(super) currency: String,
    /// `manual` or `automatic`.
    pub(super) capture: &'static str,
}

/// Stripe's script.
pub(super) struct Library {
    pub(super) url: String,
    /// The publishable key.
    pub(super) key: String,
}

impl PayForm {
    /// For the provider that takes payments.
    pub(super) fn of(current: &dyn Gateway, account: Option<&StripeConfig>, total: Money) -> Self {
        let account = account.filter(|_| current.provider() == Provider::Stripe);
        Self {
            element: account.and_then(|account| Element::of(account, total)),
            has_test_cards: current.is_test() && current.provider() == Provider::Simulated,
        }
    }
}

impl Element {
    /// `None` for an amount that Stripe does not charge.
    fn of(account: &StripeConfig, total: Money) -> Option<Self> {
        Some(Self {
            library: Library::of(account),
            amount: to_stripe(total).ok()?,
            currency: total.currency.code().to_ascii_lowercase(),
            capture: match account.capture {
                Capture::Manual => "manual",
                Capture::Automatic => "automatic",
            },
        })
    }
}

impl Library {
    fn of(account: &StripeConfig) -> Self {
        Self {
            url: account.script_url.clone(),
            key: account.publishable_key.clone(),
        }
    }
}

/// What the buyer has to do for a payment.
pub(super) struct Waits {
    /// Which payment.
    pub(super) payment: String,
    pub(super) amount: String,
    /// Until when, in the venue's zone; and for scripts.
    pub(super) until: String,
    pub(super) until_at: String,
    /// Where it is done, if at an address.
    pub(super) url: Option<String>,
    /// By what script, with this secret, if by one.
    pub(super) script: Option<(Library, String)>,
}

impl Waits {
    /// `None` if nothing is to be done, or only a script could whose account this server does not have.
    pub(super) fn of(
        payment: &Payment,
        account: Option<&StripeConfig>,
        event: &Event,
        format: &Format,
    ) -> Option<Self> {
        let (url, script) = match payment.action.as_ref()? {
            Action::Redirect { url } if url.starts_with('/') => {
                (Some(format!("{}{url}", format.prefix)), None)
            }
            Action::Redirect { url } => (Some(url.clone()), None),
            Action::Script { client_secret } => {
                (None, Some((Library::of(account?), client_secret.clone())))
            }
        };
        let (until, zone) = (payment.act_until?, event.venue.time_zone);
        Some(Self {
            payment: payment.id.to_string(),
            amount: format.money(payment.amount),
            until: format!(
                "{} {}",
                format.time(until, zone),
                format.offset(until, zone)
            ),
            until_at: machine_time(until),
            url,
            script,
        })
    }
}

/// One attempt to pay.
pub(super) struct PaymentLine {
    pub(super) at: String,
    pub(super) card: String,
    pub(super) outcome: String,
    pub(super) amount: String,
    /// `paid`, `declined`, `refunded`, `failed`, `processing`.
    pub(super) state: &'static str,
    /// What of it went back while the booking stays.
    pub(super) parts: Vec<String>,
}

impl PaymentLine {
    /// `told` is what happened to the booking's charges at their providers.
    pub(super) fn new(
        payment: &Payment,
        told: &[Happened],
        event: &Event,
        format: &Format,
    ) -> Self {
        let (zone, words) = (event.venue.time_zone, format.words);
        let (state, outcome) = match (payment.status, payment.refunded_at) {
            (payment::Status::Refunded, _) if has_failed(told, payment, payment.rest()) => {
                ("failed", words.text("payment-refund-failed").to_owned())
            }
            (payment::Status::Refunded, Some(at)) => (
                "refunded",
                words.with("payment-refunded", &[("time", &format.date_time(at, zone))]),
            ),
            (payment::Status::Succeeded, _) if payment.refund_due => {
                ("refunded", words.text("payment-refund-due").to_owned())
            }
            (payment::Status::Declined, _) => (
                "declined",
                decline_text(payment.decline_code.as_deref(), words).to_owned(),
            ),
            (payment::Status::Processing, _) => {
                ("processing", words.text("payment-processing").to_owned())
            }
            (_, _) => ("paid", words.text("payment-paid").to_owned()),
        };
        let part = |refund: &payment::Refund| {
            let amount = format.money(refund.amount);
            match refund.refunded_at {
                _ if has_failed(told, payment, refund.amount) => {
                    words.with("receipt-part-failed", &[("amount", &amount)])
                }
                Some(at) => {
                    let time = format.date_time(at, zone);
                    words.with("receipt-part", &[("amount", &amount), ("time", &time)])
                }
                None => words.with("receipt-part-due", &[("amount", &amount)]),
            }
        };
        Self {
            parts: payment.refunds.iter().map(part).collect(),
            at: format.date_time(payment.created_at, zone),
            card: card_name(payment, format),
            outcome,
            amount: format.money(payment.amount),
            state,
        }
    }
}

/// Why the last payment failed.
pub(super) struct Decline {
    pub(super) text: String,
    /// Whether it has used up one of the attempts.
    pub(super) is_judged: bool,
}

impl Decline {
    /// `None` if it did not fail. The tickets are kept `until` then.
    pub(super) fn of(payment: &Payment, until: Option<&str>, format: &Format) -> Option<Self> {
        if payment.status != payment::Status::Declined {
            return None;
        }
        let code = payment.decline_code.as_deref();
        let words = format.words;
        let text = match (code, until) {
            (Some(ABANDONED), Some(until)) => words.with("declined-abandoned", &[("time", &until)]),
            (Some(UNAVAILABLE), Some(until)) => {
                words.with("declined-unavailable", &[("time", &until)])
            }
            (Some(REFUSED), _) => words.text("declined-refused").to_owned(),
            (Some(NOT_AUTHENTICATED), _) => words.text("declined-authentication").to_owned(),
            _ => {
                let why = decline_text(code, words);
                let card = card_name(payment, format);
                if payment.card_last4.is_empty() {
                    words.with("declined-text-online", &[("why", &why)])
                } else {
                    words.with("declined-text", &[("card", &card), ("why", &why)])
                }
            }
        };
        Some(Self {
            text,
            is_judged: is_judged(code.unwrap_or_default()),
        })
    }
}

/// Which refund of a payment did not reach its buyer, by how much it was: the provider names it in its own way.
fn has_failed(told: &[Happened], payment: &Payment, amount: Money) -> bool {
    told.iter().any(|it| {
        it.kind == IncidentKind::RefundFailed && it.payment == payment.id && it.amount == amount
    })
}

fn card_name(payment: &Payment, format: &Format) -> String {
    match payment.method {
        Method::Card => {}
        Method::Cash => return format.words.text("payment-cash").to_owned(),
        Method::Terminal => return format.words.text("payment-terminal").to_owned(),
    }
    let digits = &payment.card_last4;
    if digits.is_empty() {
        return format.words.text("payment-online").to_owned();
    }
    let brand = match payment.card_brand.as_str() {
        "amex" => "American Express",
        "mastercard" => "Mastercard",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "discover" => "Discover",
        "unionpay" => "UnionPay",
        "visa" => "Visa",
        _ => {
            return format
                .words
                .with("payment-some-card", &[("digits", digits)]);
        }
    };
    let values: [(&str, &dyn Display); 2] = [("brand", &brand), ("digits", digits)];
    format.words.with("payment-card", &values)
}

/// Whether the money of an ended booking came too late, or comes.
pub(super) fn is_late(payments: &[Payment]) -> bool {
    let moves = |payment: &Payment| payment.status != payment::Status::Declined;
    payments.iter().any(moves)
}

/// Where the money of an ended booking is. `told` is what happened to its charges at their providers.
pub(super) fn money_text(
    status: Status,
    payments: &[Payment],
    told: &[Happened],
    format: &Format,
) -> String {
    let last = |of: &[payment::Status]| payments.iter().rfind(|p| of.contains(&p.status));
    let say = |text: &'static str, payment: &Payment| {
        let has_failed = text == "money-refund-failed";
        let amount = if has_failed {
            payment.rest()
        } else {
            payment.amount
        };
        let (amount, card) = (format.money(amount), card_name(payment, format));
        if payment.card_last4.is_empty() {
            return format
                .words
                .with(text_without_card(text), &[("amount", &amount)]);
        }
        let values: [(&str, &dyn Display); 2] = [("amount", &amount), ("card", &card)];
        format.words.with(text, &values)
    };
    if let Some(payment) = last(&[payment::Status::Processing]) {
        return match status {
            Status::Expired => say("money-pending-expired", payment),
            _ => say("money-pending", payment),
        };
    }
    match last(&[payment::Status::Refunded, payment::Status::Succeeded]) {
        Some(payment) if payment.method != Method::Card => {
            let amount = format.money(payment.amount);
            let is_back = payment.status == payment::Status::Refunded;
            let text = if is_back {
                "money-back-by-hand"
            } else {
                "money-due-by-hand"
            };
            format.words.with(text, &[("amount", &amount)])
        }
        Some(payment) if payment.status == payment::Status::Refunded => {
            let has_failed = has_failed(told, payment, payment.rest());
            say(
                if has_failed {
                    "money-refund-failed"
                } else {
                    "money-refunded"
                },
                payment,
            )
        }
        Some(payment) => say("money-on-its-way", payment),
        None => format.words.text("money-none").to_owned(),
    }
}

/// The same of a payment of which no card is known.
fn text_without_card(text: &'static str) -> &'static str {
    match text {
        "money-pending-expired" => "money-pending-expired-online",
        "money-pending" => "money-pending-online",
        "money-refunded" => "money-refunded-online",
        "money-refund-failed" => "money-refund-failed-online",
        _ => "money-on-its-way-online",
    }
}
