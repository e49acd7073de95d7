//! Looks how a payment is that waits for its buyer, when they come back from their bank; or gives it up for them.
//!
//! What must hold: looking changes nothing but what the provider has decided; the provider is asked once in a second, however
//! many look, and whenever recovery looks next; what is given up is cancelled only after that was written down, so that nothing
//! is paid by it meanwhile (`record`).

use super::figures::Call;
use super::record::Source;
use super::{GATEWAY_LIMIT, PayError, Payment, PaymentRef, Payments, ledger, wait_for_gateway};
use crate::booking;
use crate::gateway::{Answer, GatewayError};
use crate::postgres::Error;
use crate::types::{BookingId, PaymentId};

impl Payments {
    /// Which booking a payment is of; `None` if there is no such payment.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn booking_of(&self, id: PaymentId) -> Result<Option<BookingId>, PayError> {
        let entry = ledger::get_by_id(&self.settler().db, id).await?;
        Ok(entry.map(|entry| entry.payment.booking))
    }

    /// The payment with this id, of whichever event; `None` if there is none. If it waits for its buyer, the provider is asked
    /// first how it is now.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn look(&self, id: PaymentId) -> Result<Option<Payment>, PayError> {
        self.settle_waiting(id, false).await
    }

    /// Gives up a payment that waits for its buyer, who wants to pay otherwise. As [`Payments::look`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn give_up(&self, id: PaymentId) -> Result<Option<Payment>, PayError> {
        self.settle_waiting(id, true).await
    }

    async fn settle_waiting(
        &self,
        id: PaymentId,
        gives_up: bool,
    ) -> Result<Option<Payment>, PayError> {
        let settler = self.settler().clone();
        let Some(entry) = ledger::get_by_id(&settler.db, id).await? else {
            return Ok(None);
        };
        let payment = entry.payment;
        let of = PaymentRef {
            event: entry.event,
            booking: payment.booking,
            payment: id,
        };
        if payment.action.is_none() {
            return Ok(Some(payment));
        }
        let is_taken = match gives_up {
            true => settler.give_up(of, &payment, true).await?,
            false => ledger::take_up(&settler.db, of).await?,
        };
        if !is_taken {
            return Ok(Some(payment));
        }
        let found = payment.clone();
        let work = self.spawn(async move {
            let answer = settler.ask_about(&found, gives_up).await;
            match answer {
                Ok(answer) => settler
                    .settle(of, Source::asked(answer))
                    .await
                    .err()
                    .map(|e| e.to_string()),
                Err(error) => Some(error.to_string()),
            }
        });
        if let Ok(Ok(Some(error))) = tokio::time::timeout(self.payment_wait(), work).await {
            log::warn!(booking:% = of.booking, payment:% = id; "{error}; recovery will ask");
        }
        Ok(ledger::get(&self.settler().db, of.event, id).await?)
    }
}

impl super::settle::Settler {
    /// Writes down that a payment is about to be cancelled, and lets recovery look soon whether it was, if that is not who
    /// cancels it. False if it is not to be cancelled, or not by us: it has changed, or somebody else cancels it.
    pub(super) async fn give_up(
        &self,
        of: PaymentRef,
        payment: &Payment,
        looks_again: bool,
    ) -> Result<bool, Error> {
        let reference = payment.reference.clone();
        self.db
            .transaction(|transaction| {
                let reference = reference.clone();
                Box::pin(async move {
                    booking::lock(transaction, of.event, of.booking).await?;
                    let given_up = ledger::give_up(transaction, of, reference.as_ref()).await?;
                    if given_up && looks_again {
                        ledger::look_again(transaction, of).await?;
                    }
                    Ok(given_up)
                })
            })
            .await
    }

    async fn ask_about(&self, payment: &Payment, gives_up: bool) -> Result<Answer, GatewayError> {
        let gateway = self.gateways.of(payment.provider)?;
        let intent = payment.intent();
        if gives_up {
            let cancelled = wait_for_gateway(GATEWAY_LIMIT, gateway.cancel(&intent));
            return self.figures.time(Call::Cancel, cancelled).await;
        }
        let fetched = wait_for_gateway(GATEWAY_LIMIT, gateway.fetch(&intent));
        let missing = || GatewayError::Refused("the provider does not know it".into());
        self.figures
            .time(Call::Fetch, fetched)
            .await?
            .ok_or_else(missing)
    }
}
