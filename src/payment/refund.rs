//! Money that goes back: asked for in the transaction that makes it due, done outside of it, recorded
//! when the gateway has said so. What fails stays due, and the recovery tries it again.

use std::time::Duration;

use futures::future::join_all;
use tokio::task::JoinHandle;

use super::{GATEWAY_LIMIT, PayError, Payments, finished, within};
use crate::booking;
use crate::fault;
use crate::postgres::{Error, Transaction};
use crate::types::{BookingId, EventNo, PaymentId, UserId};

/// Whoever makes a refund due does it; after so many seconds the recovery does. Longer than
/// [`GATEWAY_LIMIT`].
pub(super) const REFUND_LEASE_SECONDS: f64 = 75.0;

impl Payments {
    /// Cancels a booking for its buyer; money that was paid goes back. If the gateway is slow, the
    /// refund is still due when this returns. Said twice, it changes nothing.
    ///
    /// # Errors
    /// [`PayError`].
    pub async fn cancel(
        &self,
        event: EventNo,
        id: BookingId,
        user: UserId,
    ) -> Result<(), PayError> {
        let this = self.clone();
        let work = self.spawn(async move { this.cancel_and_refund(event, id, user).await });
        let refunds = join_all(finished(work).await?);
        let wait: Duration = self.0.config.payment_wait();
        tokio::time::timeout(wait, refunds).await.ok();
        Ok(())
    }

    async fn cancel_and_refund(
        &self,
        event: EventNo,
        id: BookingId,
        user: UserId,
    ) -> Result<Vec<JoinHandle<()>>, PayError> {
        let until_seconds = f64::from(self.0.config.cancel_until_seconds);
        let cancelled = self.0.db.transaction(|transaction| {
            Box::pin(async move {
                let booking = booking::lock(transaction, event, id)
                    .await?
                    .ok_or(PayError::NotFound)?;
                if booking.user != user {
                    return Err(PayError::NotYours);
                }
                if booking.status == booking::Status::Cancelled {
                    return Ok((Vec::new(), Vec::new()));
                }
                if is_too_late(transaction, event, until_seconds).await? {
                    return Err(PayError::EventBegun);
                }
                let Some(released) = booking::cancel(transaction, &booking).await? else {
                    return Err(PayError::NotPending(booking.status));
                };
                Ok((released, request_refunds(transaction, event, id).await?))
            })
        });
        let (released, refunds) = cancelled.await?;
        fault::point(fault::CANCELLED);
        self.0.lanes.released(event, &released);
        let refund = |payment| {
            let this = self.clone();
            self.spawn(async move { this.refund(event, payment).await })
        };
        Ok(refunds.into_iter().map(refund).collect())
    }

    /// Gives back what is due, and records it.
    pub(super) async fn refund(&self, event: EventNo, id: PaymentId) {
        let refunded = within(GATEWAY_LIMIT, self.0.gateway.refund(id)).await;
        fault::point(fault::REFUNDED);
        let recorded = match refunded {
            Ok(()) => self.record_refund(event, id).await,
            Err(error) => {
                log::warn!("refund of payment {id}: {error}; it stays due");
                return;
            }
        };
        if let Err(error) = recorded {
            log::warn!("refund of payment {id} was not recorded: {error}; it stays due");
        }
    }

    async fn record_refund(&self, event: EventNo, id: PaymentId) -> Result<(), Error> {
        let client = self.0.db.get().await?;
        let statement = client
            .prepare_cached(
                "UPDATE payments SET status = 'refunded', refunded_at = now(), recover_at = NULL
                 WHERE event_id = $1 AND id = $2 AND status = 'succeeded' AND refund_requested_at IS NOT NULL",
            )
            .await?;
        client.execute(&statement, &[&event, &id]).await?;
        Ok(())
    }
}

/// The booking's charge must go back; whose refund that makes due.
async fn request_refunds(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
) -> Result<Vec<PaymentId>, Error> {
    let statement = transaction
        .prepare_cached(
            "UPDATE payments
             SET refund_requested_at = now(), recover_at = now() + make_interval(secs => $3), recover_attempts = 0
             WHERE event_id = $1 AND booking_id = $2 AND status = 'succeeded' AND refund_requested_at IS NULL
             RETURNING id",
        )
        .await?;
    Ok(transaction
        .query(&statement, &[&event, &booking, &REFUND_LEASE_SECONDS])
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect())
}

/// Whether the event starts in so many seconds, or has.
async fn is_too_late(
    transaction: &Transaction<'_>,
    event: EventNo,
    until_seconds: f64,
) -> Result<bool, Error> {
    let statement = transaction
        .prepare_cached(
            "SELECT starts_at <= now() + make_interval(secs => $2) FROM events WHERE event_id = $1",
        )
        .await?;
    Ok(transaction
        .query_one(&statement, &[&event, &until_seconds])
        .await?
        .get(0))
}
