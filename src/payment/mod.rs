//! Payments: charging for a booking through a payment provider, and recording the outcome exactly once.
//!
//! Paying has three steps. No transaction is open and no connection is held while the provider is called.
//!
//! 1. `begin` records the payment as `processing`, which also keeps the hold for a bounded time.
//! 2. `charge` creates an intent at the provider, with the payment's id as the idempotency key, writes down what the provider
//!    calls it, and confirms it. Nothing can be charged before that name is written.
//! 3. `record` writes the answer and the booking's transition in one transaction. What was only authorised is captured after it.
//!
//! The steps run in a task of their own, so neither a client that disconnects nor a request that stops waiting
//! interrupts them. If the buyer has to do something first (3-D Secure), the hold is kept for a bounded time, and `look` asks how it went. The answer
//! may also arrive by [`webhook`]. If the process dies, or the provider does not answer, `recovery` completes the payment: it
//! fetches the state of the intent.
//!
//! What must hold: every transaction that changes a booking or its payments locks the booking's row first; a
//! charge either pays a confirmed booking, or its refund becomes due in the transaction that records it. Every
//! step is idempotent. Providers are known as a trait only; none is named here, and a payment is completed by its own.
//!
//! `payments` is the entry point. `settle` does what follows from a recorded answer, refunds among it.
//! `cancel` ends a booking and makes its refund due, `call_off` all of an event; `changes` leaves the booking as it is but for
//! some tickets: `give_back`, `exchange`; `refunds` owns what goes back for them. `by_hand` is the box office: what is paid and
//! given back by hand; `paid_differences` owns what is taken for dearer tickets. `free` confirms a hold that costs nothing. `figures` is what is counted, `unfinished` what is not done
//! yet. `reconcile` compares a provider's books with ours, both of which `books` reads, `difference` judges, `mend` mends;
//! `reconciled` is what came of it. `ledger` owns the tables `payments` and `webhook_events`, `incidents` what happened at the provider beside that.

mod begin;
mod books;
mod by_hand;
mod call_off;
mod cancel;
mod changes;
mod charge;
mod difference;
mod exchange;
mod figures;
mod free;
mod give_back;
mod incidents;
mod ledger;
mod look;
mod mend;
mod method;
mod move_answer;
mod paid_differences;
mod payments;
mod reconcile;
mod reconciled;
mod record;
mod recovery;
mod refunds;
mod settle;
mod unfinished;
pub mod webhook;

use std::sync::Arc;
use std::time::Duration;

use utoipa::ToSchema;
use uuid::Uuid;

use crate::booking::{self, AnswersRefused, ContactRefused, Given};
use crate::gateway::{
    ABANDONED, Action, AmountRefused, CardShown, Gateway, GatewayError, Intent, MethodToken,
    Provider, REFUSED, Reference, UNAVAILABLE,
};
use crate::postgres::{AsDbError, Error};
use crate::types::contact::Contact;
use crate::types::{
    BookingId, BuyerId, EventNo, IdempotencyKey, Money, PaymentId, RefundId, Timestamp,
};

pub use by_hand::{BackByHand, HandRefund, SellError, Take};
pub use call_off::CallOff;
pub use difference::Kind;
pub use exchange::Exchange;
pub use give_back::GiveBack;
pub use incidents::{Happened, Trouble, troubles};
pub use method::{ByHand, Method};
pub use move_answer::MoveReply;
pub use paid_differences::{DifferenceSum, PaidDifference, Settling, difference_sums, paid_for};
pub use payments::{Paid, Payments};
pub use reconciled::{Difference, Outcome, ReconcileError, Reconciled};

/// Declined cards after which a booking fails.
const DECLINES_MAX: usize = 3;
/// How long the buyer may take for what their bank asks. The hold is kept for that long.
const ACT_LIMIT: Duration = Duration::from_secs(600);
/// How long the gateway may take to charge a card. The request has been answered `processing` before
/// (`--payment-wait-ms`); after this, recovery takes over.
const CHARGE_LIMIT: Duration = Duration::from_secs(60);
/// How long the gateway may take to answer anything else: in a request, and in one attempt of recovery.
const GATEWAY_LIMIT: Duration = Duration::from_secs(10);
/// When recovery looks how it goes, if the buyer has to do something; then after longer and longer pauses.
const LOOK_AFTER: Duration = Duration::from_secs(10);
/// For how long a process leases a payment before it calls the gateway about it: longer than an attempt, which
/// is three calls, and recording the answer between them.
const LEASE: Duration = Duration::from_secs(45);

/// The status of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(as = PaymentStatus, rename_all = "lowercase")]
pub enum Status {
    /// The outcome is not known yet.
    Processing,
    /// The card was charged.
    Succeeded,
    /// The card was not charged.
    Declined,
    /// The card was charged, and the charge was refunded.
    Refunded,
}

impl Status {
    const ALL: [Self; 4] = [
        Self::Processing,
        Self::Succeeded,
        Self::Declined,
        Self::Refunded,
    ];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Declined => "declined",
            Self::Refunded => "refunded",
        }
    }
}

