//! Payments: asking the gateway for money, and recording what it says exactly once.
//!
//! Paying is three steps, and nothing is held open while the gateway thinks: record the payment as
//! `processing`, which also keeps the hold alive for a bounded time ([`begin`]); ask the gateway with
//! the payment's id as its idempotency key; record the answer together with what it does to the
//! booking ([`record`]). The steps run in a task of their own, so that neither a client that goes away
//! nor one that will not wait cuts them short. The answer may also come by [`webhook`], or be asked
//! for by the [`recovery`] when the process that was to record it has died.
//!
//! What must hold: every transaction that changes a booking or its payments locks the booking's row
//! first; money that is charged pays a confirmed booking, or is marked for [`refund`] in the very
//! transaction that records the charge.

mod begin;
mod record;
pub mod recovery;
mod refund;
pub mod webhook;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio_postgres::Row;
use tokio_util::task::TaskTracker;

use crate::allocator::Lanes;
use crate::booking::{self, Booking};
use crate::config::PaymentConfig;
use crate::fault;
use crate::gateway::card::Card;
use crate::gateway::simulated::signature::SigningKey;
use crate::gateway::{Charge, Gateway, GatewayError};
use crate::postgres::{AsDbError, Db, Error};
use crate::types::{BookingId, EventNo, IdempotencyKey, Money, PaymentId, Timestamp, UserId};

