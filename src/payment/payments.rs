//! The entry point: pay, cancel, receive a webhook, recover, drain. Combines the steps, each in a task that
//! outlives the request it belongs to.
//!
//! What must hold: the number of payments in flight is bounded; a drain waits for them. No SQL here, and no
//! decision about a booking's or a payment's status.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use super::begin::{Begun, begin};
use super::call_off::{self, CallOff};
use super::cancel::{By, Cancellation, Cancelled, cancel};
use super::figures::{Figures, Step};
use super::incidents::Happened;
use super::move_answer::{self, MoveReply};
use super::record::{NotRecorded, Source};
use super::recovery::{Charges, Parts, Refunds};
use super::settle::Settler;
use super::unfinished::Unfinished;
use super::{
    BackByHand, HandRefund, PaidDifference, PayError, Payment, PaymentRef, PaymentRequest,
    SellError, Take, Through, by_hand, free, incidents, ledger, paid_differences,
};
use crate::allocator::Lanes;
use crate::audit::{Actor, Entry};
use crate::booking::{self, Booking, ChangeError, Given, Made};
use crate::catalog::Event;
use crate::config::PaymentConfig;
use crate::fault;
use crate::gateway::{Answer, Gateways, MethodToken};
use crate::metrics::Sheet;
use crate::postgres::lease::Worker;
use crate::postgres::{Db, Error, Purpose};
use crate::types::contact::Contact;
use crate::types::{BookingId, BuyerId, EventNo, IdempotencyKey};

/// Payments that this process has in flight at most.
const IN_FLIGHT_MAX: usize = 10_000;

/// Takes payments and refunds them. Cheap to clone.
#[derive(Clone)]
pub struct Payments(Arc<State>);

struct State {
    /// For those who look only.
    reads: Db,
    settler: Settler,
    charges: Worker<Charges>,
    refunds: Worker<Refunds>,
    parts: Worker<Parts>,
    config: PaymentConfig,
    runtime: tokio::runtime::Handle,
    tasks: TaskTracker,
    in_flight: Arc<Semaphore>,
    unfinished: Unfinished,
}

impl std::fmt::Debug for Payments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payments")
            .field("tasks", &self.0.tasks.len())
            .finish_non_exhaustive()
    }
}

/// The payment that a request made, now or when it was sent before.
#[derive(Debug)]
pub struct Paid {
    /// As it is now.
    pub payment: Payment,
    /// Whether an earlier request with the same key made it.
    pub replayed: bool,
}

impl Payments {
    /// Uses this database and these providers. Payments run on the runtime that this is called on.
    pub fn new(db: Db, gateways: Gateways, lanes: Lanes, config: PaymentConfig) -> Self {
        let tasks = TaskTracker::new();
        let reads = db.of(Purpose::Reads);
        let db = db.of(Purpose::Payments);
        let settler = Settler {
            db: db.clone(),
            gateways,
            lanes,
            figures: Arc::<Figures>::default(),
        };
        Self(Arc::new(State {
            reads,
            charges: Worker::new(db.clone(), Charges(settler.clone()), tasks.clone()),
            refunds: Worker::new(db.clone(), Refunds(settler.clone()), tasks.clone()),
            parts: Worker::new(db, Parts(settler.clone()), tasks.clone()),
            settler,
            config,
            runtime: tokio::runtime::Handle::current(),
            tasks,
            in_flight: Arc::new(Semaphore::new(IN_FLIGHT_MAX)),
            unfinished: Unfinished::default(),
        }))
    }

    /// Pays a pending booking. If the gateway takes longer than a request waits, the payment is returned
    /// as `processing`, and is completed all the same.
    ///
    /// # Errors
    /// [`PayError`]; a declined card is not an error but a payment's status.
    pub async fn pay(&self, request: &PaymentRequest) -> Result<Paid, PayError> {
        let in_flight = self.0.in_flight.clone();
        let permit = in_flight
            .try_acquire_owned()
            .map_err(|_| PayError::Overloaded)?;
        let (begun, wait_for_begun) = oneshot::channel();
        let (this, request) = (self.clone(), request.clone());
        let work = self.spawn(async move {
            let _permit = permit;
            this.pay_in_task(&request, begun).await
        });
        // Nothing was begun: a replay, or an error.
        let Ok(payment) = wait_for_begun.await else {
            return join(work).await;
        };
        match tokio::time::timeout(self.0.config.payment_wait(), join(work)).await {
            Ok(paid) => paid,
            Err(_) => Ok(Paid {
                payment,
                replayed: false,
            }),
        }
    }

