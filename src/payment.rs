//! Payments: asking the gateway for money, and recording what it says exactly once.
//!
//! Paying is three steps, and nothing is held open while the gateway thinks: record the payment as
//! `processing`, which also keeps the hold alive for a bounded time; ask the gateway with the
//! payment's id as its idempotency key; record the answer together with what it does to the
//! booking. A success that finds its hold gone is marked for refund in the same transaction.

pub mod card;
pub mod gateway;

use std::sync::Arc;

use tokio_postgres::Row;

use crate::allocator::Released;
use crate::booking::{self, Booking};
use crate::db::{AsDbError, Db, Error, Transaction};
use crate::types::{
    BookingId, EventNo, Fingerprint, IdempotencyKey, Money, PaymentId, Timestamp, UserId,
};
use card::Card;
use gateway::{Answer, Charge, Gateway};

/// Payments that a booking may try: the last decline is for good.
pub const ATTEMPTS_MAX: i64 = 3;
/// How long a payment under way keeps the expiry from its booking, in seconds.
const PAYING_SECONDS: f64 = 120.0;

/// Where a payment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The gateway has not said yet.
    Processing,
    /// The money is ours.
    Succeeded,
    /// It will not be.
    Declined,
    /// It went back.
    Refunded,
}

impl Status {
    const ALL: [Self; 4] = [
        Self::Processing,
        Self::Succeeded,
        Self::Declined,
        Self::Refunded,
    ];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Declined => "declined",
            Self::Refunded => "refunded",
        }
    }
}

impl serde::Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One attempt to charge a booking.
#[derive(Debug, Clone)]
pub struct Payment {
    /// Also the gateway's idempotency key.
    pub id: PaymentId,
    /// Which booking it pays.
    pub booking: BookingId,
    /// Where it is in its life.
    pub status: Status,
    /// How much.
    pub amount: Money,
    /// `visa`, `mastercard`, ...
    pub card_brand: String,
    /// All that is kept of the number.
    pub card_last4: String,
    /// Why it was declined, in the gateway's words.
    pub decline_code: Option<String>,
    /// When it was tried.
    pub created_at: Timestamp,
    /// Whether the money is to go back but has not yet.
    pub refund_due: bool,
    /// When the money went back.
    pub refunded_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "p.id, p.booking_id, p.status, p.amount_minor, p.currency, p.card_brand, p.card_last4,
    p.decline_code, p.created_at, p.refund_requested_at, p.refunded_at, p.request_fingerprint";

fn read(row: &Row) -> Payment {
    let status: &str = row.get("status");
    // The CHECK on the column admits no other.
    let status = Status::ALL
        .into_iter()
        .find(|known| known.as_str() == status)
        .unwrap_or(Status::Processing);
    Payment {
        id: row.get("id"),
        booking: row.get("booking_id"),
        status,
        amount: Money {
            minor: row.get("amount_minor"),
            currency: row.get("currency"),
        },
        card_brand: row.get("card_brand"),
        card_last4: row.get("card_last4"),
        decline_code: row.get("decline_code"),
        created_at: row.get("created_at"),
        refund_due: status == Status::Succeeded
            && row
                .get::<_, Option<Timestamp>>("refund_requested_at")
                .is_some(),
        refunded_at: row.get("refunded_at"),
    }
}

/// A wish to pay a booking.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Of which event.
    pub event: EventNo,
    /// Which booking.
    pub booking: BookingId,
    /// Who pays; must be the booking's buyer.
    pub user: UserId,
    /// The client's name for this request.
    pub key: IdempotencyKey,
    /// With which card.
    pub card: Card,
    /// Whether a decline ends the booking at once: it was booked and paid in one request.
    pub one_shot: bool,
}

/// Why a payment was not tried, or not recorded.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// There is no such booking.
    #[error("no such booking")]
    NotFound,
    /// It is another buyer's.
    #[error("the booking is another buyer's")]
    NotYours,
    /// It is paid already, or ended; this is its status.
    #[error("the booking is {}", .0.as_str())]
    NotPending(crate::booking::Status),
    /// Its hold is over.
    #[error("the hold is over")]
    HoldExpired,
    /// Another payment of it is under way.
    #[error("another payment is under way")]
    InProgress,
    /// The key was used for another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// The event has begun: nothing is given back any more.
    #[error("the event has begun")]
    EventBegun,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

