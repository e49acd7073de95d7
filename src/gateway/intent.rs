//! What is said to a payment provider and what it answers, in nobody's words in particular: shaped by Stripe's PaymentIntents
//! and checked against Mollie's payments and Adyen's `/payments` with `/captures`, `/cancels` and `/refunds`.
//!
//! An intent is one attempt to charge: it is created, confirmed with a payment method, perhaps completed by the buyer, captured
//! if it was only authorised, or cancelled. What must hold: nothing can be charged by an intent that was not confirmed.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::types::json::JsonError;
pub use crate::types::provider::Provider;
use crate::types::{Currency, Invalid, Money, PaymentId, RefundId, Timestamp};

/// Bytes of a provider's name for something at most.
const NAME_MAX: usize = 255;

/// A provider's name for an intent: `pi_3MtwBwLkdIwHu7ix28a3tqPa`, or of the page that it hosts for one. 1 to 255 printable
/// characters of ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference(String);

impl Reference {
    /// As the provider has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reference {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_name = (1..=NAME_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        match is_name {
            true => Ok(Self(text.to_owned())),
            false => Err(Invalid::new("must be 1 to 255 printable characters")),
        }
    }
}

/// A payment method's token, which the provider has given to the buyer's browser or to an integrator: `pm_card_visa`. It is
/// no card number, and whoever has it cannot read one from it.
#[derive(Clone, PartialEq, Eq)]
pub struct MethodToken(String);

impl MethodToken {
    /// As the provider has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MethodToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MethodToken(…)")
    }
}

impl FromStr for MethodToken {
    type Err = Invalid;

    /// A word, an underscore, and letters, digits and underscores: a card number is refused, with its spaces too.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_word = |part: &str| {
            part.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let kind = text.split_once('_').map_or("", |(kind, _)| kind);
        let is_token = text.len() <= NAME_MAX
            && is_word(text)
            && !kind.is_empty()
            && kind.bytes().all(|byte| byte.is_ascii_lowercase());
        match is_token {
            true => Ok(Self(text.to_owned())),
            false => Err(Invalid::new(
                "must be a payment method's token, like pm_card_visa",
            )),
        }
    }
}

/// An intent to create.
#[derive(Debug, Clone)]
pub struct NewIntent {
    /// The idempotency key, and in the provider's metadata: created twice, it is one intent.
    pub payment: PaymentId,
    /// How much.
    pub amount: Money,
    /// With which payment method.
    pub method: MethodToken,
    /// What the provider's own pages call it: the booking's reference.
    pub description: String,
}

/// An intent that the provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Ours.
    pub payment: PaymentId,
    /// The provider's; `None` if it knows the payment by our id.
    pub reference: Option<Reference>,
    /// How much, in our books.
    pub amount: Money,
}

/// How an intent is confirmed.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// With which payment method; the one that it was created with.
    pub method: MethodToken,
    /// Where the provider sends the buyer's browser when it has asked them for more; an address of ours, or of an integrator.
    pub return_url: Option<String>,
}

/// A page of the provider on which the buyer pays, for browsers without scripts.
#[derive(Debug, Clone)]
pub struct NewPage {
    /// As [`NewIntent::payment`].
    pub payment: PaymentId,
    /// How much.
    pub amount: Money,
    /// As [`NewIntent::description`].
    pub description: String,
    /// Where the buyer is sent when they have paid, or not.
    pub return_url: String,
    /// How long it may be paid on; providers may keep it open for longer, so it is cancelled too.
    pub open_for: Duration,
}

/// Such a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedPage {
    /// The provider's name for it: it stands for the intent's.
    pub reference: Reference,
    /// Where it is.
    pub url: String,
}

/// What the buyer has to do.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// To be done by the provider's own script with this secret, which is for this buyer alone.
    Script {
        /// Stripe's `client_secret`.
        client_secret: String,
    },
    /// To be done at this address.
    Redirect {
        /// The provider's, or the bank's.
        url: String,
    },
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Script { .. } => "Script",
            Self::Redirect { .. } => "Redirect",
        })
    }
}

/// The state of an intent, as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The buyer has to do something first: 3-D Secure.
    RequiresAction(Action),
    /// Not decided yet; the provider says more by webhook, or when it is asked.
    Processing,
    /// The money is reserved: to be captured, or to be set free by cancelling.
    Authorised,
    /// Charged.
    Succeeded,
    /// Not charged. The provider may keep the intent open for another payment method: then a later success of it counts.
    Declined {
        /// The provider's reason, a short word: `card_declined`, `insufficient_funds`, `processing_error`.
        code: String,
    },
    /// Not charged, and never will be.
    Cancelled,
}

impl State {
    /// In a word, for the operator.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::RequiresAction(_) => "waiting for the buyer",
            Self::Processing => "processing",
            Self::Authorised => "authorised",
            Self::Succeeded => "succeeded",
            Self::Declined { .. } => "declined",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a provider says of an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its state.
    pub state: State,
    /// How much it is of in the provider's books; `None` if it was not said.
    pub amount: Option<Money>,
    /// With what card, if it is by card and known.
    pub card: Option<CardShown>,
}

impl Answer {
    /// The state alone.
    pub fn of(state: State) -> Self {
        Self {
            state,
            amount: None,
            card: None,
        }
    }

    /// A decline with this code.
    pub fn declined(code: &str) -> Self {
        Self::of(State::Declined {
            code: code.to_owned(),
        })
    }
}

/// What is kept and shown of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardShown {
    /// `visa`, `mastercard`, ...: 1 to 32 of a-z, 0-9 and _.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
}

