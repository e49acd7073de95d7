//! Step three: what the gateway said, and what it does to the booking, in one transaction. Said twice,
//! by whomever, it changes nothing.
//!
//! | payment      | booking     | success                          | decline |
//! |--------------|-------------|----------------------------------|---------|
//! | `processing` | `pending`   | confirms                         | another card may be tried, or `failed` |
//! | `processing` | `expired`   | allocates again, or is refunded  | nothing |
//! | `processing` | ended       | is refunded                      | nothing |
//! | `declined`   | any         | is refunded: the buyer was told that nothing was charged | nothing |
//! | `succeeded`, `refunded` | any | nothing                       | nothing, logged |

use std::sync::Arc;

use tokio_postgres::Row;

use super::refund::REFUND_LEASE_SECONDS;
use super::webhook::{self, Notice};
use super::{ATTEMPTS_MAX, Payments, Status, Which};
use crate::allocator::{Released, Retaken};
use crate::booking::{self, Locked};
use crate::fault;
use crate::gateway::{ABANDONED, Answer};
use crate::postgres::{Error, Transaction};
use crate::types::{EventNo, PaymentId};

/// What recording an answer did.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// The notice had been taken before: nothing was done.
    pub(super) repeated: bool,
    released: Vec<Released>,
    retaken: Vec<Retaken>,
    refund_due: bool,
}

impl Payments {
    /// Records what the gateway said and waits for what follows from it: a refund that became due.
    pub(super) async fn settle(&self, which: &Which, answer: Answer) -> Result<(), Error> {
        let recorded = self.record(which, answer, None).await?;
        if recorded.refund_due {
            self.refund(which.event, which.payment).await;
        }
        Ok(())
    }

    /// As [`Payments::settle`], of an answer that came by webhook; waits for no refund. Whether it is
    /// news.
    pub(super) async fn settle_notice(&self, which: &Which, notice: Notice) -> Result<bool, Error> {
        let recorded = self
            .record(which, notice.answer.clone(), Some(notice))
            .await?;
        if recorded.refund_due {
            let (this, which) = (self.clone(), *which);
            self.spawn(async move { this.refund(which.event, which.payment).await });
        }
        Ok(!recorded.repeated)
    }

    async fn record(
        &self,
        which: &Which,
        answer: Answer,
        notice: Option<Notice>,
    ) -> Result<Recorded, Error> {
        let said = Arc::new((answer, notice));
        let recorded = self.0.db.transaction(|transaction| {
            let (said, which) = (said.clone(), *which);
            Box::pin(async move {
                let recorded = record(transaction, &which, &said.0, said.1.as_ref()).await?;
                fault::point(fault::RECORDING);
                Ok::<_, Error>(recorded)
            })
        });
        let recorded = recorded.await?;
        fault::point(fault::RECORDED);
        self.0.lanes.released(which.event, &recorded.released);
        self.0.lanes.retaken(which.event, &recorded.retaken);
        Ok(recorded)
    }
}

async fn record(
    transaction: &Transaction<'_>,
    which: &Which,
    answer: &Answer,
    notice: Option<&Notice>,
) -> Result<Recorded, Error> {
    let Some(booking) = booking::lock(transaction, which.event, which.booking).await? else {
        return Ok(Recorded::default());
    };
    if let Some(notice) = notice
        && !webhook::insert(transaction, which, notice).await?
    {
        return Ok(Recorded {
            repeated: true,
            ..Recorded::default()
        });
    }
    let Some(payment) = find(transaction, which).await? else {
        return Ok(Recorded::default());
    };
    let status = Status::read(&payment);
    match answer {
        Answer::Later => Ok(Recorded::default()),
        Answer::Succeeded => record_success(transaction, &booking, which.payment, status).await,
        Answer::Declined { code } if status == Status::Processing => {
            let one_shot = payment.get("one_shot");
            record_decline(transaction, &booking, which.payment, code, one_shot).await
        }
        Answer::Declined { code } => {
            if status != Status::Declined {
                let (id, status) = (which.payment, status.as_str());
                log::error!("payment {id} is {status}, and the gateway says now: declined, {code}");
            }
            Ok(Recorded::default())
        }
    }
}

