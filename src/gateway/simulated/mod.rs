//! The simulated gateway: decides by the card's number and moves nothing.
//!
//! It stands for a remote service. It keeps requests in tables of its own (`charges`, `deliveries`), on
//! connections of its own, never inside a transaction of a booking; so charges survive a restart and are seen by
//! all processes. The first answer for a payment's id holds. Its webhooks are signed (`signature`) and are JSON
//! (`notice`).

mod charges;
mod deliveries;
mod notice;
pub mod signature;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio_util::task::TaskTracker;

pub use self::notice::NoticeJson;

use self::deliveries::Deliveries;
use self::signature::SigningKey;
use super::{
    ABANDONED, Answer, Charge, Gateway, GatewayError, Notice, NoticeError, Refund, Refunded,
};
use crate::config::GatewayConfig;
use crate::fault;
use crate::postgres::lease::Worker;
use crate::postgres::{Db, Error};
use crate::types::{Money, PaymentId};

/// Test cards that do not succeed at once; the numbers that integrators know from other gateways.
const DECLINED: &str = "4000000000000002";
const INSUFFICIENT_FUNDS: &str = "4000000000009995";
const PROCESSING_ERROR: &str = "4000000000000119";
const ANSWERS_LATER: &str = "4000000000003220";

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

    async fn charge_once(&self, charge: &Charge) -> Result<Answer, Error> {
        fault::point(fault::CHARGING);
        let answer = decide(charge, self.config.gateway_decline_percent);
        let answer = self.record(charge.payment, charge.amount, &answer).await?;
        fault::point(fault::CHARGED);
        if percentile(charge.payment, 1) < self.config.gateway_slow_percent {
            // No connection is held meanwhile, and the status can be queried.
            tokio::time::sleep(Duration::from_millis(self.config.gateway_slow_ms.into())).await;
        }
        Ok(answer)
    }

    async fn record(
        &self,
        payment: PaymentId,
        amount: Money,
        answer: &Answer,
    ) -> Result<Answer, Error> {
        let delay_seconds = f64::from(self.config.gateway_webhook_delay_ms) / 1000.0;
        charges::insert(&self.db, payment, amount, answer, delay_seconds).await
    }

    async fn verify(&self, header: Option<&str>, body: &[u8]) -> Result<(), NoticeError> {
        let key = self.key.get().await.map_err(GatewayError::from)?;
        let signed_at = header
            .and_then(|header| signature::verify(key, header, body))
            .ok_or(NoticeError::BadSignature)?;
        let now = signature::now(&self.db).await.map_err(GatewayError::from)?;
        if now.abs_diff(signed_at) > signature::TOLERANCE_SECONDS.unsigned_abs() {
            return Err(NoticeError::Stale {
                tolerance_seconds: signature::TOLERANCE_SECONDS,
            });
        }
        Ok(())
    }

    async fn run(&self, webhook_url: &str) -> Result<usize, GatewayError> {
        let url = self.config.gateway_webhook_url.as_deref();
        self.deliveries
            .work()
            .send_to(url.unwrap_or(webhook_url))
            .map_err(|error| GatewayError(error.to_string()))?;
        deliveries::enqueue_due(&self.db).await?;
        Ok(self.deliveries.start_due().await?.len())
    }
}

fn decide(charge: &Charge, decline_percent: u8) -> Answer {
    match charge.card.number() {
        DECLINED => Answer::declined("card_declined"),
        INSUFFICIENT_FUNDS => Answer::declined("insufficient_funds"),
        PROCESSING_ERROR => Answer::declined("processing_error"),
        ANSWERS_LATER => Answer::Later,
        _ if percentile(charge.payment, 0) < decline_percent => Answer::declined("card_declined"),
        _ => Answer::Succeeded,
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
        Self(error.to_string())
    }
}

impl Gateway for SimulatedGateway {
    fn charge<'a>(&'a self, charge: &'a Charge) -> BoxFuture<'a, Result<Answer, GatewayError>> {
        Box::pin(async { Ok(self.charge_once(charge).await?) })
    }

    fn status(&self, payment: PaymentId) -> BoxFuture<'_, Result<Option<Answer>, GatewayError>> {
        Box::pin(async move { Ok(charges::find(&self.db, payment).await?) })
    }

    fn abandon(
        &self,
        payment: PaymentId,
        amount: Money,
    ) -> BoxFuture<'_, Result<Answer, GatewayError>> {
        let abandoned = Answer::declined(ABANDONED);
        Box::pin(async move { Ok(self.record(payment, amount, &abandoned).await?) })
    }

    fn refund<'a>(&'a self, refund: &'a Refund) -> BoxFuture<'a, Result<Refunded, GatewayError>> {
        Box::pin(async move {
            if charges::refund(&self.db, refund).await? {
                Ok(Refunded::Succeeded)
            } else {
                Err(GatewayError(
                    "it has no such charge to refund, or less of it".into(),
                ))
            }
        })
    }

    fn is_test(&self) -> bool {
        true
    }

    fn signature_header(&self) -> &'static str {
        signature::HEADER
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

    /// Charges with random ids, the same in every run.
    fn charges(card: &str) -> impl Iterator<Item = Charge> {
        (0_u64..10_000).map(move |n| {
            let Fingerprint(bytes) = Fingerprint::of([n.to_be_bytes().as_slice()]);
            Charge {
                payment: PaymentId(uuid::Builder::from_random_bytes(bytes).into_uuid()),
                amount: Money {
                    minor: 1,
                    currency: "EUR".parse().unwrap(),
                },
                card: card.parse().unwrap(),
            }
        })
    }

    fn declined(card: &str, percent: u8) -> usize {
        let answers = charges(card).map(|charge| decide(&charge, percent));
        answers
            .filter(|answer| *answer == Answer::declined("card_declined"))
            .count()
    }

    #[test]
    fn as_many_charges_are_declined_at_random_as_the_settings_say() {
        const GOOD: &str = "4242424242424242";
        assert_eq!(declined(GOOD, 0), 0);
        assert_eq!(declined(GOOD, 100), 10_000);
        for percent in [1, 30, 99] {
            let off = declined(GOOD, percent).abs_diff(usize::from(percent) * 100);
            // Three standard deviations at most.
            assert!(off <= 150, "{percent}% is off by {off}");
        }
        assert_eq!(declined(DECLINED, 0), 10_000);
        assert_eq!(declined(INSUFFICIENT_FUNDS, 100), 0);
        assert_eq!(declined(ANSWERS_LATER, 100), 0);
    }

    #[test]
    fn which_charges_are_slow_does_not_depend_on_which_are_declined() {
        let both = charges("4242424242424242")
            .filter(|charge| {
                percentile(charge.payment, 0) < 50 && percentile(charge.payment, 1) < 50
            })
            .count();
        assert!(both.abs_diff(2_500) <= 130, "{both}");
    }

    #[test]
    fn an_answer_to_a_payment_is_always_the_same() {
        for charge in charges("4242424242424242").take(100) {
            assert_eq!(decide(&charge, 50), decide(&charge, 50));
        }
    }
}
