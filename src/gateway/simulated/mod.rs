//! The simulated gateway: decides by the payment method's token (`methods`) and moves nothing.
//!
//! It stands for a remote service. It keeps requests in tables of its own (`charges`, `deliveries`), on
//! connections of its own, never inside a transaction of a booking; so charges survive a restart and are seen by
//! all processes. The first answer for a payment's id holds, until the buyer or a capture completes it. It knows payments by our
//! ids, so an intent exists when it is confirmed. Its webhooks are signed (`signing_key`) and are JSON (`notice`). [`bank`] is the
//! buyer's bank.

pub mod bank;
mod charges;
mod deliveries;
mod methods;
mod notice;
pub mod signing_key;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use self::notice::NoticeJson;

use self::deliveries::Deliveries;
use self::methods::{Method, Outcome};
use self::signing_key::SigningKey;
use super::card::Card;
use super::signature::{self, TOLERANCE_SECONDS};
use super::{
    Action, AmountRefused, Answer, CardShown, Confirmation, Gateway, GatewayError, HostedPage,
    Intent, List, MethodToken, NewIntent, NewPage, Notice, NoticeError, Provider, Reference,
    Refund, Refunded, State,
};
use crate::config::GatewayConfig;
use crate::fault;
use crate::postgres::lease::Worker;
use crate::postgres::{Db, Error};
use crate::types::{Money, PaymentId, Timestamp};

/// A gateway for tests and demonstrations. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SimulatedGateway {
    db: Db,
    config: GatewayConfig,
    key: Arc<SigningKey>,
    deliveries: Arc<Worker<Deliveries>>,
}

impl SimulatedGateway {
    /// Keeps its books in this database.
    pub fn new(db: Db, config: GatewayConfig) -> Self {
        let key = Arc::new(SigningKey::new(db.clone(), config.webhook_secret.clone()));
        let deliveries = Deliveries::new(db.clone(), key.clone());
        Self {
            deliveries: Arc::new(Worker::new(db.clone(), deliveries, TaskTracker::new())),
            db,
            config,
            key,
        }
    }

    async fn confirm_once(&self, intent: &Intent, how: &Confirmation) -> Result<Answer, Error> {
        fault::point(fault::CHARGING);
        let (payment, method) = (intent.payment, Method::read(&how.method));
        let state = decide(
            payment,
            method.as_ref(),
            self.config.gateway_decline_percent,
        );
        let asked = bank::Asked::of(&state, how.return_url.as_deref());
        let state = self.record(intent, &state, asked).await?;
        fault::point(fault::CHARGED);
        if percentile(payment, 1) < self.config.gateway_slow_percent {
            // No connection is held meanwhile, and the state can be fetched.
            tokio::time::sleep(Duration::from_millis(self.config.gateway_slow_ms.into())).await;
        }
        Ok(Answer {
            state,
            amount: Some(intent.amount),
            card: method.map(|method| method.shown),
        })
    }

    async fn record(
        &self,
        intent: &Intent,
        state: &State,
        asked: bank::Asked,
    ) -> Result<State, Error> {
        let delay_seconds = f64::from(self.config.gateway_webhook_delay_ms) / 1000.0;
        charges::insert(&self.db, intent, state, asked, delay_seconds).await
    }

    /// Captured, unless it cannot be.
    async fn capture_once(&self, intent: &Intent) -> Result<Answer, GatewayError> {
        fault::point(fault::CHARGING);
        charges::capture(&self.db, intent.payment).await?;
        fault::point(fault::CHARGED);
        let answer = charges::find(&self.db, intent.payment).await?;
        answer.ok_or_else(|| GatewayError::Refused("it has no such charge to capture".into()))
    }

    /// Cancelled, unless it was charged or is to be answered later.
    async fn cancel_once(&self, intent: &Intent) -> Result<Answer, Error> {
        // What was never received is not charged by a request that is still in transit.
        self.record(intent, &State::Cancelled, bank::Asked::default())
            .await?;
        charges::cancel(&self.db, intent.payment).await?;
        let answer = charges::find(&self.db, intent.payment).await?;
        Ok(answer.unwrap_or_else(|| Answer::of(State::Cancelled)))
    }

