//! What the gateway tells of a payment by itself, later: taken once, however often and in whatever
//! order it comes.
//!
//! A delivery is known by the gateway's id for it, written in the transaction that records what it
//! says. Its signature may be five minutes old at most, by the database's clock.

use tokio_postgres::Row;
use uuid::Uuid;

use super::{Payments, Which};
use crate::gateway::Answer;
use crate::gateway::simulated::signature;
use crate::postgres::{Error, Transaction};
use crate::types::{Currency, Money, PaymentId};

/// How far a signature's time may be from the database's, in seconds.
pub const TOLERANCE_SECONDS: i64 = 300;

/// What a webhook says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The gateway's name for this delivery; the same when it is sent again.
    pub id: Uuid,
    /// Which payment.
    pub payment: PaymentId,
    /// How much, in the gateway's books.
    pub amount: Money,
    /// What became of it.
    pub answer: Answer,
}

/// Why a webhook was not taken; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Whoever sent it does not hold the key.
    #[error("the signature is missing or wrong")]
    BadSignature,
    /// It was signed too long ago, or in the future.
    #[error("the signature's time is too far from now")]
    Stale,
    /// There is no such payment.
    #[error("no such payment")]
    NotFound,
    /// The gateway's amount is not the payment's.
    #[error("the amount is another")]
    AmountDiffers,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

impl Payments {
    /// Whether a webhook comes from the gateway, and is no old one that somebody has kept.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn verify_webhook(
        &self,
        header: Option<&str>,
        body: &[u8],
    ) -> Result<(), WebhookError> {
        let key = self.0.signing_key.get().await?;
        let signed_at = header
            .and_then(|header| signature::verify(key, header, body))
            .ok_or(WebhookError::BadSignature)?;
        let client = self.0.db.get().await?;
        let now = client
            .query_one("SELECT extract(epoch FROM now())::bigint", &[])
            .await
            .map_err(Error::from)?;
        if now.get::<_, i64>(0).abs_diff(signed_at) > TOLERANCE_SECONDS.unsigned_abs() {
            return Err(WebhookError::Stale);
        }
        Ok(())
    }

    /// Records what a verified webhook says. Whether it is news.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn receive(&self, notice: Notice) -> Result<bool, WebhookError> {
        let id = notice.payment;
        let Some(row) = self.find_by_id(id).await? else {
            log::warn!("a webhook tells of payment {id}, which there is not");
            return Err(WebhookError::NotFound);
        };
        let amount = Money {
            minor: row.get("amount_minor"),
            currency: row.get::<_, Currency>("currency"),
        };
        if notice.amount != amount {
            let said = notice.amount;
            log::error!("payment {id} is of {amount:?}, but a webhook says {said:?}: refused");
            return Err(WebhookError::AmountDiffers);
        }
        let which = Which {
            event: row.get("event_id"),
            booking: row.get("booking_id"),
            payment: id,
        };
        let this = self.clone();
        let work = self.spawn(async move { this.settle_notice(&which, notice).await });
        let ended = |error| Error::Unavailable(format!("the webhook's task ended: {error}"));
        Ok(work.await.map_err(ended)??)
    }

    async fn find_by_id(&self, id: PaymentId) -> Result<Option<Row>, Error> {
        let client = self.0.db.get().await?;
        let statement = client
            .prepare_cached(
                "SELECT event_id, booking_id, amount_minor, currency FROM payments WHERE id = $1",
            )
            .await?;
        Ok(client.query_opt(&statement, &[&id]).await?)
    }
}

/// Keeps the delivery's id; false if it was there.
pub(super) async fn insert(
    transaction: &Transaction<'_>,
    which: &Which,
    notice: &Notice,
) -> Result<bool, Error> {
    let statement = transaction
        .prepare_cached(
            "INSERT INTO webhook_events (event_id, id, payment_id, kind, received_at)
             VALUES ($1, $2, $3, $4, now())
             ON CONFLICT (event_id, id) DO NOTHING",
        )
        .await?;
    let kind = notice.answer.kind();
    Ok(transaction
        .execute(
            &statement,
            &[&which.event, &notice.id, &which.payment, &kind],
        )
        .await?
        == 1)
}
