//! What follows after the commit of `record` or `cancel`: tells this process's lanes which tickets are free
//! again, captures what was authorised, and asks the provider for refunds that are due.
//!
//! What must hold: everything here may be lost and is repeated. A capture or a refund becomes due in the transaction that records the
//! charge or cancels the booking, and is recorded when the provider has confirmed it; if the process
//! dies here or the call fails, it stays due and recovery retries it. What was not captured is set free, not refunded:
//! nothing is asked back of it.

use std::sync::Arc;
use std::time::Duration;

use super::figures::{Call, Figures, Step};
use super::record::{NotRecorded, Recorded, Source, record};
use super::{
    GATEWAY_LIMIT, Payment, PaymentRef, RefundRef, Status, ledger, refunds, wait_for_gateway,
};
use crate::allocator::{Lanes, Locked};
use crate::fault;
use crate::gateway::{Answer, GatewayError, Gateways, Refund, Refunded};
use crate::postgres::{Db, Error};
use crate::types::{BookingId, EventNo, PaymentId, RefundId};

/// The pauses before an answer is recorded again whose tickets others have locked. Locks are held for
/// milliseconds; after the last attempt recovery or the gateway's next webhook records it.
const LOCKED_PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
];

/// Settles payments. Cheap to clone.
#[derive(Clone)]
pub(super) struct Settler {
    pub(super) db: Db,
    pub(super) gateways: Gateways,
    pub(super) lanes: Lanes,
    pub(super) figures: Arc<Figures>,
}

impl Settler {
    /// Records an answer, and makes the capture or the refund that became due.
    pub(super) async fn settle(&self, of: PaymentRef, source: Source) -> Result<(), NotRecorded> {
        let recorded = self.record(of, source).await?;
        self.follow(of, &recorded).await;
        Ok(())
    }

    /// Makes the capture or the refund that became due.
    pub(super) async fn follow(&self, of: PaymentRef, recorded: &Recorded) {
        if recorded.refund_due {
            self.refund(of).await;
        } else if recorded.capture_due {
            self.capture(of).await;
        }
    }

    /// Records an answer. The caller makes what became due.
    ///
    /// If the tickets of an expired booking are not at hand, the event's overdue holds are ended, and locked
    /// tickets are waited for, a bounded time.
    pub(super) async fn record(
        &self,
        of: PaymentRef,
        source: Source,
    ) -> Result<Recorded, NotRecorded> {
        let source = Arc::new(source);
        let mut recorded = record(&self.db, of, &source, Locked::Skip).await;
        for pause in LOCKED_PAUSES {
            if !matches!(recorded, Err(NotRecorded::Locked)) {
                break;
            }
            tokio::time::sleep(pause).await;
            if let Err(error) = self.lanes.expire(of.event).await {
                log::warn!("overdue holds were not ended: {error}");
            }
            recorded = record(&self.db, of, &source, Locked::WaitFor).await;
        }
        let recorded = recorded?;
        self.count(&recorded);
        tell(of, &recorded);
        self.lanes.released(of.event, &recorded.released);
        for tier in &recorded.retaken {
            let quantity = tier.seats.len() as i32;
            self.lanes
                .taken(of.event, tier.stock, quantity, &tier.seats);
        }
        Ok(recorded)
    }

    /// Counts what an answer of the gateway has changed.
    fn count(&self, recorded: &Recorded) {
        if let Some(step) = recorded.payment {
            self.figures.count(step);
        }
        if recorded.refund_due {
            self.figures.count(Step::RefundDue);
        }
        if let Some(status) = recorded.booking {
            self.figures.end(status);
        }
    }

    /// Captures what was authorised, and records it. Returns whether nothing is to be captured any more; if not, it stays due.
    pub(super) async fn capture(&self, of: PaymentRef) -> bool {
        let (booking, id) = (of.booking, of.payment);
        let answer = match self.read(of).await {
            Ok(payment) if !payment.capture_due => return true,
            Ok(payment) => self.ask_to_capture(&payment).await,
            Err(error) => Err(GatewayError::Unavailable(error.to_string())),
        };
        fault::point(fault::CAPTURED);
        let recorded = match answer {
            Ok(answer) => self.record(of, Source::asked(answer)).await,
            Err(error) => {
                log::warn!(booking:% = booking, payment:% = id; "not captured: {error}; it stays due");
                return false;
            }
        };
        match recorded {
            Ok(recorded) => recorded.payment.is_some(),
            Err(error) => {
                log::warn!(booking:% = booking, payment:% = id; "the capture was not recorded: {error}");
                false
            }
        }
    }