    /// The three steps. `begun` is sent the payment after the first of them.
    async fn pay_in_task(
        &self,
        request: &PaymentRequest,
        begun: oneshot::Sender<Payment>,
    ) -> Result<Paid, PayError> {
        let settler = &self.0.settler;
        let through = through(settler, request);
        let recover_after_seconds = self.0.config.recover_after_seconds;
        let Begun { payment, replayed } =
            begin(&settler.db, request, through, recover_after_seconds).await?;
        if replayed {
            return Ok(Paid { payment, replayed });
        }
        settler.figures.count(Step::Begun);
        let (booking, event) = (request.booking, request.event.0);
        log::info!(booking:% = booking, event_no = event, payment:% = payment.id; "payment asked");
        begun.send(payment.clone()).ok();
        fault::point(fault::BEGUN);
        let of = PaymentRef {
            event: request.event,
            booking: request.booking,
            payment: payment.id,
        };
        match settler.charge(of, &payment, request).await {
            Ok(answer) => Ok(Paid {
                payment: self.settle_and_read(of, answer, payment).await,
                replayed,
            }),
            Err(error) => {
                log::warn!(booking:% = booking, payment:% = payment.id; "{error}; recovery will ask");
                Ok(Paid { payment, replayed })
            }
        }
    }

    /// Records the answer and returns the payment as it is then. If the database fails, the payment is returned
    /// as `processing`, not as an error: the client must not send the request again.
    async fn settle_and_read(&self, of: PaymentRef, answer: Answer, payment: Payment) -> Payment {
        let settler = &self.0.settler;
        let now = match settler.settle(of, Source::asked(answer)).await {
            Ok(()) => {
                let now = ledger::get(&settler.db, of.event, of.payment).await;
                now.map_err(NotRecorded::Db)
            }
            Err(error) => Err(error),
        };
        match now {
            Ok(now) => now.unwrap_or(payment),
            Err(error) => {
                let (booking, id) = (of.booking, of.payment);
                log::warn!(booking:% = booking, payment:% = id; "{error}; recovery will record it");
                payment
            }
        }
    }

    /// Pays a booking that was made in the same request, or by an earlier one with the same key. A
    /// bank's decline fails it. The booking as it is then.
    ///
    /// # Errors
    /// [`PayError`].
    pub async fn pay_at_once(
        &self,
        booking: Booking,
        key: IdempotencyKey,
        method: MethodToken,
        return_url: Option<String>,
    ) -> Result<Booking, PayError> {
        if booking.status != booking::Status::Pending {
            return Ok(booking);
        }
        fault::point(fault::BOOKED);
        let id = booking.id;
        self.pay(&PaymentRequest {
            event: booking.event,
            booking: id,
            buyer: booking.buyer,
            key,
            seen_moves: None,
            method: method.into(),
            return_url,
            contact: None,
            answers: Vec::new(),
            by_buyer: true,
            one_shot: true,
        })
        .await?;
        let now = booking::get(&self.0.settler.db, id).await?;
        Ok(now.unwrap_or(booking))
    }

    /// Sells at the counter: the booking is confirmed with its tickets and with what was paid by hand.
    ///
    /// # Errors
    /// [`SellError`].
    pub async fn sell(&self, by: &Actor, event: &Event, take: Take) -> Result<Made, SellError> {
        let Settler {
            db, lanes, figures, ..
        } = &self.0.settler;
        let made = by_hand::sell(db, lanes, by, event, take).await?;
        if !made.replayed {
            figures.end(booking::Status::Confirmed);
        }
        Ok(made)
    }