/// The booking's lock keeps the payment still too, but for a refund that is just recorded.
async fn find(transaction: &Transaction<'_>, which: &Which) -> Result<Option<Row>, Error> {
    let statement = transaction
        .prepare_cached(
            "SELECT status, one_shot FROM payments WHERE event_id = $1 AND id = $2 AND booking_id = $3",
        )
        .await?;
    Ok(transaction
        .query_opt(&statement, &[&which.event, &which.payment, &which.booking])
        .await?)
}

/// The charge is there. Either it pays the booking, or it goes back.
async fn record_success(
    transaction: &Transaction<'_>,
    booking: &Locked,
    id: PaymentId,
    status: Status,
) -> Result<Recorded, Error> {
    let mut retaken = Vec::new();
    let keep = match (status, booking.status) {
        (Status::Succeeded | Status::Refunded, _) => return Ok(Recorded::default()),
        (Status::Declined, _) => {
            log::error!("payment {id} was recorded as declined, but is charged: it goes back");
            false
        }
        (Status::Processing, booking::Status::Pending) => {
            booking::confirm(transaction, booking).await?
        }
        (Status::Processing, booking::Status::Expired) => {
            let again = booking::confirm_again(transaction, booking).await?;
            let keep = again.is_some();
            retaken = again.unwrap_or_default();
            keep
        }
        (Status::Processing, _) => false,
    };
    Ok(Recorded {
        refund_due: succeed(transaction, booking.event, id, keep).await? && !keep,
        retaken,
        ..Recorded::default()
    })
}

/// `processing` or `declined` → `succeeded`; unless the money is ours to keep, it is due to go back.
async fn succeed(
    transaction: &Transaction<'_>,
    event: EventNo,
    id: PaymentId,
    keep: bool,
) -> Result<bool, Error> {
    let statement = transaction
        .prepare_cached(
            "UPDATE payments
             SET status = 'succeeded', answered_at = now(), decline_code = NULL, recover_attempts = 0,
                 refund_requested_at = CASE WHEN $3 THEN NULL ELSE now() END,
                 recover_at = CASE WHEN $3 THEN NULL ELSE now() + make_interval(secs => $4) END
             WHERE event_id = $1 AND id = $2 AND status IN ('processing', 'declined')",
        )
        .await?;
    Ok(transaction
        .execute(&statement, &[&event, &id, &keep, &REFUND_LEASE_SECONDS])
        .await?
        == 1)
}

/// No money. The buyer may try another card, unless this was the last.
async fn record_decline(
    transaction: &Transaction<'_>,
    booking: &Locked,
    id: PaymentId,
    code: &str,
    one_shot: bool,
) -> Result<Recorded, Error> {
    let statement = transaction
        .prepare_cached(
            "UPDATE payments SET status = 'declined', answered_at = now(), decline_code = $3, recover_at = NULL
             WHERE event_id = $1 AND id = $2 AND status = 'processing'",
        )
        .await?;
    let declined = transaction
        .execute(&statement, &[&booking.event, &id, &code])
        .await?;
    let mut recorded = Recorded::default();
    if declined == 1 {
        if one_shot || declines(transaction, booking).await? >= ATTEMPTS_MAX {
            let released = booking::fail(transaction, booking).await?;
            recorded.released = released.unwrap_or_default();
        } else {
            booking::resume_hold(transaction, booking).await?;
        }
    }
    Ok(recorded)
}

/// How often a card of the buyer's was declined; a payment that was never asked for is none of them.
async fn declines(transaction: &Transaction<'_>, booking: &Locked) -> Result<i64, Error> {
    let statement = transaction
        .prepare_cached(
            "SELECT count(*) FROM payments
             WHERE event_id = $1 AND booking_id = $2 AND status = 'declined' AND decline_code <> $3",
        )
        .await?;
    Ok(transaction
        .query_one(&statement, &[&booking.event, &booking.id, &ABANDONED])
        .await?
        .get(0))
}
