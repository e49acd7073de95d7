//! Webhooks of the gateway about payments: recorded once, however often and in whatever order they arrive.
//!
//! A delivery is identified by the gateway's id for it, which is written in the transaction that records its
//! content. Verifying the signature and parsing the body belong to `gateway`.

use std::time::Duration;

use super::record::NotRecorded;
use super::{PaymentRef, ledger};
use crate::gateway::{Notice, NoticeError};
use crate::postgres::retention::purge;
use crate::postgres::{Db, Error};

/// Why a webhook was refused; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// It is not a valid webhook of the gateway, or could not be verified.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// There is no such payment.
    #[error("no such payment")]
    NotFound,
    /// The gateway's amount is not the payment's.
    #[error("the amount differs")]
    AmountDiffers,
    /// Others have locked the tickets that it pays: the gateway should send it again.
    #[error("others have locked the tickets that were paid")]
    Locked,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

/// Forgets webhooks that were received longer ago than this. One that comes again after that changes nothing
/// either: what it reports is recorded. How many.
///
/// # Errors
/// Those of the database.
pub async fn forget(db: &Db, older_than: Duration) -> Result<usize, Error> {
    purge(db, &ledger::WEBHOOK_EVENTS, older_than).await
}

impl From<NotRecorded> for WebhookError {
    fn from(error: NotRecorded) -> Self {
        match error {
            NotRecorded::Locked => Self::Locked,
            NotRecorded::Db(error) => Self::Db(error),
        }
    }
}

/// The payment that a notice is about, if it fits.
pub(super) async fn find_payment(db: &Db, notice: &Notice) -> Result<PaymentRef, WebhookError> {
    let id = notice.payment;
    let Some(entry) = ledger::get_by_id(db, id).await? else {
        log::warn!("a webhook is about payment {id}, which does not exist");
        return Err(WebhookError::NotFound);
    };
    let (recorded, reported) = (entry.payment.amount, notice.amount);
    if recorded != reported {
        log::error!("payment {id} is of {recorded:?}, but a webhook says {reported:?}: refused");
        return Err(WebhookError::AmountDiffers);
    }
    Ok(PaymentRef {
        event: entry.event,
        booking: entry.payment.booking,
        payment: id,
    })
}