impl From<tokio_postgres::Error> for PayError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Db(error.into())
    }
}

impl AsDbError for PayError {
    fn as_db_error(&self) -> Option<&Error> {
        if let Self::Db(error) = self {
            Some(error)
        } else {
            None
        }
    }
}

/// Told of tickets that a payment or a cancellation has given back, after the commit.
pub type OnReleased = Arc<dyn Fn(EventNo, &[Released]) + Send + Sync>;

/// Takes payments and gives money back. Cheap to clone.
#[derive(Clone)]
pub struct Payments {
    db: Db,
    gateway: Arc<dyn Gateway>,
    on_released: OnReleased,
}

impl std::fmt::Debug for Payments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payments").finish_non_exhaustive()
    }
}

/// The payment that a request made, or made before.
#[derive(Debug)]
pub struct Paid {
    /// As it is now.
    pub payment: Payment,
    /// Whether the key had made it before.
    pub replayed: bool,
}

/// What recording the gateway's answer did.
struct Recorded {
    released: Vec<Released>,
    refund_due: bool,
}

impl Payments {
    /// Over this database and gateway.
    pub fn new(db: Db, gateway: Arc<dyn Gateway>, on_released: OnReleased) -> Self {
        Self {
            db,
            gateway,
            on_released,
        }
    }

    /// Pays a pending booking: the three steps.
    ///
    /// # Errors
    /// [`PayError`]; a card that was declined is no error but a payment's status.
    pub async fn pay(&self, wish: &Wish) -> Result<Paid, PayError> {
        let (payment, replayed) = self.begin(wish).await?;
        if replayed {
            return Ok(Paid { payment, replayed });
        }
        let charge = Charge {
            payment: payment.id,
            amount: payment.amount,
            card: wish.card.clone(),
        };
        match self.gateway.charge(&charge).await {
            Ok(answer) => {
                self.record(wish.event, wish.booking, payment.id, &answer, wish.one_shot)
                    .await?
            }
            Err(error) => log::warn!("payment {}: {error}", payment.id),
        }
        let payment = self.get(wish.event, payment.id).await?.unwrap_or(payment);
        Ok(Paid { payment, replayed })
    }

    /// Pays a booking that was made in the same request, or by an earlier try of it. A decline ends it.
    /// The booking as it is then.
    ///
    /// # Errors
    /// [`PayError`].
    pub async fn pay_at_once(
        &self,
        booking: Booking,
        key: IdempotencyKey,
        card: Card,
    ) -> Result<Booking, PayError> {
        if booking.status != booking::Status::Pending {
            return Ok(booking);
        }
        let (event, id, user) = (booking.event, booking.id, booking.user);
        self.pay(&Wish {
            event,
            booking: id,
            user,
            key,
            card,
            one_shot: true,
        })
        .await?;
        Ok(booking::get(&self.db, id).await?.unwrap_or(booking))
    }

    /// Step one: the payment is recorded, and the hold kept, before anybody is asked for money.
    async fn begin(&self, wish: &Wish) -> Result<(Payment, bool), PayError> {
        let fingerprint = Fingerprint::of([
            wish.user.0.as_bytes().as_slice(),
            wish.card.brand().as_bytes(),
            wish.card.last4().as_bytes(),
        ]);
        let id = PaymentId::make();
        let wish = Arc::new(wish.clone());
        self.db
            .transaction(|transaction| {
                let wish = wish.clone();
                Box::pin(async move {
                    let booking = booking::lock(transaction, wish.event, wish.booking)
                        .await?
                        .ok_or(PayError::NotFound)?;
                    if booking.user != wish.user {
                        return Err(PayError::NotYours);
                    }
                    if let Some(row) = find_by_key(transaction, &wish).await? {
                        let same = row.get::<_, Fingerprint>("request_fingerprint") == fingerprint;
                        return if same {
                            Ok((read(&row), true))
                        } else {
                            Err(PayError::KeyReused)
                        };
                    }
                    match booking.status {
                        booking::Status::Pending if booking.overdue => {
                            return Err(PayError::HoldExpired);
                        }
                        booking::Status::Pending => {}
                        booking::Status::Expired => return Err(PayError::HoldExpired),
                        status => return Err(PayError::NotPending(status)),
                    }
                    booking::keep_while_paying(transaction, &booking, PAYING_SECONDS).await?;
                    let row = insert(transaction, id, &wish, &booking, fingerprint).await?;
                    Ok((read(&row), false))
                })
            })
            .await
            .map_err(|error| match error {
                PayError::Db(error) if error.is_unique_violation("payments_live_key") => {
                    PayError::InProgress
                }
                error => error,
            })
    }

