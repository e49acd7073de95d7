//! The payment provider: the service outside boxoffice that moves the money, behind a trait.
//!
//! One folder per provider. A provider parses its own webhooks, keeps its own keys and tables, and does its own
//! background work; no code outside its folder depends on how. `simulated` has test cards and moves no money; `intent` is what
//! is said to any of them and what they answer. Payments remember their provider: [`Gateways`] has all that this server has keys
//! for, of which one takes new payments. Bookings, payments beyond their ids, and HTTP handlers are not known here.

pub mod card;
mod intent;
pub mod signature;
pub mod simulated;
pub mod stripe;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use self::card::Card;
pub use self::intent::*;
use crate::types::{Money, Timestamp};

/// The decline code of a payment that was given up before it was charged.
pub const ABANDONED: &str = "abandoned";
/// The decline code of a payment for which the provider could not be reached.
pub const UNAVAILABLE: &str = "provider_unavailable";
/// The decline code of a payment that the provider did not understand, or may not make for us: it is not the buyer's fault.
pub const REFUSED: &str = "provider_refused";

/// The providers of a server. Cheap to clone.
#[derive(Clone)]
pub struct Gateways {
    current: Arc<dyn Gateway>,
    others: Arc<[Arc<dyn Gateway>]>,
}

impl Gateways {
    /// `current` takes new payments; those of the others are completed and refunded.
    pub fn new(current: Arc<dyn Gateway>, others: Vec<Arc<dyn Gateway>>) -> Self {
        let others = others.into();
        Self { current, others }
    }

    /// The one that takes new payments.
    pub fn current(&self) -> &Arc<dyn Gateway> {
        &self.current
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Gateway>> {
        std::iter::once(&self.current).chain(self.others.iter())
    }

    /// The one that has made a payment.
    ///
    /// # Errors
    /// [`GatewayError::Refused`] if this server has no keys for it.
    pub fn of(&self, provider: Provider) -> Result<&Arc<dyn Gateway>, GatewayError> {
        let found = self.all().find(|gateway| gateway.provider() == provider);
        found
            .ok_or_else(|| GatewayError::Refused(format!("this server has no keys for {provider}")))
    }
}

/// Whether a provider can give back this part of a charge, whether or not this server has keys for it: it may be smaller than
/// any charge, and must be a multiple of the provider's unit.
///
/// # Errors
/// [`AmountRefused`].
pub fn check_part(provider: Provider, amount: Money) -> Result<(), AmountRefused> {
    match provider {
        Provider::Simulated => Ok(()),
        Provider::Stripe => stripe::part_to_stripe(amount).map(|_| ()),
    }
}

/// Moves money. Every call may be repeated: creating, confirming, capturing and cancelling have an effect once for a payment, refunding once
/// for a refund. No transaction is open and no connection is held while one is under way; the caller limits how long it waits.
pub trait Gateway: Send + Sync + 'static {
    /// Which one it is.
    fn provider(&self) -> Provider;

    /// Whether it moves no money: then pages say that it is a test, and offer test cards.
    fn is_test(&self) -> bool;

    /// The token of a test card; `None` if card numbers are no business of ours: every provider but the simulated one.
    fn test_token(&self, card: &Card) -> Option<MethodToken>;

    /// What a token says of its card; `None` if only the provider knows.
    fn shown_of(&self, method: &MethodToken) -> Option<CardShown>;

    /// Whether it can charge this amount: asked before a payment is begun.
    ///
    /// # Errors
    /// [`AmountRefused`].
    fn check(&self, amount: Money) -> Result<(), AmountRefused>;

    /// Whether it knows payments by our ids alone: then nothing is created before it is confirmed, and no intent has a
    /// reference.
    fn knows_our_ids(&self) -> bool;

    /// Creates an intent, by which nothing is charged yet. Sent again with the same payment, it is the same intent.
    fn create<'a>(&'a self, new: &'a NewIntent) -> BoxFuture<'a, Result<Reference, GatewayError>>;

    /// Charges, or authorises, or asks the buyer for more.
    fn confirm<'a>(
        &'a self,
        intent: &'a Intent,
        how: &'a Confirmation,
    ) -> BoxFuture<'a, Result<Answer, GatewayError>>;

    /// Makes a page on which the buyer pays. `None` if the provider has none.
    fn host<'a>(
        &'a self,
        new: &'a NewPage,
    ) -> BoxFuture<'a, Result<Option<HostedPage>, GatewayError>>;

    /// The state of an intent; `None` if the provider has never received it.
    fn fetch<'a>(
        &'a self,
        intent: &'a Intent,
    ) -> BoxFuture<'a, Result<Option<Answer>, GatewayError>>;

    /// Takes what was authorised. Of what was captured before, the state is returned.
    fn capture<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Answer, GatewayError>>;

    /// Makes sure that it will never be charged, not even by a request that is still in transit, and sets free what was
    /// authorised. Returns the state that holds from now on: cancelled, unless it was charged before.
    fn cancel<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Answer, GatewayError>>;

    /// Gives money of a charge back. Several refunds of one charge are refunds of their own; together they are never more
    /// than the charge. Asked again with the same id, it refunds nothing more and says how the refund is now, however
    /// long ago the first request was.
    fn refund<'a>(&'a self, refund: &'a Refund) -> BoxFuture<'a, Result<Refunded, GatewayError>>;

    /// The intents that were created since then, the newest first, 100 at once; `after` is where the last part ended.
    fn list<'a>(
        &'a self,
        since: Timestamp,
        after: Option<&'a Reference>,
    ) -> BoxFuture<'a, Result<List, GatewayError>>;

    /// The name of the HTTP header with the signature of the provider's webhooks.
    fn signature_header(&self) -> &'static str;

    /// Verifies a webhook and reads it. `signature` is the value of [`Gateway::signature_header`].
    fn read_webhook<'a>(
        &'a self,
        signature: Option<&'a str>,
        body: &'a [u8],
    ) -> BoxFuture<'a, Result<Notice, NoticeError>>;

    /// Starts the provider's own background work that is due now; called at intervals by every process.
    /// `webhook_url` is where this server receives webhooks. Returns how many pieces of work were started.
    fn run_due_work<'a>(
        &'a self,
        webhook_url: &'a str,
    ) -> BoxFuture<'a, Result<usize, GatewayError>>;

    /// Deletes what the provider keeps here of work that it finished longer ago than this, and does not need.
    /// Its books stay. How many rows.
    fn forget(&self, older_than: Duration) -> BoxFuture<'_, Result<usize, GatewayError>>;
}