/// Payments that a booking may try: the last decline is for good.
pub const ATTEMPTS_MAX: i64 = 3;
/// Payments that this process has under way at most.
const IN_FLIGHT_MAX: usize = 10_000;
/// How long the gateway may think before this process gives up listening, and the recovery takes over.
const GATEWAY_LIMIT: Duration = Duration::from_secs(60);

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

    fn read(row: &Row) -> Self {
        let text: &str = row.get("status");
        // The CHECK on the column admits no other.
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .unwrap_or(Self::Processing)
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
    /// When the gateway's answer was recorded.
    pub answered_at: Option<Timestamp>,
    /// Whether the money is to go back but has not yet.
    pub refund_due: bool,
    /// When the money went back.
    pub refunded_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "p.id, p.booking_id, p.status, p.amount_minor, p.currency, p.card_brand, p.card_last4,
    p.decline_code, p.created_at, p.answered_at, p.refund_requested_at, p.refunded_at, p.request_fingerprint";

fn read(row: &Row) -> Payment {
    let status = Status::read(row);
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
        answered_at: row.get("answered_at"),
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
    /// The event has begun, or is about to: nothing is given back any more.
    #[error("it is too late to cancel")]
    EventBegun,
    /// Too many payments are under way.
    #[error("too many payments are under way")]
    Overloaded,
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

/// Takes payments and gives money back. Cheap to clone.
#[derive(Clone)]
pub struct Payments(Arc<Shared>);

struct Shared {
    db: Db,
    gateway: Arc<dyn Gateway>,
    lanes: Lanes,
    signing_key: Arc<SigningKey>,
    config: PaymentConfig,
    runtime: tokio::runtime::Handle,
    tasks: TaskTracker,
    in_flight: Arc<Semaphore>,
}

impl std::fmt::Debug for Payments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payments")
            .field("tasks", &self.0.tasks.len())
            .finish_non_exhaustive()
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

impl Payments {
    /// Over this database and gateway. Payments run on the runtime that this is called on.
    pub fn new(
        db: Db,
        gateway: Arc<dyn Gateway>,
        lanes: Lanes,
        signing_key: Arc<SigningKey>,
        config: PaymentConfig,
    ) -> Self {
        Self(Arc::new(Shared {
            db,
            gateway,
            lanes,
            signing_key,
            config,
            runtime: tokio::runtime::Handle::current(),
            tasks: TaskTracker::new(),
            in_flight: Arc::new(Semaphore::new(IN_FLIGHT_MAX)),
        }))
    }

    /// Pays a pending booking: the three steps. A gateway that is slower than the caller is to wait
    /// leaves the payment `processing`; it goes on to its end all the same.
    ///
    /// # Errors
    /// [`PayError`]; a card that was declined is no error but a payment's status.
    pub async fn pay(&self, wish: &Wish) -> Result<Paid, PayError> {
        let in_flight = self.0.in_flight.clone();
        let permit = in_flight
            .try_acquire_owned()
            .map_err(|_| PayError::Overloaded)?;
        let (begun, wait_for_begun) = oneshot::channel();
        let (this, wish) = (self.clone(), wish.clone());
        let work = self.spawn(async move {
            let _permit = permit;
            this.pay_to_the_end(&wish, begun).await
        });
        // Nothing was begun: a replay, or a refusal.
        let Ok(payment) = wait_for_begun.await else {
            return finished(work).await;
        };
        match tokio::time::timeout(self.0.config.payment_wait(), finished(work)).await {
            Ok(paid) => paid,
            Err(_) => Ok(Paid {
                payment,
                replayed: false,
            }),
        }
    }

    async fn pay_to_the_end(
        &self,
        wish: &Wish,
        begun: oneshot::Sender<Payment>,
    ) -> Result<Paid, PayError> {
        let (payment, replayed) = self.begin(wish).await?;
        if replayed {
            return Ok(Paid { payment, replayed });
        }
        begun.send(payment.clone()).ok();
        fault::point(fault::BEGUN);
        let charge = Charge {
            payment: payment.id,
            amount: payment.amount,
            card: wish.card.clone(),
        };
        let asked = within(GATEWAY_LIMIT, self.0.gateway.charge(&charge)).await;
        fault::point(fault::ANSWERED);
        let recorded = match asked {
            Ok(answer) => self.settle(&payment_of(wish, payment.id), answer).await,
            Err(error) => {
                log::warn!("payment {}: {error}; the recovery will ask", payment.id);
                Ok(())
            }
        };
        let now = match recorded {
            Ok(()) => self.get(wish.event, payment.id).await,
            Err(error) => Err(error),
        };
        let payment = match now {
            Ok(now) => now.unwrap_or(payment),
            // Charged or not, it is under way for all that anybody knows, and no request to be sent again.
            Err(error) => {
                log::warn!(
                    "payment {}: {error}; the recovery will record it",
                    payment.id
                );
                payment
            }
        };
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
        fault::point(fault::BOOKED);
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
        Ok(booking::get(&self.0.db, id).await?.unwrap_or(booking))
    }

    async fn get(&self, event: EventNo, id: PaymentId) -> Result<Option<Payment>, Error> {
        let client = self.0.db.get().await?;
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
        let client = self.0.db.get().await?;
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

    /// Waits for the payments that are under way, so long at most; the recovery of the next start
    /// finishes what is left.
    pub async fn drain(&self, limit: Duration) {
        self.0.tasks.close();
        if tokio::time::timeout(limit, self.0.tasks.wait())
            .await
            .is_err()
        {
            let left = self.0.tasks.len();
            log::warn!("{left} payments are still under way; the recovery will finish them");
        }
    }

    /// On the runtime of the application: not on the web worker's, where a client that goes away takes
    /// its request's work with it.
    fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.0.tasks.spawn_on(work, &self.0.runtime)
    }
}

/// Which payment, of which booking.
#[derive(Debug, Clone, Copy)]
struct Which {
    event: EventNo,
    booking: BookingId,
    payment: PaymentId,
}

fn payment_of(wish: &Wish, payment: PaymentId) -> Which {
    Which {
        event: wish.event,
        booking: wish.booking,
        payment,
    }
}

async fn finished<T>(work: JoinHandle<Result<T, PayError>>) -> Result<T, PayError> {
    work.await.unwrap_or_else(|error| {
        Err(PayError::Db(Error::Unavailable(format!(
            "the payment's task ended: {error}"
        ))))
    })
}

async fn within<T>(
    limit: Duration,
    asked: impl Future<Output = Result<T, GatewayError>>,
) -> Result<T, GatewayError> {
    tokio::time::timeout(limit, asked)
        .await
        .unwrap_or_else(|_| Err(GatewayError(format!("not within {} s", limit.as_secs()))))
}
