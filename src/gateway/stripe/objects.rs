//! Stripe's objects, as far as they are read, and the parameters of its requests.
//!
//! What must hold: what is not known is passed over, so that Stripe may add to its objects.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::gateway::CardShown;
use crate::types::{PaymentId, RefundId};

/// The bytes of a decline code at most.
const CODE_MAX: usize = 64;
/// The bytes of a card's brand at most.
const BRAND_MAX: usize = 32;
/// What stands in an address as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The parameters of a request.
#[derive(Debug, Clone, Default)]
pub(super) struct Form(String);

impl Form {
    /// With one more.
    pub(super) fn with(mut self, name: &str, value: impl ToString) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(&escaped(name));
        self.0.push('=');
        self.0.push_str(&escaped(&value.to_string()));
        self
    }

    /// `application/x-www-form-urlencoded`.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Payment methods of which the bank says after hours or days whether it pays: no hold lasts so long, and tickets would be sold
/// to others meanwhile. <https://docs.stripe.com/payments/payment-methods/payment-method-support>
pub(super) const DELAYED: [&str; 12] = [
    "acss_debit",
    "au_becs_debit",
    "bacs_debit",
    "boleto",
    "customer_balance",
    "konbini",
    "multibanco",
    "nz_bank_account",
    "oxxo",
    "sepa_debit",
    "sofort",
    "us_bank_account",
];

/// Leaves out what is decided too late.
pub(super) fn without_delayed(form: Form) -> Form {
    DELAYED.iter().fold(form, |form, method| {
        form.with("excluded_payment_method_types[]", method)
    })
}

/// A part of an address.
pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// What is an object if it was asked for with `expand`, and its id if not.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Expandable<T> {
    Id(String),
    Object(Box<T>),
    Other(IgnoredAny),
}

impl<T> Expandable<T> {
    pub(super) fn object(&self) -> Option<&T> {
        match self {
            Self::Object(object) => Some(object),
            Self::Id(_) | Self::Other(_) => None,
        }
    }
}

/// Our ids, which we write to what we create.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Metadata {
    payment_id: Option<Value>,
    refund_id: Option<Value>,
}

impl Metadata {
    pub(super) fn payment(&self) -> Option<PaymentId> {
        self.payment_id.as_ref()?.as_str()?.parse().ok()
    }

    pub(super) fn refund(&self) -> Option<RefundId> {
        self.refund_id.as_ref()?.as_str()?.parse().ok()
    }
}

/// <https://docs.stripe.com/api/payment_intents/object>
#[derive(Debug, Clone, Deserialize)]
pub(super) struct PaymentIntent {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) amount: i64,
    pub(super) amount_received: Option<i64>,
    pub(super) currency: String,
    pub(super) created: i64,
    pub(super) client_secret: Option<String>,
    pub(super) next_action: Option<Value>,
    pub(super) last_payment_error: Option<ErrorJson>,
    pub(super) latest_charge: Option<Expandable<Charge>>,
    pub(super) payment_method: Option<Expandable<PaymentMethod>>,
    pub(super) metadata: Option<Metadata>,
}

/// <https://docs.stripe.com/api/charges/object>
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Charge {
    pub(super) amount_refunded: Option<i64>,
    pub(super) payment_method_details: Option<PaymentMethod>,
}

/// A payment method, and what a charge says of its own.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct PaymentMethod {
    card: Option<CardJson>,
}

#[derive(Debug, Clone, Deserialize)]
struct CardJson {
    brand: Option<String>,
    last4: Option<String>,
}

impl PaymentMethod {
    /// The card, if it is one and is told in words that may be kept.
    pub(super) fn card(&self) -> Option<CardShown> {
        let card = self.card.as_ref()?;
        let (brand, last4) = (card.brand.clone()?, card.last4.clone()?);
        let is_number = last4.len() == 4 && last4.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && is_word(&brand, BRAND_MAX)).then_some(CardShown { brand, last4 })
    }
}

/// <https://docs.stripe.com/api/checkout/sessions/object>
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) url: Option<String>,
    pub(super) status: Option<String>,
    pub(super) amount_total: Option<i64>,
    pub(super) currency: Option<String>,
    pub(super) payment_intent: Option<Expandable<PaymentIntent>>,
}