    /// What the bank asks about a payment; `None` without its secret.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn question(
        &self,
        payment: PaymentId,
        secret: Uuid,
    ) -> Result<Option<bank::Question>, Error> {
        charges::find_asked(&self.db, payment, secret).await
    }

    /// The bank's customer answers; a second answer changes nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn answer(
        &self,
        payment: PaymentId,
        secret: Uuid,
        agrees: bool,
    ) -> Result<(), Error> {
        charges::answer(&self.db, payment, secret, agrees).await
    }

    async fn verify(&self, header: Option<&str>, body: &[u8]) -> Result<(), NoticeError> {
        let key = self.key.get().await.map_err(GatewayError::from)?;
        let signed_at = header
            .and_then(|header| signature::verify(key, header, body))
            .ok_or(NoticeError::BadSignature)?;
        let now = signing_key::now(&self.db)
            .await
            .map_err(GatewayError::from)?;
        if now.abs_diff(signed_at) > TOLERANCE_SECONDS.unsigned_abs() {
            return Err(NoticeError::Stale {
                tolerance_seconds: TOLERANCE_SECONDS,
            });
        }
        Ok(())
    }

    async fn run(&self, webhook_url: &str) -> Result<usize, GatewayError> {
        let url = self.config.gateway_webhook_url.as_deref();
        self.deliveries
            .work()
            .send_to(url.unwrap_or(webhook_url))
            .map_err(|error| GatewayError::Unavailable(error.to_string()))?;
        deliveries::enqueue_due(&self.db).await?;
        Ok(self.deliveries.start_due().await?.len())
    }
}

fn decide(payment: PaymentId, method: Option<&Method>, decline_percent: u8) -> State {
    let declined = |code: &str| State::Declined { code: code.into() };
    match method.map(|method| method.outcome) {
        None => declined("unknown_payment_method"),
        Some(Outcome::Declined) => declined("card_declined"),
        Some(Outcome::InsufficientFunds) => declined("insufficient_funds"),
        Some(Outcome::ProcessingError) => declined("processing_error"),
        Some(Outcome::Later) => State::Processing,
        // Where is known when it is recorded.
        Some(Outcome::Asks) => State::RequiresAction(Action::Redirect { url: String::new() }),
        Some(Outcome::Authorises) => State::Authorised,
        Some(Outcome::Succeeds) if percentile(payment, 0) < decline_percent => {
            declined("card_declined")
        }
        Some(Outcome::Succeeds) => State::Succeeded,
    }
}

/// 0 to 99, at random but always the same for a payment: from the random bits of its id. Two numbers of
/// different `which` are independent.
fn percentile(payment: PaymentId, which: u32) -> u8 {
    let random = payment.0.as_u128() as u64 & 0x3fff_ffff_ffff_ffff;
    (random / 100_u64.pow(which) % 100) as u8
}

impl From<Error> for GatewayError {
    fn from(error: Error) -> Self {
        Self::Unknown(error.to_string())
    }
}

impl Gateway for SimulatedGateway {
    fn provider(&self) -> Provider {
        Provider::Simulated
    }

    fn is_test(&self) -> bool {
        true
    }

    fn test_token(&self, card: &Card) -> Option<MethodToken> {
        Some(methods::token_of(card))
    }

    fn shown_of(&self, method: &MethodToken) -> Option<CardShown> {
        Method::read(method).map(|method| method.shown)
    }

    fn check(&self, _amount: Money) -> Result<(), AmountRefused> {
        Ok(())
    }

    fn knows_our_ids(&self) -> bool {
        true
    }

    fn create<'a>(&'a self, _new: &'a NewIntent) -> BoxFuture<'a, Result<Reference, GatewayError>> {
        let none = GatewayError::Refused("it has no names of its own".into());
        Box::pin(async { Err(none) })
    }