    /// Step three: what the gateway said, and what it does to the booking, in one transaction. Said
    /// twice, it changes nothing.
    async fn record(
        &self,
        event: EventNo,
        booking: BookingId,
        id: PaymentId,
        answer: &Answer,
        one_shot: bool,
    ) -> Result<(), PayError> {
        let answer = Arc::new(answer.clone());
        let recorded = self
            .db
            .transaction(|transaction| {
                let answer = answer.clone();
                Box::pin(async move {
                    let booking = booking::lock(transaction, event, booking)
                        .await?
                        .ok_or(PayError::NotFound)?;
                    match &*answer {
                        Answer::Later => Ok(Recorded {
                            released: Vec::new(),
                            refund_due: false,
                        }),
                        Answer::Succeeded => record_success(transaction, &booking, id).await,
                        Answer::Declined { code } => {
                            record_decline(transaction, &booking, id, code, one_shot).await
                        }
                    }
                })
            })
            .await?;
        (self.on_released)(event, &recorded.released);
        if recorded.refund_due {
            self.refund(event, id).await?;
        }
        Ok(())
    }

    /// Cancels a booking for its buyer; money that was paid goes back.
    ///
    /// # Errors
    /// [`PayError`].
    pub async fn cancel(
        &self,
        event: EventNo,
        id: BookingId,
        user: UserId,
    ) -> Result<(), PayError> {
        let (released, refunds) = self
            .db
            .transaction(|transaction| {
                Box::pin(async move {
                    let booking = booking::lock(transaction, event, id)
                        .await?
                        .ok_or(PayError::NotFound)?;
                    if booking.user != user {
                        return Err(PayError::NotYours);
                    }
                    // Said twice, it changes nothing.
                    if booking.status == booking::Status::Cancelled {
                        return Ok((Vec::new(), Vec::new()));
                    }
                    if has_begun(transaction, event).await? {
                        return Err(PayError::EventBegun);
                    }
                    let Some(released) = booking::cancel(transaction, &booking).await? else {
                        return Err(PayError::NotPending(booking.status));
                    };
                    Ok((released, request_refunds(transaction, event, id).await?))
                })
            })
            .await?;
        (self.on_released)(event, &released);
        for payment in refunds {
            self.refund(event, payment).await?;
        }
        Ok(())
    }

    /// Gives back what is due, and records it. If the gateway does not answer now, it stays due.
    async fn refund(&self, event: EventNo, id: PaymentId) -> Result<(), PayError> {
        if let Err(error) = self.gateway.refund(id).await {
            log::warn!("refund of payment {id}: {error}");
            return Ok(());
        }
        let client = self.db.get().await?;
        let statement = client
            .prepare_cached(
                "UPDATE payments SET status = 'refunded', refunded_at = now()
                 WHERE event_id = $1 AND id = $2 AND status = 'succeeded' AND refund_requested_at IS NOT NULL",
            )
            .await?;
        client.execute(&statement, &[&event, &id]).await?;
        Ok(())
    }

