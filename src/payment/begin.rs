//! Step one: the payment is recorded, and the hold kept, before anybody is asked for money.

use std::sync::Arc;

use tokio_postgres::Row;

use super::{COLUMNS, PayError, Payment, Payments, Wish, read};
use crate::booking::{self, Status};
use crate::postgres::{Error, Params, Transaction};
use crate::types::{Fingerprint, PaymentId};

/// Seconds for which the hold outlives the time when recovery begins to ask.
const RECOVERY_SECONDS: f64 = 30.0;

impl Payments {
    /// The payment, and whether the key had made it before.
    pub(super) async fn begin(&self, wish: &Wish) -> Result<(Payment, bool), PayError> {
        let fingerprint = Fingerprint::of([
            wish.user.0.as_bytes().as_slice(),
            wish.card.brand().as_bytes(),
            wish.card.last4().as_bytes(),
        ]);
        let new = New {
            id: PaymentId::make(),
            fingerprint,
            recover_after_seconds: self.0.config.recover_after_seconds.into(),
        };
        let wish = Arc::new(wish.clone());
        let mut begun = self.try_to_begin(&wish, &new).await;
        if let Err(PayError::Db(Error::Unavailable(_))) = begun {
            // The commit may have gone through although its answer was lost: then the key tells.
            begun = self.try_to_begin(&wish, &new).await;
        }
        begun.map_err(|error| match error {
            PayError::Db(error) if error.is_unique_violation("payments_live_key") => {
                PayError::InProgress
            }
            error => error,
        })
    }

    async fn try_to_begin(&self, wish: &Arc<Wish>, new: &New) -> Result<(Payment, bool), PayError> {
        let begun = self.0.db.transaction(|transaction| {
            let (wish, new) = (wish.clone(), *new);
            Box::pin(async move { begin(transaction, &wish, &new).await })
        });
        begun.await
    }
}

/// A payment to record.
#[derive(Clone, Copy)]
struct New {
    id: PaymentId,
    fingerprint: Fingerprint,
    recover_after_seconds: f64,
}

async fn begin(
    transaction: &Transaction<'_>,
    wish: &Wish,
    new: &New,
) -> Result<(Payment, bool), PayError> {
    let booking = booking::lock(transaction, wish.event, wish.booking)
        .await?
        .ok_or(PayError::NotFound)?;
    if booking.user != wish.user {
        return Err(PayError::NotYours);
    }
    if let Some(row) = find_by_key(transaction, wish).await? {
        let same = row.get::<_, Fingerprint>("request_fingerprint") == new.fingerprint;
        return if same {
            let payment = read(&row);
            let replayed = payment.id != new.id;
            Ok((payment, replayed))
        } else {
            Err(PayError::KeyReused)
        };
    }
    match booking.status {
        Status::Pending if booking.overdue => return Err(PayError::HoldExpired),
        Status::Pending => {}
        Status::Expired => return Err(PayError::HoldExpired),
        status => return Err(PayError::NotPending(status)),
    }
    let keep = new.recover_after_seconds + RECOVERY_SECONDS;
    booking::keep_while_paying(transaction, &booking, keep).await?;
    let row = insert(transaction, wish, &booking, new).await?;
    Ok((read(&row), false))
}

async fn find_by_key(transaction: &Transaction<'_>, wish: &Wish) -> Result<Option<Row>, Error> {
    let statement = transaction
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM payments p WHERE p.event_id = $1 AND p.booking_id = $2 AND p.idempotency_key = $3"
        ))
        .await?;
    Ok(transaction
        .query_opt(&statement, &[&wish.event, &wish.booking, &wish.key])
        .await?)
}

async fn insert(
    transaction: &Transaction<'_>,
    wish: &Wish,
    booking: &booking::Locked,
    new: &New,
) -> Result<Row, Error> {
    let statement = transaction
        .prepare_cached(&format!(
            "INSERT INTO payments AS p (event_id, id, booking_id, idempotency_key, request_fingerprint, status,
                                        amount_minor, currency, card_brand, card_last4, one_shot,
                                        created_at, recover_at, recover_attempts)
             VALUES ($1, $2, $3, $4, $5, 'processing', $6, $7, $8, $9, $10,
                     now(), now() + make_interval(secs => $11), 0)
             RETURNING {COLUMNS}"
        ))
        .await?;
    let (amount, currency) = (booking.total.minor, booking.total.currency.code());
    let (brand, last4) = (wish.card.brand(), wish.card.last4());
    let params: Params = &[
        &wish.event,
        &new.id,
        &wish.booking,
        &wish.key,
        &new.fingerprint,
        &amount,
        &currency,
        &brand,
        &last4,
        &wish.one_shot,
        &new.recover_after_seconds,
    ];
    Ok(transaction.query_one(&statement, params).await?)
}
