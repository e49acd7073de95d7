//! Stripe: PaymentIntents with its script or by API, Checkout Sessions for browsers without scripts, refunds, webhooks.
//!
//! It keeps no tables: what it needs of a payment is in the payment's reference, `pi_…` of an intent or `cs_…` of a session,
//! and our ids are in the metadata of all that is created. What must hold: nothing is charged twice, however often a call is
//! repeated (`intents`, `refunds`); a request whose outcome is unknown is told as such (`client`); an amount is exact or is
//! refused (`currencies`); no key and no secret is logged.

mod client;
pub mod config;
mod currencies;
mod failure;
mod intents;
mod objects;
mod pause;
mod refunds;
mod sessions;
mod states;
#[cfg(test)]
mod tests;
mod webhook;

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;

use self::client::{Client, Limits};
use self::config::StripeConfig;
pub use self::currencies::{part_to_stripe, to_stripe};
use crate::gateway::Gateway;
use crate::gateway::card::Card;
use crate::gateway::{
    About, AmountRefused, Answer, CardShown, Confirmation, GatewayError, HostedPage, Intent, List,
    MethodToken, NewIntent, NewPage, Notice, NoticeError, Provider, Reference, Refund, Refunded,
    State,
};
use crate::types::{Invalid, Money, Timestamp};

/// Tells the time by which webhooks are too old, and pages end: the database's, as the process estimates it.
pub type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// An account at Stripe.
pub struct Stripe {
    client: Client,
    config: StripeConfig,
    clock: Clock,
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Stripe {
    /// Asks Stripe nothing yet.
    ///
    /// # Errors
    /// There can be no TLS, in words for the operator.
    pub fn new(config: StripeConfig, clock: Clock) -> Result<Self, Invalid> {
        Self::limited(config, clock, Limits::default())
    }

    fn limited(config: StripeConfig, clock: Clock, limits: Limits) -> Result<Self, Invalid> {
        Ok(Self {
            client: Client::new(&config, limits)?,
            config,
            clock,
        })
    }

    async fn fetch_known(&self, intent: &Intent) -> Result<Option<Answer>, GatewayError> {
        match Named::of(intent) {
            Named::Session(id) => sessions::fetch(&self.client, id).await,
            Named::Intent(id) => intents::fetch(&self.client, id).await,
            Named::Nothing => Ok(None),
        }
    }

    async fn read_notice(
        &self,
        signature: Option<&str>,
        body: &[u8],
    ) -> Result<Notice, NoticeError> {
        let (secrets, is_test) = (&self.config.webhook_secrets, self.config.is_test());
        let mut notice = webhook::read(secrets, is_test, (self.clock)(), signature, body)?;
        if let About::Incident(incident) = &mut notice.about
            && incident.payment.is_none()
        {
            // It names the intent, and the payment may be known by the page on which it was paid.
            let intent = incident.intent.as_str();
            incident.payment = intents::payment_of(&self.client, intent).await?;
        }
        Ok(notice)
    }

    async fn refund_known(&self, refund: &Refund) -> Result<Refunded, GatewayError> {
        let found;
        let id = match Named::of(&refund.of) {
            Named::Intent(id) => id,
            Named::Session(id) => {
                found = sessions::intent_of(&self.client, id).await?;
                found.as_deref().ok_or_else(nothing)?
            }
            Named::Nothing => return Err(nothing()),
        };
        refunds::refund(&self.client, id, refund).await
    }
}

/// What a payment's reference names.
enum Named<'a> {
    Intent(&'a str),
    Session(&'a str),
    /// Nothing: it was not created, or its answer was lost; then it was never confirmed either.
    Nothing,
}

impl<'a> Named<'a> {
    fn of(intent: &'a Intent) -> Self {
        match intent.reference.as_ref().map(Reference::as_str) {
            Some(id) if sessions::is_session(id) => Self::Session(id),
            Some(id) => Self::Intent(id),
            None => Self::Nothing,
        }
    }
}

fn nothing() -> GatewayError {
    GatewayError::Refused("nothing was created at Stripe for this payment".to_owned())
}

impl Gateway for Stripe {
    fn provider(&self) -> Provider {
        Provider::Stripe
    }

    fn is_test(&self) -> bool {
        self.config.is_test()
    }

    fn test_token(&self, _card: &Card) -> Option<MethodToken> {
        None
    }

    fn shown_of(&self, _method: &MethodToken) -> Option<CardShown> {
        None
    }

    fn check(&self, amount: Money) -> Result<(), AmountRefused> {
        currencies::to_stripe(amount).map(|_| ())
    }

    fn knows_our_ids(&self) -> bool {
        false
    }

    fn create<'a>(&'a self, new: &'a NewIntent) -> BoxFuture<'a, Result<Reference, GatewayError>> {
        Box::pin(intents::create(&self.client, new, self.config.capture))
    }

    fn confirm<'a>(
        &'a self,
        intent: &'a Intent,
        how: &'a Confirmation,
    ) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        Box::pin(async move {
            match Named::of(intent) {
                Named::Intent(id) => intents::confirm(&self.client, id, intent.payment, how).await,
                // What is paid on a page is confirmed there, by the buyer.
                Named::Session(_) | Named::Nothing => Err(nothing()),
            }
        })
    }

    fn host<'a>(
        &'a self,
        new: &'a NewPage,
    ) -> BoxFuture<'a, Result<Option<HostedPage>, GatewayError>> {
        Box::pin(async move {
            let now = (self.clock)();
            let page = sessions::host(&self.client, new, self.config.capture, now);
            page.await.map(Some)
        })
    }

    fn fetch<'a>(
        &'a self,
        intent: &'a Intent,
    ) -> BoxFuture<'a, Result<Option<Answer>, GatewayError>> {
        Box::pin(self.fetch_known(intent))
    }

    fn capture<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        Box::pin(async move {
            match Named::of(intent) {
                Named::Intent(id) => intents::capture(&self.client, id).await,
                Named::Session(id) => sessions::capture(&self.client, id).await,
                Named::Nothing => Err(nothing()),
            }
        })
    }

    fn cancel<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        Box::pin(async move {
            match Named::of(intent) {
                Named::Intent(id) => intents::cancel(&self.client, id).await,
                Named::Session(id) => sessions::cancel(&self.client, id).await,
                // Nobody has a name by which it could be confirmed or paid.
                Named::Nothing => Ok(Answer::of(State::Cancelled)),
            }
        })
    }

    fn refund<'a>(&'a self, refund: &'a Refund) -> BoxFuture<'a, Result<Refunded, GatewayError>> {
        Box::pin(self.refund_known(refund))
    }

    fn list<'a>(
        &'a self,
        since: Timestamp,
        after: Option<&'a Reference>,
    ) -> BoxFuture<'a, Result<List, GatewayError>> {
        Box::pin(intents::list(&self.client, since, after))
    }

    fn signature_header(&self) -> &'static str {
        webhook::HEADER
    }

    fn read_webhook<'a>(
        &'a self,
        signature: Option<&'a str>,
        body: &'a [u8],
    ) -> BoxFuture<'a, Result<Notice, NoticeError>> {
        Box::pin(self.read_notice(signature, body))
    }

    fn run_due_work<'a>(
        &'a self,
        _webhook_url: &'a str,
    ) -> BoxFuture<'a, Result<usize, GatewayError>> {
        Box::pin(async { Ok(0) })
    }

    fn forget(&self, _older_than: Duration) -> BoxFuture<'_, Result<usize, GatewayError>> {
        Box::pin(async { Ok(0) })
    }
}
