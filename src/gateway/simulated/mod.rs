//! The simulated gateway: answers by the card's number and moves nothing.
//!
//! It remembers what it was asked in tables of its own, so that neither a restart nor another process
//! makes it forget a charge. The first answer to a payment's id is the answer to it for ever.

mod deliveries;
pub mod signature;

use std::time::Duration;

use futures::future::BoxFuture;
use tokio_postgres::Row;

use super::{ABANDONED, Answer, Charge, Gateway, GatewayError};
use crate::config::GatewayConfig;
use crate::fault;
use crate::postgres::{Db, Error, Params};
use crate::types::{Money, PaymentId};

pub use deliveries::Deliveries;

/// Cards that do not simply succeed: the numbers that integrators know.
const DECLINED: &str = "4000000000000002";
const INSUFFICIENT_FUNDS: &str = "4000000000009995";
const PROCESSING_ERROR: &str = "4000000000000119";
const ANSWERS_LATER: &str = "4000000000003220";

/// Knows the test cards. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SimulatedGateway {
    db: Db,
    config: GatewayConfig,
}

impl SimulatedGateway {
    /// With its memory in this database.
    pub fn new(db: Db, config: GatewayConfig) -> Self {
        Self { db, config }
    }

    fn decide(&self, charge: &Charge) -> Answer {
        match charge.card.number() {
            DECLINED => Answer::declined("card_declined"),
            INSUFFICIENT_FUNDS => Answer::declined("insufficient_funds"),
            PROCESSING_ERROR => Answer::declined("processing_error"),
            ANSWERS_LATER => Answer::Later,
            _ if dice(charge.payment, 0) < self.config.gateway_decline_percent => {
                Answer::declined("card_declined")
            }
            _ => Answer::Succeeded,
        }
    }

    async fn charge_once(&self, charge: &Charge) -> Result<Answer, Error> {
        fault::point(fault::CHARGING);
        let answer = self
            .remember(charge.payment, charge.amount, &self.decide(charge))
            .await?;
        fault::point(fault::CHARGED);
        if dice(charge.payment, 1) < self.config.gateway_slow_percent {
            // Nothing is held meanwhile, and whoever asks for the status is answered.
            tokio::time::sleep(Duration::from_millis(self.config.gateway_slow_ms.into())).await;
        }
        Ok(answer)
    }

    /// Keeps the answer, unless there is one already; the one that holds.
    async fn remember(
        &self,
        payment: PaymentId,
        amount: Money,
        answer: &Answer,
    ) -> Result<Answer, Error> {
        let client = self.db.get().await?;
        let insert = client
            .prepare_cached(
                "INSERT INTO gateway_charges (payment_id, status, decline_code, amount_minor, currency,
                                              created_at, answers_at)
                 VALUES ($1, $2, $3, $4, $5, now(),
                         CASE WHEN $2 = 'pending' THEN now() + make_interval(secs => $6) END)
                 ON CONFLICT (payment_id) DO NOTHING",
            )
            .await?;
        let (status, code) = match answer {
            Answer::Succeeded => ("succeeded", None),
            Answer::Declined { code } => ("declined", Some(code)),
            Answer::Later => ("pending", None),
        };
        let currency = amount.currency.code();
        let delay_seconds = f64::from(self.config.gateway_webhook_delay_ms) / 1000.0;
        let params: Params = &[
            &payment,
            &status,
            &code,
            &amount.minor,
            &currency,
            &delay_seconds,
        ];
        client.execute(&insert, params).await?;
        drop(client);
        self.recall(payment)
            .await?
            .ok_or_else(|| Error::Unavailable("the gateway has forgotten a charge".into()))
    }

    async fn recall(&self, payment: PaymentId) -> Result<Option<Answer>, Error> {
        let client = self.db.get().await?;
        let statement = client
            .prepare_cached(
                "SELECT status, decline_code FROM gateway_charges WHERE payment_id = $1",
            )
            .await?;
        let row = client.query_opt(&statement, &[&payment]).await?;
        Ok(row.as_ref().map(read))
    }

    async fn refund_once(&self, payment: PaymentId) -> Result<bool, Error> {
        let client = self.db.get().await?;
        let insert = client
            .prepare_cached(
                "INSERT INTO gateway_refunds (payment_id, amount_minor, currency, created_at)
                 SELECT payment_id, amount_minor, currency, now() FROM gateway_charges
                 WHERE payment_id = $1 AND status = 'succeeded'
                 ON CONFLICT (payment_id) DO NOTHING",
            )
            .await?;
        client.execute(&insert, &[&payment]).await?;
        let select = client
            .prepare_cached("SELECT FROM gateway_refunds WHERE payment_id = $1")
            .await?;
        Ok(client.query_opt(&select, &[&payment]).await?.is_some())
    }
}

fn read(row: &Row) -> Answer {
    match row.get("status") {
        "succeeded" => Answer::Succeeded,
        "pending" => Answer::Later,
        _ => Answer::declined(row.get("decline_code")),
    }
}

/// 0 to 99, at random but always the same for a payment: from the random bits of its id.
fn dice(payment: PaymentId, which: u32) -> u8 {
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
        Box::pin(async move { Ok(self.recall(payment).await?) })
    }

    fn abandon(
        &self,
        payment: PaymentId,
        amount: Money,
    ) -> BoxFuture<'_, Result<Answer, GatewayError>> {
        Box::pin(async move {
            Ok(self
                .remember(payment, amount, &Answer::declined(ABANDONED))
                .await?)
        })
    }

    fn refund(&self, payment: PaymentId) -> BoxFuture<'_, Result<(), GatewayError>> {
        Box::pin(async move {
            if self.refund_once(payment).await? {
                Ok(())
            } else {
                Err(GatewayError("it has charged no such payment".into()))
            }
        })
    }
}