    async fn ask_to_capture(&self, payment: &Payment) -> Result<Answer, GatewayError> {
        let (gateway, intent) = (self.gateways.of(payment.provider)?, payment.intent());
        let captured = wait_for_gateway(GATEWAY_LIMIT, gateway.capture(&intent));
        self.figures.time(Call::Capture, captured).await
    }

    /// Gives back what is left of a charge whose refund is due, and records it. Returns whether both were done; if not, it
    /// stays due.
    pub(super) async fn refund(&self, of: PaymentRef) -> bool {
        let (event, booking, id) = (of.event, of.booking, of.payment);
        let payment = match self.captured(of).await {
            Ok(Some(payment)) => payment,
            Ok(None) => return true,
            Err(error) => {
                log::warn!(booking:% = booking, payment:% = id; "not refunded: {error}; it stays due");
                return false;
            }
        };
        let rest = payment.rest();
        if rest.minor > 0 || payment.returned_minor == 0 {
            let refund = Refund {
                id: RefundId(id.0),
                of: payment.intent(),
                amount: rest,
            };
            if !self.ask_to_refund(event, &payment, refund).await {
                return false;
            }
        }
        let recorded = ledger::set_refunded(&self.db, event, id).await;
        self.tell_refunded(booking, event, id, recorded)
    }

    /// Makes a refund in part that is due, and records it; as [`Settler::refund`].
    pub(super) async fn refund_part(&self, of: RefundRef) -> bool {
        let charge = PaymentRef {
            event: of.event,
            booking: of.booking,
            payment: of.payment,
        };
        // A part can be given back of what was captured only.
        if !self.capture(charge).await {
            return false;
        }
        let payment = match self.captured_for(charge, of.refund).await {
            Ok(Some(payment)) => payment,
            Ok(None) => return true,
            Err(error) => {
                let (booking, id) = (of.booking, of.payment);
                log::warn!(booking:% = booking, payment:% = id; "not refunded: {error}; it stays due");
                return false;
            }
        };
        let refund = Refund {
            id: of.refund,
            of: payment.intent(),
            amount: of.amount,
        };
        if !self.ask_to_refund(of.event, &payment, refund).await {
            return false;
        }
        let recorded = refunds::set_refunded(&self.db, of.event, of.refund).await;
        self.tell_refunded(of.booking, of.event, of.payment, recorded)
    }

    async fn read(&self, of: PaymentRef) -> Result<Payment, Error> {
        let payment = ledger::get(&self.db, of.event, of.payment).await?;
        let missing = || Error::Inconsistent(format!("payment {} has disappeared", of.payment));
        payment.ok_or_else(missing)
    }

    /// The payment, captured; `None` if nothing of it has to go back any more. What was reserved and not captured is set free
    /// first, with all parts of it that are due, unless it was captured meanwhile.
    async fn captured(&self, of: PaymentRef) -> Result<Option<Payment>, NotRefunded> {
        let mut payment = self.read(of).await?;
        if payment.capture_due {
            let answer = self.cancel(&payment).await?;
            let state = answer.state.clone();
            self.record(of, Source::asked(answer)).await?;
            payment = self.read(of).await?;
            if payment.capture_due {
                let state = format!("what was reserved is {}", state.as_str());
                return Err(GatewayError::Unknown(state).into());
            }
        }
        Ok((payment.status == Status::Succeeded).then_some(payment))
    }

    /// The same for a part, of what was captured before: `None` if it has not to go back any more.
    async fn captured_for(&self, of: PaymentRef, part: RefundId) -> Result<Option<Payment>, Error> {
        let payment = self.read(of).await?;
        // Nothing becomes void of what is captured, so this is read after it.
        let is_due = refunds::is_due(&self.db, of.event, part).await?;
        Ok(is_due.then_some(payment))
    }