impl serde::Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One attempt to charge a booking.
#[derive(Debug, Clone)]
pub struct Payment {
    /// Also the gateway's idempotency key.
    pub id: PaymentId,
    /// Which booking it pays.
    pub booking: BookingId,
    /// Its status.
    pub status: Status,
    /// How much.
    pub amount: Money,
    /// How it is made.
    pub method: Method,
    /// What the buyer gave in cash, if it was noted.
    pub tendered_minor: Option<i64>,
    /// What the card terminal printed, if it was noted.
    pub terminal_reference: Option<String>,
    /// Through which provider, if it is made by card.
    pub provider: Provider,
    /// What the provider calls it, if it was created there and has a name of its own.
    pub reference: Option<Reference>,
    /// What the buyer has to do before it is decided.
    pub action: Option<Action>,
    /// Until when they may.
    pub act_until: Option<Timestamp>,
    /// Whether it is being cancelled at the provider: nothing is to be done by the buyer any more.
    pub is_given_up: bool,
    /// Whether it pays the booking, but the money is only reserved yet.
    pub capture_due: bool,
    /// `visa`, `mastercard`, ...; empty if it is not made by card, or not known yet.
    pub card_brand: String,
    /// All that is kept of the number; as `card_brand`.
    pub card_last4: String,
    /// Why it was declined: the gateway's code.
    pub decline_code: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When the gateway's answer was recorded.
    pub answered_at: Option<Timestamp>,
    /// Whether it is to be refunded and is not yet.
    pub refund_due: bool,
    /// When its refund became due.
    pub refund_requested_at: Option<Timestamp>,
    /// When it was refunded.
    pub refunded_at: Option<Timestamp>,
    /// What of it was made due to go back before, in minor units: the rest is what its refund gives back.
    pub returned_minor: i64,
    /// What that was, oldest first; where it was asked for.
    pub refunds: Vec<Refund>,
}

impl Payment {
    /// As its provider knows it.
    fn intent(&self) -> Intent {
        Intent {
            payment: self.id,
            reference: self.reference.clone(),
            amount: self.amount,
        }
    }

    /// What is left of it beside what goes back for some tickets.
    pub fn rest(&self) -> Money {
        Money {
            minor: self.amount.minor - self.returned_minor,
            currency: self.amount.currency,
        }
    }
}

/// What goes back of a charge while its booking stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refund {
    /// Also the gateway's idempotency key.
    pub id: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much.
    pub amount: Money,
    /// When it became due.
    pub requested_at: Timestamp,
    /// When the gateway has confirmed it.
    pub refunded_at: Option<Timestamp>,
}

impl Payment {
    /// What is left of the cash that was given, if that was noted.
    pub fn change(&self) -> Option<Money> {
        let minor = self.tendered_minor? - self.amount.minor;
        Some(Money {
            minor,
            ..self.amount
        })
    }
}

/// How many more cards may be declined before the booking fails. What was given up, or found nobody to charge it, does not
/// count.
pub fn attempts_left(payments: &[Payment]) -> usize {
    let declines = payments.iter().filter(|payment| {
        let code = payment.decline_code.as_deref().unwrap_or_default();
        payment.status == Status::Declined && is_judged(code)
    });
    DECLINES_MAX.saturating_sub(declines.count())
}

/// Whether a decline with this code uses up an attempt.
pub fn is_judged(code: &str) -> bool {
    ![ABANDONED, UNAVAILABLE, REFUSED].contains(&code)
}

/// By what a booking is charged.
#[derive(Debug, Clone)]
pub enum ChargeBy {
    /// By a payment method.
    Token(MethodToken),
    /// By what the buyer chooses on a page of the provider, for browsers without scripts.
    Page,
}

impl ChargeBy {
    /// The token, if the buyer has chosen already.
    fn token(&self) -> Option<&MethodToken> {
        match self {
            Self::Token(token) => Some(token),
            Self::Page => None,
        }
    }

    /// What is the same in a repetition; no token is a word alone.
    fn terms(&self) -> &str {
        self.token().map_or("page", MethodToken::as_str)
    }
}

impl From<MethodToken> for ChargeBy {
    fn from(token: MethodToken) -> Self {
        Self::Token(token)
    }
}

/// A request to pay a booking.
#[derive(Debug, Clone)]
pub struct PaymentRequest {
    /// Of which event.
    pub event: EventNo,
    /// Which booking.
    pub booking: BookingId,
    /// Who pays; must be the booking's buyer.
    pub buyer: BuyerId,
    /// The client's idempotency key.
    pub key: IdempotencyKey,
    /// How often the event was moved by what the buyer has been shown; `None` if that is not known.
    pub seen_moves: Option<i32>,
    /// By what.
    pub method: ChargeBy,
    /// Where the buyer's browser goes when it comes back from the bank; an absolute address.
    pub return_url: Option<String>,
    /// Who the buyer is said to be.
    pub contact: Option<Contact>,
    /// What is answered to the event's questions.
    pub answers: Vec<Given>,
    /// Whether the buyer says so, and not somebody who has the booking's link.
    pub by_buyer: bool,
    /// Whether a decline fails the booking at once: it was booked and paid in one request.
    pub one_shot: bool,
}