    fn confirm<'a>(
        &'a self,
        intent: &'a Intent,
        how: &'a Confirmation,
    ) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        Box::pin(async { Ok(self.confirm_once(intent, how).await?) })
    }

    fn host<'a>(
        &'a self,
        _new: &'a NewPage,
    ) -> BoxFuture<'a, Result<Option<HostedPage>, GatewayError>> {
        Box::pin(async { Ok(None) })
    }

    fn fetch<'a>(
        &'a self,
        intent: &'a Intent,
    ) -> BoxFuture<'a, Result<Option<Answer>, GatewayError>> {
        Box::pin(async { Ok(charges::find(&self.db, intent.payment).await?) })
    }

    fn capture<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        Box::pin(self.capture_once(intent))
    }

    fn cancel<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        Box::pin(async { Ok(self.cancel_once(intent).await?) })
    }

    fn refund<'a>(&'a self, refund: &'a Refund) -> BoxFuture<'a, Result<Refunded, GatewayError>> {
        Box::pin(async move {
            if charges::refund(&self.db, refund).await? {
                Ok(Refunded::Succeeded)
            } else {
                Err(GatewayError::Unknown(
                    "it has no such charge to refund, or less of it".into(),
                ))
            }
        })
    }

    /// Nothing: its books are in this database, and `boxoffice check` compares them.
    fn list<'a>(
        &'a self,
        _since: Timestamp,
        _after: Option<&'a Reference>,
    ) -> BoxFuture<'a, Result<List, GatewayError>> {
        let none = List {
            intents: Vec::new(),
            next: None,
        };
        Box::pin(async { Ok(none) })
    }

    fn signature_header(&self) -> &'static str {
        signing_key::HEADER
    }

    fn read_webhook<'a>(
        &'a self,
        signature: Option<&'a str>,
        body: &'a [u8],
    ) -> BoxFuture<'a, Result<Notice, NoticeError>> {
        Box::pin(async move {
            self.verify(signature, body).await?;
            Ok(notice::read(body)?)
        })
    }

    fn run_due_work<'a>(
        &'a self,
        webhook_url: &'a str,
    ) -> BoxFuture<'a, Result<usize, GatewayError>> {
        Box::pin(self.run(webhook_url))
    }

    fn forget(&self, older_than: Duration) -> BoxFuture<'_, Result<usize, GatewayError>> {
        Box::pin(async move { Ok(deliveries::forget(&self.db, older_than).await?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Fingerprint;

    /// Payments with random ids, the same in every run.
    fn payments() -> impl Iterator<Item = PaymentId> {
        (0_u64..10_000).map(move |n| {
            let Fingerprint(bytes) = Fingerprint::of([n.to_be_bytes().as_slice()]);
            PaymentId(uuid::Builder::from_random_bytes(bytes).into_uuid())
        })
    }

    fn method(token: &str) -> Method {
        Method::read(&token.parse().unwrap()).unwrap()
    }

    fn declined(token: &str, percent: u8) -> usize {
        let (method, declined) = (method(token), Answer::declined("card_declined").state);
        payments()
            .filter(|payment| decide(*payment, Some(&method), percent) == declined)
            .count()
    }

    #[test]
    fn as_many_charges_are_declined_at_random_as_the_settings_say() {
        const GOOD: &str = "pm_card_visa";
        assert_eq!(declined(GOOD, 0), 0);
        assert_eq!(declined(GOOD, 100), 10_000);
        for percent in [1, 30, 99] {
            let off = declined(GOOD, percent).abs_diff(usize::from(percent) * 100);
            // Three standard deviations at most.
            assert!(off <= 150, "{percent}% is off by {off}");
        }
        assert_eq!(declined("pm_card_visa_chargeDeclined", 0), 10_000);
        assert_eq!(declined("pm_card_chargeDeclinedInsufficientFunds", 100), 0);
        assert_eq!(declined("pm_sim_visa_3220_later", 100), 0);
    }

    #[test]
    fn which_charges_are_slow_does_not_depend_on_which_are_declined() {
        let both = payments()
            .filter(|payment| percentile(*payment, 0) < 50 && percentile(*payment, 1) < 50)
            .count();
        assert!(both.abs_diff(2_500) <= 130, "{both}");
    }

    #[test]
    fn an_answer_to_a_payment_is_always_the_same() {
        let method = method("pm_card_visa");
        for payment in payments().take(100) {
            assert_eq!(
                decide(payment, Some(&method), 50),
                decide(payment, Some(&method), 50)
            );
        }
    }
}
