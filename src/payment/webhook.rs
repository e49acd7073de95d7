//! Webhooks of the providers about payments: recorded once, however often and in whatever order they arrive.
//!
//! A delivery is identified by the provider's id for it, which is written in the transaction that records its
//! content. Verifying the signature and parsing the body belong to `gateway`. What a webhook says is a hint: the provider is
//! asked how the payment is now, unless its webhooks can be relied upon.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::figures::Call;
use super::record::{NotRecorded, Recorded, Source};
use super::settle::Settler;
use super::{GATEWAY_LIMIT, PaymentRef, Payments, Told, incidents, ledger, wait_for_gateway};
use crate::gateway::{About, Answer, Gateway, GatewayError, Notice, NoticeError};
use crate::postgres::retention::purge;
use crate::postgres::{Db, Error};
use crate::types::Fingerprint;

/// Why a webhook was refused; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// It is not a valid webhook of the provider, or could not be verified.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// There is no such payment.
    #[error("no such payment")]
    NotFound,
    /// The provider's amount is not the payment's.
    #[error("the amount differs")]
    AmountDiffers,
    /// Others have locked the tickets that it pays: the provider should send it again.
    #[error("others have locked the tickets that were paid")]
    Locked,
    /// The provider could not be asked what it is about: it should send it again.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<NotRecorded> for WebhookError {
    fn from(error: NotRecorded) -> Self {
        match error {
            NotRecorded::Locked | NotRecorded::GivenUp => Self::Locked,
            NotRecorded::AmountDiffers => Self::AmountDiffers,
            NotRecorded::Db(error) => Self::Db(error),
        }
    }
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It was recorded.
    News,
    /// It was received before.
    Duplicate,
    /// It is about nothing that matters here.
    Ignored,
}

/// Forgets webhooks that were received longer ago than this. One that comes again after that changes nothing
/// either: what it reports is recorded. How many.
///
/// # Errors
/// Those of the database.
pub async fn forget(db: &Db, older_than: Duration) -> Result<usize, Error> {
    purge(db, &ledger::WEBHOOK_EVENTS, older_than).await
}

impl Payments {
    /// Verifies a webhook and records what it says. `signature` is the value of a header: the one that is there says whose it
    /// is, see [`Gateway::signature_header`].
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn receive_webhook<'a>(
        &self,
        signature: impl Fn(&str) -> Option<&'a str>,
        body: &[u8],
    ) -> Result<Received, WebhookError> {
        let settler = self.settler();
        let signed = |gateway: &&Arc<dyn Gateway>| signature(gateway.signature_header()).is_some();
        let sender = settler.gateways.all().find(signed);
        let sender = sender.unwrap_or_else(|| settler.gateways.current()).clone();
        let signature = signature(sender.signature_header());
        let notice = wait_for_gateway(GATEWAY_LIMIT, sender.read_webhook(signature, body));
        let notice = settler.figures.time(Call::ReadWebhook, notice).await?;
        let Some(of) = find_payment(settler, sender.as_ref(), &notice).await? else {
            return Ok(Received::Ignored);
        };
        let (this, settler) = (self.clone(), settler.clone());
        let work = self.spawn(async move {
            let recorded = settler.receive(of, sender.as_ref(), notice).await?;
            let is_duplicate = recorded.is_duplicate;
            // The provider does not wait for the refund or the capture.
            this.spawn(async move { settler.follow(of, &recorded).await });
            Ok::<_, WebhookError>(is_duplicate)
        });
        let ended = |error| Error::Unavailable(format!("the webhook's task ended: {error}"));
        Ok(match work.await.map_err(ended)?? {
            true => Received::Duplicate,
            false => Received::News,
        })
    }
}

impl Settler {
    async fn receive(
        &self,
        of: PaymentRef,
        sender: &dyn Gateway,
        notice: Notice,
    ) -> Result<Recorded, WebhookError> {
        let told = Told {
            id: id_of(&notice.id),
            kind: notice.kind.clone(),
        };
        if let About::Incident(incident) = &notice.about {
            let is_news = incidents::record(&self.db, of, &told, incident).await?;
            if is_news {
                self.figures.count_incident(incident.kind);
            }
            return Ok(Recorded {
                is_duplicate: !is_news,
                ..Recorded::default()
            });
        }
        let answer = match notice.answer {
            Some(answer) => answer,
            None => self.answer_now(of, sender).await?,
        };
        let told = Some(told);
        Ok(self.record(of, Source { answer, told }).await?)
    }

    /// How a payment is now.
    async fn answer_now(
        &self,
        of: PaymentRef,
        sender: &dyn Gateway,
    ) -> Result<Answer, WebhookError> {
        let payment = ledger::get(&self.db, of.event, of.payment).await?;
        let intent = payment.ok_or(WebhookError::NotFound)?.intent();
        let fetched = wait_for_gateway(GATEWAY_LIMIT, sender.fetch(&intent));
        let fetched = self.figures.time(Call::Fetch, fetched).await?;
        fetched.ok_or(WebhookError::NotFound)
    }
}

/// The payment that a notice is about; `None` if it is about none of ours, or about nothing that matters.
async fn find_payment(
    settler: &Settler,
    sender: &dyn Gateway,
    notice: &Notice,
) -> Result<Option<PaymentRef>, WebhookError> {
    let (db, provider) = (&settler.db, sender.provider());
    let entry = match &notice.about {
        About::Payment(id) => ledger::get_by_id(db, *id).await?,
        About::Intent(reference) => ledger::get_by_reference(db, provider, reference).await?,
        About::Incident(incident) => match incident.payment {
            Some(id) => ledger::get_by_id(db, id).await?,
            None => ledger::get_by_reference(db, provider, &incident.intent).await?,
        },
        About::Other => return Ok(None),
    };
    let Some(entry) = entry.filter(|entry| entry.payment.provider == provider) else {
        let about = &notice.about;
        log::warn!("a webhook of {provider} is about {about:?}, which is not here");
        // Other programs may use the same account of a provider that has names of its own.
        return match sender.knows_our_ids() {
            true => Err(WebhookError::NotFound),
            false => Ok(None),
        };
    };
    let is_named = sender.knows_our_ids() || entry.payment.reference.is_some();
    if !is_named && matches!(notice.about, About::Payment(_)) {
        // It tells that something was created. By what has no name here nothing is charged, nor was when this was told.
        return Ok(None);
    }
    Ok(Some(PaymentRef {
        event: entry.event,
        booking: entry.payment.booking,
        payment: entry.payment.id,
    }))
}

/// A provider's id of what it tells, as the database keys it.
fn id_of(name: &str) -> Uuid {
    let of_name =
        || uuid::Builder::from_custom_bytes(Fingerprint::of([name.as_bytes()]).0).into_uuid();
    name.parse().unwrap_or_else(|_| of_name())
}