/// Which payment, of which booking.
#[derive(Debug, Clone, Copy)]
struct PaymentRef {
    event: EventNo,
    booking: BookingId,
    payment: PaymentId,
}

/// What [`begin::begin`] needs to know of the provider.
#[derive(Clone)]
struct Through {
    gateway: Arc<dyn Gateway>,
    /// Empty if only the provider knows the card.
    shown: Option<CardShown>,
}

/// A webhook.
#[derive(Debug, Clone)]
struct Told {
    /// Of the provider's id of it.
    id: Uuid,
    kind: String,
}

/// Which refund, of which payment and how much.
#[derive(Debug, Clone, Copy)]
struct RefundRef {
    event: EventNo,
    booking: BookingId,
    refund: RefundId,
    payment: PaymentId,
    amount: Money,
}

/// Why a payment was not begun, or a booking was not cancelled; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// There is no such booking.
    #[error("no such booking")]
    NotFound,
    /// It is another buyer's.
    #[error("the booking is another buyer's")]
    NotYours,
    /// Its status does not allow it.
    #[error("the booking is {}", .0.as_str())]
    NotPending(booking::Status),
    /// Its hold is over.
    #[error("the hold is over")]
    HoldExpired,
    /// Another payment of it is processing.
    #[error("another payment is under way")]
    InProgress,
    /// The key was used for another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// It costs nothing: no card is charged.
    #[error("the booking costs nothing")]
    Free,
    /// The event asks for a contact, or for none.
    #[error("the contact is not what the event asks for")]
    Contact(ContactRefused),
    /// The answers are not what the event asks for.
    #[error("the answers are not what the event asks for")]
    Answers(AnswersRefused),
    /// The event has begun, or is about to: bookings cannot be cancelled any more.
    #[error("it is too late to cancel")]
    EventBegun,
    /// The event was not moved since the booking was paid: nothing is asked.
    #[error("nothing is asked about the booking")]
    NotAsked,
    /// The event was moved again: the answer is to a move that does not stand any more.
    #[error("the event was moved again")]
    MovedAgain,
    /// Answers are not taken any more.
    #[error("it is too late to answer")]
    AnswerClosed,
    /// Somebody came in with one of the tickets.
    #[error("a ticket of the booking was used")]
    Admitted,
    /// The provider does not charge such an amount.
    #[error("the provider does not charge it: {0}")]
    Amount(AmountRefused),
    /// Too many payments are processing in this process.
    #[error("too many payments are under way")]
    Overloaded,
    /// The database failed. Whether the last transaction was committed is unknown.
    #[error(transparent)]
    Db(#[from] Error),
}

impl AsDbError for PayError {
    fn as_db_error(&self) -> Option<&Error> {
        if let Self::Db(error) = self {
            Some(error)
        } else {
            None
        }
    }
}

/// Waits for the gateway's answer, this long at most.
async fn wait_for_gateway<T, E: From<GatewayError>>(
    limit: Duration,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    tokio::time::timeout(limit, answer)
        .await
        .unwrap_or_else(|_| {
            Err(GatewayError::Unknown(format!("not within {} s", limit.as_secs())).into())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn payment(status: Status, decline_code: Option<&str>) -> Payment {
        Payment {
            id: PaymentId(Uuid::nil()),
            booking: BookingId(Uuid::nil()),
            status,
            amount: Money {
                minor: 1,
                currency: "EUR".parse().unwrap(),
            },
            method: Method::Card,
            tendered_minor: None,
            terminal_reference: None,
            provider: Provider::Simulated,
            reference: None,
            action: None,
            act_until: None,
            is_given_up: false,
            capture_due: false,
            card_brand: "visa".to_owned(),
            card_last4: "4242".to_owned(),
            decline_code: decline_code.map(str::to_owned),
            created_at: Timestamp::default(),
            answered_at: None,
            refund_due: false,
            refund_requested_at: None,
            refunded_at: None,
            returned_minor: 0,
            refunds: Vec::new(),
        }
    }

    #[test]
    fn only_what_a_bank_declines_uses_up_attempts() {
        let declined = payment(Status::Declined, Some("card_declined"));
        let abandoned = payment(Status::Declined, Some(ABANDONED));
        let others = [Status::Processing, Status::Succeeded, Status::Refunded];
        let mut payments = others.map(|status| payment(status, None)).to_vec();
        let away = payment(Status::Declined, Some(UNAVAILABLE));
        let refused = payment(Status::Declined, Some(REFUSED));
        payments.extend([abandoned.clone(), abandoned, away, refused]);
        assert_eq!(attempts_left(&payments), 3);
        for left in [2, 1, 0, 0] {
            payments.push(declined.clone());
            assert_eq!(attempts_left(&payments), left);
        }
    }
}