/// A request to give money of a charge back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The idempotency key: sent twice, it refunds once.
    pub id: RefundId,
    /// Of which charge.
    pub of: Intent,
    /// How much.
    pub amount: Money,
}

/// The state of a refund, as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refunded {
    /// The money is on its way to the buyer.
    Succeeded,
    /// Not decided yet: the provider says more when it is asked again.
    Pending,
    /// The provider cannot give it back by this payment method.
    Failed {
        /// The provider's reason.
        code: String,
    },
}

/// An intent of the provider's list, for the reconciliation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The provider's name.
    pub reference: Reference,
    /// Ours, if its metadata says one.
    pub payment: Option<PaymentId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// How much it is of.
    pub amount: Money,
    /// How much of it was given back, in minor units.
    pub refunded_minor: i64,
    /// Its state.
    pub state: State,
}

/// A part of the provider's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The newest first.
    pub intents: Vec<Listed>,
    /// After which to go on; `None` at its end.
    pub next: Option<Reference>,
}

/// The verified content of a webhook. It is a hint: the provider is asked how things are now, so the order of webhooks does
/// not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The provider's id of this event; sent again, it has the same.
    pub id: String,
    /// What has happened, in the provider's words: `payment_intent.succeeded`. 1 to 64 printable characters.
    pub kind: String,
    /// What it is about.
    pub about: About,
    /// The state, if the provider's webhooks say it so that it can be relied upon; otherwise it is asked for.
    pub answer: Option<Answer>,
}

/// What a webhook is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// An intent: by our id, which its metadata has.
    Payment(PaymentId),
    /// An intent: by the provider's name.
    Intent(Reference),
    /// Something that happened to a charge, to be recorded and shown.
    Incident(Incident),
    /// Nothing that matters here: it is taken and forgotten.
    Other,
}

/// Something that happened to a charge at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Our id of the charge, if the provider has it.
    pub payment: Option<PaymentId>,
    /// The provider's name of the charge's intent, which need not be the payment's: that may be of a page.
    pub intent: Reference,
    /// The provider's name of the dispute or of the refund.
    pub reference: Reference,
    /// What.
    pub kind: IncidentKind,
    /// How much of the charge it is about.
    pub amount: Money,
    /// When the provider has noted it; what it tells may arrive in another order.
    pub noted_at: Timestamp,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncidentKind {
    /// The buyer's bank asks for the money back.
    DisputeOpened,
    /// The dispute ended well.
    DisputeWon,
    /// The money is gone.
    DisputeLost,
    /// Money was given back at the provider's own pages.
    Refunded,
    /// A refund did not reach the buyer.
    RefundFailed,
}

impl IncidentKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::DisputeOpened,
        Self::DisputeWon,
        Self::DisputeLost,
        Self::Refunded,
        Self::RefundFailed,
    ];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DisputeOpened => "dispute-opened",
            Self::DisputeWon => "dispute-won",
            Self::DisputeLost => "dispute-lost",
            Self::Refunded => "refunded",
            Self::RefundFailed => "refund-failed",
        }
    }
}

/// Why a provider takes no charge of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountRefused {
    /// It does not know the currency.
    #[error("{} is not taken", .0.code())]
    Currency(Currency),
    /// It is less than the provider charges.
    #[error("less than the smallest charge")]
    TooSmall(Money),
    /// It is more than the provider charges.
    #[error("more than the largest charge")]
    TooLarge(Money),
    /// The provider's unit is larger than ours: 1.234 KWD are 1.23 or 1.24 there.
    #[error("not a multiple of what the provider can charge")]
    Uneven(Money),
}

/// What is known of a request that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Whether it had an effect is unknown: it is asked again, with the same idempotency key.
    #[error("the payment provider did not answer: {0}")]
    Unknown(String),
    /// It surely had no effect, and may have one later: the provider could not be reached, or is too busy.
    #[error("the payment provider is not available: {0}")]
    Unavailable(String),
    /// It surely had no effect, and never will have: the payment method is none that can be charged.
    #[error("the payment provider does not take the payment method: {code}")]
    Method {
        /// The provider's reason, as that of a decline.
        code: String,
    },
    /// It surely had no effect, and never will have: the request, or the keys, are wrong.
    #[error("the payment provider refuses: {0}")]
    Refused(String),
}

/// Why a webhook was refused before its content was processed.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// It is not signed with the provider's key.
    #[error("the signature is missing or wrong")]
    BadSignature,
    /// It was signed too long ago, or in the future.
    #[error("the signature's time is more than {tolerance_seconds} seconds from now")]
    Stale {
        /// How far the time may be from now.
        tolerance_seconds: i64,
    },
    /// Signed, but not a webhook that this provider sends.
    #[error(transparent)]
    Invalid(#[from] JsonError),
    /// The signature could not be checked now, or the provider not be asked what it is about.
    #[error(transparent)]
    Unavailable(#[from] GatewayError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_no_token() {
        for token in ["pm_card_visa", "ctoken_1NnQUf2eZvKYlo2C", "src_x", "tok_1"] {
            assert_eq!(token.parse::<MethodToken>().unwrap().as_str(), token);
        }
        let long = format!("pm_{}", "x".repeat(NAME_MAX));
        let none = [
            "",
            "_",
            "pm",
            "4242424242424242",
            "4242 4242 4242 4242",
            "4242_4242",
            "PM_x",
            "pm_ä",
            "pm_a b",
            &long,
        ];
        for none in none {
            assert!(none.parse::<MethodToken>().is_err(), "{none}");
        }
    }
}