    async fn cancel(&self, payment: &Payment) -> Result<Answer, GatewayError> {
        let (gateway, intent) = (self.gateways.of(payment.provider)?, payment.intent());
        let cancelled = wait_for_gateway(GATEWAY_LIMIT, gateway.cancel(&intent));
        let cancelled = self.figures.time(Call::Cancel, cancelled).await;
        fault::point(fault::REFUNDED);
        cancelled
    }

    /// Whether the gateway has made the refund. One that it is not sure of, or cannot make, stays due: it is asked again,
    /// and whoever waits for it too long is told of by `check`, which knows what the gateway has said.
    async fn ask_to_refund(&self, event: EventNo, payment: &Payment, refund: Refund) -> bool {
        let refunded = async {
            let gateway = self.gateways.of(payment.provider)?;
            wait_for_gateway(GATEWAY_LIMIT, gateway.refund(&refund)).await
        };
        let refunded = self.figures.time(Call::Refund, refunded).await;
        fault::point(fault::REFUNDED);
        let (booking, id) = (payment.booking, payment.id);
        if let Ok(refunded) = &refunded {
            let is_pending = *refunded == Refunded::Pending;
            self.note_pending(event, payment, refund.id, is_pending)
                .await;
        }
        match refunded {
            Ok(Refunded::Succeeded) => return true,
            Ok(Refunded::Pending) => {
                log::info!(booking:% = booking, payment:% = id; "the refund is pending");
            }
            Ok(Refunded::Failed { code }) => {
                log::error!(booking:% = booking, payment:% = id; "the gateway cannot refund: {code}; it stays due");
            }
            Err(error) => {
                log::warn!(booking:% = booking, payment:% = id; "not refunded: {error}; it stays due");
            }
        }
        false
    }

    /// Only `check` needs it, so it may be lost.
    async fn note_pending(&self, event: EventNo, of: &Payment, refund: RefundId, is_pending: bool) {
        let noted = match refund.0 == of.id.0 {
            true => ledger::set_refund_pending(&self.db, event, of.id, is_pending).await,
            false => refunds::set_pending(&self.db, event, refund, is_pending).await,
        };
        if let Err(error) = noted {
            let (booking, id) = (of.booking, of.id);
            log::warn!(booking:% = booking, payment:% = id; "what was said of the refund was not noted: {error}");
        }
    }

    fn tell_refunded(
        &self,
        booking: BookingId,
        event: EventNo,
        id: PaymentId,
        recorded: Result<(), Error>,
    ) -> bool {
        if let Err(error) = recorded {
            log::warn!(
                booking:% = booking, payment:% = id;
                "the refund was not recorded: {error}; it stays due"
            );
            return false;
        }
        self.figures.count(Step::Refunded);
        log::info!(booking:% = booking, event_no = event.0, payment:% = id; "refunded");
        true
    }
}

/// Why nothing was given back; it stays due.
#[derive(Debug, thiserror::Error)]
enum NotRefunded {
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
    #[error(transparent)]
    Db(#[from] Error),
}

/// Logs what became of a booking and its payment.
fn tell(of: PaymentRef, recorded: &Recorded) {
    let (booking, payment, event) = (of.booking, of.payment, of.event.0);
    let mut told = Vec::new();
    match recorded.payment {
        Some(Step::Asked) => told.push("the buyer has to do something"),
        Some(Step::Succeeded) => told.push("payment succeeded"),
        Some(Step::Captured) => told.push("payment captured"),
        Some(Step::Declined) => told.push("payment declined"),
        Some(Step::Refunded) => told.push("payment set free"),
        _ => {}
    }
    if let Some(status) = recorded.booking {
        told.push(status.as_str());
    }
    if recorded.refund_due {
        told.push("refund due");
    }
    if recorded.capture_due {
        told.push("capture due");
    }
    if !told.is_empty() {
        let told = told.join(", ");
        log::info!(booking:% = booking, event_no = event, payment:% = payment; "{told}");
    }
}