/// <https://docs.stripe.com/api/refunds/object>
#[derive(Debug, Clone, Deserialize)]
pub(super) struct RefundJson {
    pub(super) id: String,
    pub(super) status: Option<String>,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) failure_reason: Option<String>,
    pub(super) payment_intent: Option<Expandable<IgnoredAny>>,
    pub(super) metadata: Option<Metadata>,
}

/// <https://docs.stripe.com/api/disputes/object>
#[derive(Debug, Clone, Deserialize)]
pub(super) struct DisputeJson {
    pub(super) status: String,
    pub(super) amount: i64,
}

/// A part of a list.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ListJson<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// The body of an error.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: ErrorJson,
}

/// <https://docs.stripe.com/api/errors>
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct ErrorJson {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
    pub(super) decline_code: Option<String>,
    pub(super) param: Option<String>,
    pub(super) message: Option<String>,
    pub(super) payment_intent: Option<Expandable<PaymentIntent>>,
    pub(super) payment_method: Option<Expandable<PaymentMethod>>,
}

impl ErrorJson {
    /// Why a card was declined.
    pub(super) fn decline(&self) -> String {
        let codes = [&self.decline_code, &self.code];
        let mut codes = codes.into_iter().flatten();
        let word = codes.find(|code| is_word(code, CODE_MAX));
        word.map_or_else(|| "card_declined".to_owned(), Clone::clone)
    }

    /// Whether it says that the payment method is the wrong one.
    pub(super) fn is_of_method(&self) -> bool {
        let param = self.param.as_deref().unwrap_or_default();
        let is_of_method = ["payment_method", "confirmation_token", "source"]
            .iter()
            .any(|name| param.starts_with(name));
        self.kind.as_deref() == Some("card_error") || is_of_method
    }
}

/// A reason of Stripe's as a word, which is stored and shown.
pub(super) fn word(text: Option<&str>, otherwise: &str) -> String {
    let word = text.filter(|text| is_word(text, CODE_MAX));
    word.unwrap_or(otherwise).to_owned()
}

fn is_word(text: &str, bytes_max: usize) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=bytes_max).contains(&text.len()) && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_escaped() {
        let form = Form::default()
            .with("metadata[booking]", "K7QF-2MXD & Ä")
            .with("amount", 5);
        assert_eq!(
            form.as_str(),
            "metadata%5Bbooking%5D=K7QF-2MXD%20%26%20%C3%84&amount=5"
        );
    }

    #[test]
    fn a_decline_code_is_the_most_precise_word_that_is_one() {
        let of = |json: &str| serde_json::from_str::<ErrorJson>(json).unwrap().decline();
        for (json, code) in [
            (
                r#"{"code":"card_declined","decline_code":"insufficient_funds"}"#,
                "insufficient_funds",
            ),
            (r#"{"code":"expired_card"}"#, "expired_card"),
            (
                r#"{"code":"expired_card","decline_code":"Oh <b>no"}"#,
                "expired_card",
            ),
            ("{}", "card_declined"),
        ] {
            assert_eq!(of(json), code);
        }
    }

    #[test]
    fn what_is_not_expanded_or_of_another_form_is_passed_over() {
        for (json, has_object) in [
            (r#"{"card":{"brand":"visa","last4":"4242"}}"#, true),
            (r#""pm_1""#, false),
            ("7", false),
            ("[]", false),
        ] {
            let read: Expandable<PaymentMethod> = serde_json::from_str(json).unwrap();
            assert_eq!(read.object().is_some(), has_object, "{json}");
        }
    }

    #[test]
    fn a_card_is_shown_by_a_word_and_four_digits() {
        let of = |brand: &str, last4: &str| {
            let json = serde_json::json!({"card": {"brand": brand, "last4": last4}});
            let method: PaymentMethod = serde_json::from_value(json).unwrap();
            method.card()
        };
        assert_eq!(of("visa", "4242").unwrap().brand, "visa");
        for (brand, last4) in [
            ("Visa", "4242"),
            ("", "4242"),
            ("visa", "42a2"),
            ("visa", ""),
        ] {
            assert_eq!(of(brand, last4), None);
        }
    }
}