    /// What is to be given back by hand of an event, the oldest first, some hundreds at most.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn due_by_hand(&self, event: &Event) -> Result<Vec<HandRefund>, Error> {
        by_hand::due(&self.0.reads, event).await
    }

    /// What was paid by hand for dearer tickets of a booking, the oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn differences(&self, booking: &Booking) -> Result<Vec<PaidDifference>, Error> {
        paid_differences::of_booking(&self.0.settler.db, booking).await
    }

    /// Records that what was paid by hand is back: for a booking that was cancelled, or for tickets that have left it. False
    /// if nothing of it was to be given back.
    ///
    /// # Errors
    /// [`ChangeError::OtherAmount`] if so much was not due, or those of the database.
    pub async fn give_back_by_hand(
        &self,
        by: &Actor,
        event: &Arc<Event>,
        back: BackByHand,
    ) -> Result<bool, ChangeError> {
        let settler = &self.0.settler;
        let is_news = by_hand::give_back(&settler.db, by, event, back).await?;
        if is_news {
            settler.figures.count(Step::Refunded);
        }
        Ok(is_news)
    }

    /// Confirms a hold that costs nothing, for its buyer, who says what the event asks for. A repeated call changes nothing.
    ///
    /// # Errors
    /// [`PayError`].
    pub async fn confirm_free(
        &self,
        booking: &Booking,
        (contact, answers): (Option<Contact>, Vec<Given>),
        by_buyer: bool,
    ) -> Result<(), PayError> {
        let claim = free::Claim {
            event: booking.event,
            booking: booking.id,
            buyer: booking.buyer,
            contact,
            answers,
            by_buyer,
        };
        let settler = &self.0.settler;
        if free::confirm(&settler.db, claim).await? {
            settler.figures.end(booking::Status::Confirmed);
        }
        Ok(())
    }

    /// Cancels a booking for its buyer, and refunds its charge. If the gateway is slow, the refund is still due
    /// when this returns. A repeated call changes nothing.
    ///
    /// # Errors
    /// [`PayError`].
    pub async fn cancel(
        &self,
        event: EventNo,
        booking: BookingId,
        buyer: BuyerId,
    ) -> Result<(), PayError> {
        let by = By::Buyer(buyer, self.0.config.cancel_until_seconds);
        self.cancel_by(event, booking, by).await
    }

    /// Cancels a booking for the organiser, also when the event has begun, and refunds its charge; as
    /// [`Payments::cancel`].
    ///
    /// # Errors
    /// [`PayError`].
    pub async fn cancel_for_organiser(
        &self,
        by: &Actor,
        event: &Event,
        booking: BookingId,
    ) -> Result<(), PayError> {
        let entry = Entry::new(by, "booking.cancelled", "booking", booking);
        let entry = entry.event(event.no).of(event.organisation);
        let by = By::Organiser(Arc::new(entry));
        self.cancel_by(event.no, booking, by).await
    }

    async fn cancel_by(&self, event: EventNo, booking: BookingId, by: By) -> Result<(), PayError> {
        let db = self.0.settler.db.clone();
        let cancellation = Cancellation { event, booking, by };
        self.follow(
            (event, booking),
            async move { cancel(&db, cancellation).await },
        )
        .await
    }

    /// Takes what a buyer answers when their event was moved; whoever returns the tickets is refunded. As
    /// [`Payments::cancel`].
    ///
    /// # Errors
    /// [`PayError`].
    pub async fn answer_move(&self, reply: MoveReply) -> Result<(), PayError> {
        let db = self.0.settler.db.clone();
        let of = (reply.event, reply.booking);
        self.follow(of, async move { move_answer::take(&db, reply).await })
            .await
    }

    /// Cancels a booking, if that is what comes of the work, and makes the refunds that are due then.
    async fn follow(
        &self,
        (event, booking): (EventNo, BookingId),
        work: impl Future<Output = Result<Cancelled, PayError>> + Send + 'static,
    ) -> Result<(), PayError> {
        let this = self.clone();
        let work = self.spawn(async move {
            let cancelled = work.await?;
            fault::point(fault::CANCELLED);
            this.0.settler.lanes.released(event, &cancelled.released);
            this.tell_cancelled(event, booking, &cancelled);
            let refunds = cancelled.refunds.into_iter().map(|payment| PaymentRef {
                event,
                booking,
                payment,
            });
            Ok(refunds.map(|of| this.start_refund(of)).collect::<Vec<_>>())
        });
        let refunds = join_all(join(work).await?);
        tokio::time::timeout(self.0.config.payment_wait(), refunds)
            .await
            .ok();
        Ok(())
    }

    /// Counts and logs it, unless it was cancelled before.
    fn tell_cancelled(&self, event: EventNo, booking: BookingId, cancelled: &Cancelled) {
        if !cancelled.is_news {
            return;
        }
        let figures = &self.0.settler.figures;
        figures.end(booking::Status::Cancelled);
        cancelled
            .refunds
            .iter()
            .for_each(|_| figures.count(Step::RefundDue));
        let refunds = cancelled.refunds.len();
        log::info!(booking:% = booking, event_no = event.0; "cancelled; {refunds} refunds are due");
    }

    /// Calls an event off: nothing more of it is sold, and all of its bookings will be cancelled and refunded. False if
    /// it was called off before.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn call_off(&self, by: &Actor, event: &Event) -> Result<bool, Error> {
        call_off::begin(&self.0.settler.db, by, event).await
    }

    /// How far the calling off of an event is; `None` if it was not called off.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn called_off(&self, event: EventNo) -> Result<Option<CallOff>, Error> {
        call_off::read(&self.0.reads, event).await
    }

    /// One round of cancelling the bookings of events that were called off. Returns how many were cancelled. Safe in
    /// any number of processes.
    ///
    /// # Errors
    /// Those of the database: what was not cancelled is found by the next round.
    pub async fn cancel_called_off(&self) -> Result<usize, Error> {
        call_off::run_due(&self.0.settler).await
    }

    /// Looks how many payments of the database are not done, for the figures.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn look_at_unfinished(&self) -> Result<(), Error> {
        self.0.unfinished.look(&self.0.reads).await
    }

    /// Tells the figures of all payments.
    ///
    /// # Errors
    /// There is no room for them.
    pub fn tell(&self, sheet: &mut Sheet<'_>) -> std::fmt::Result {
        let in_flight = IN_FLIGHT_MAX - self.0.in_flight.available_permits();
        sheet.gauge(
            "payments_in_flight",
            "Payments that this process is making",
            in_flight as f64,
        )?;
        self.0.unfinished.tell(sheet)?;
        self.0.settler.figures.tell(sheet)
    }

    pub(super) fn settler(&self) -> &Settler {
        &self.0.settler
    }

    /// How long a request waits for the gateway.
    pub(super) fn payment_wait(&self) -> Duration {
        self.0.config.payment_wait()
    }

    fn start_refund(&self, of: PaymentRef) -> JoinHandle<bool> {
        let settler = self.0.settler.clone();
        self.spawn(async move { settler.refund(of).await })
    }

    /// The payments of some bookings, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of_bookings(&self, bookings: &[Booking]) -> Result<Vec<Payment>, Error> {
        let events: Vec<EventNo> = bookings.iter().map(|booking| booking.event).collect();
        let ids: Vec<BookingId> = bookings.iter().map(|booking| booking.id).collect();
        ledger::of_bookings(&self.0.reads, &events, &ids).await
    }

    /// What happened to the charges of a booking at their providers, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn incidents(&self, booking: &Booking) -> Result<Vec<Happened>, Error> {
        incidents::of_booking(&self.0.reads, booking.event, booking.id).await
    }

    /// What happened to the charges of some bookings at their providers, oldest first of each.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn incidents_of(&self, bookings: &[Booking]) -> Result<Vec<Happened>, Error> {
        let events: Vec<EventNo> = bookings.iter().map(|booking| booking.event).collect();
        let ids: Vec<BookingId> = bookings.iter().map(|booking| booking.id).collect();
        incidents::of_bookings(&self.0.reads, &events, &ids).await
    }

    /// One round of recovery of charges: starts a task for each payment whose outcome is due to be asked for.
    /// Returns how many.
    ///
    /// # Errors
    /// Those of the database: what was not started stays due.
    pub async fn recover_charges(&self) -> Result<usize, Error> {
        Ok(self.0.charges.start_due().await?.len())
    }

    /// One round of recovery of refunds: starts a task for each that is due. Returns how many.
    ///
    /// # Errors
    /// Those of the database: what was not started stays due.
    pub async fn recover_refunds(&self) -> Result<usize, Error> {
        let parts = self.0.parts.start_due().await?.len();
        Ok(self.0.refunds.start_due().await?.len() + parts)
    }

    /// Waits for the payments in flight, this long at most. Recovery completes the others after the next start.
    pub async fn drain(&self, limit: Duration) {
        self.0.tasks.close();
        if tokio::time::timeout(limit, self.0.tasks.wait())
            .await
            .is_err()
        {
            let left = self.0.tasks.len();
            log::warn!("{left} payments are still under way; recovery will complete them");
        }
    }

    /// Spawns on the application's runtime. On a web worker's, the task would end with the worker.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.0.tasks.spawn_on(work, &self.0.runtime)
    }
}

/// Through whom a payment is made, and what its token says of the card.
fn through(settler: &Settler, request: &PaymentRequest) -> Through {
    let gateway = settler.gateways.current().clone();
    let token = request.method.token();
    let shown = token.and_then(|token| gateway.shown_of(token));
    Through { gateway, shown }
}

async fn join<T>(work: JoinHandle<Result<T, PayError>>) -> Result<T, PayError> {
    work.await.unwrap_or_else(|error| {
        let ended = format!("the payment's task ended: {error}");
        Err(PayError::Db(Error::Unavailable(ended)))
    })
}