    async fn get(&self, event: EventNo, id: PaymentId) -> Result<Option<Payment>, Error> {
        let client = self.db.get().await?;
        let statement = client
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM payments p WHERE p.event_id = $1 AND p.id = $2"
            ))
            .await?;
        Ok(client
            .query_opt(&statement, &[&event, &id])
            .await?
            .as_ref()
            .map(read))
    }

    /// The payments of some bookings, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of_bookings(&self, bookings: &[Booking]) -> Result<Vec<Payment>, Error> {
        let events: Vec<EventNo> = bookings.iter().map(|booking| booking.event).collect();
        let ids: Vec<BookingId> = bookings.iter().map(|booking| booking.id).collect();
        let client = self.db.get().await?;
        let statement = client
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM unnest($1::bigint[], $2::uuid[]) AS b (event_id, id)
                 JOIN payments p ON p.event_id = b.event_id AND p.booking_id = b.id
                 ORDER BY p.created_at, p.id"
            ))
            .await?;
        Ok(client
            .query(&statement, &[&events, &ids])
            .await?
            .iter()
            .map(read)
            .collect())
    }
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
    id: PaymentId,
    wish: &Wish,
    booking: &booking::Locked,
    fingerprint: Fingerprint,
) -> Result<Row, Error> {
    let statement = transaction
        .prepare_cached(&format!(
            "INSERT INTO payments AS p (event_id, id, booking_id, idempotency_key, request_fingerprint, status,
                                        amount_minor, currency, card_brand, card_last4, created_at)
             VALUES ($1, $2, $3, $4, $5, 'processing', $6, $7, $8, $9, now())
             RETURNING {COLUMNS}"
        ))
        .await?;
    let (amount, currency) = (booking.total.minor, booking.total.currency.code());
    let (brand, last4) = (wish.card.brand(), wish.card.last4());
    let params: crate::db::Params = &[
        &wish.event,
        &id,
        &wish.booking,
        &wish.key,
        &fingerprint,
        &amount,
        &currency,
        &brand,
        &last4,
    ];
    Ok(transaction.query_one(&statement, params).await?)
}

/// The charge is there. Either it pays the booking, or it goes back.
async fn record_success(
    transaction: &Transaction<'_>,
    booking: &booking::Locked,
    id: PaymentId,
) -> Result<Recorded, PayError> {
    let confirms = booking.status == booking::Status::Pending;
    let statement = transaction
        .prepare_cached(
            "UPDATE payments SET status = 'succeeded', answered_at = now(),
                                 refund_requested_at = CASE WHEN $3 THEN NULL ELSE now() END
             WHERE event_id = $1 AND id = $2 AND status = 'processing'",
        )
        .await?;
    let recorded = transaction
        .execute(&statement, &[&booking.event, &id, &confirms])
        .await?
        == 1;
    if recorded && confirms {
        booking::confirm(transaction, booking).await?;
    }
    Ok(Recorded {
        released: Vec::new(),
        refund_due: recorded && !confirms,
    })
}

/// No money. The buyer may try another card, unless this was the last.
async fn record_decline(
    transaction: &Transaction<'_>,
    booking: &booking::Locked,
    id: PaymentId,
    code: &str,
    one_shot: bool,
) -> Result<Recorded, PayError> {
    let mut released = Vec::new();
    let statement = transaction
        .prepare_cached(
            "UPDATE payments SET status = 'declined', answered_at = now(), decline_code = $3
             WHERE event_id = $1 AND id = $2 AND status = 'processing'",
        )
        .await?;
    if transaction
        .execute(&statement, &[&booking.event, &id, &code])
        .await?
        == 1
    {
        if one_shot || declines(transaction, booking).await? >= ATTEMPTS_MAX {
            released = booking::fail(transaction, booking)
                .await?
                .unwrap_or_default();
        } else {
            booking::resume_hold(transaction, booking).await?;
        }
    }
    Ok(Recorded {
        released,
        refund_due: false,
    })
}

async fn declines(transaction: &Transaction<'_>, booking: &booking::Locked) -> Result<i64, Error> {
    let statement = transaction
        .prepare_cached(
            "SELECT count(*) FROM payments WHERE event_id = $1 AND booking_id = $2 AND status = 'declined'",
        )
        .await?;
    Ok(transaction
        .query_one(&statement, &[&booking.event, &booking.id])
        .await?
        .get(0))
}

/// The booking's charge must go back; whose refund that makes due.
async fn request_refunds(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
) -> Result<Vec<PaymentId>, Error> {
    let statement = transaction
        .prepare_cached(
            "UPDATE payments SET refund_requested_at = now()
             WHERE event_id = $1 AND booking_id = $2 AND status = 'succeeded' AND refund_requested_at IS NULL
             RETURNING id",
        )
        .await?;
    Ok(transaction
        .query(&statement, &[&event, &booking])
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect())
}

async fn has_begun(transaction: &Transaction<'_>, event: EventNo) -> Result<bool, Error> {
    let statement = transaction
        .prepare_cached("SELECT starts_at <= now() FROM events WHERE event_id = $1")
        .await?;
    Ok(transaction.query_one(&statement, &[&event]).await?.get(0))
}
