//! What paying counts: payments by what was recorded of them, calls of the gateway, bookings that a payment or a
//! cancellation has changed.

use std::fmt;
use std::time::Instant;

use crate::booking::Status;
use crate::gateway::IncidentKind;
use crate::metrics::{Counter, Histogram, Sheet};

/// A call of the gateway.
#[derive(Debug, Clone, Copy)]
pub(super) enum Call {
    Create,
    Confirm,
    Host,
    Fetch,
    Capture,
    Cancel,
    Refund,
    ReadWebhook,
}

const CALLS: [&str; 8] = [
    "create",
    "confirm",
    "host",
    "fetch",
    "capture",
    "cancel",
    "refund",
    "read-webhook",
];

/// What became of a payment, or of its money.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Begun,
    Asked,
    Succeeded,
    Captured,
    Declined,
    RefundDue,
    Refunded,
}

const STEPS: [&str; 7] = [
    "begun",
    "asked",
    "succeeded",
    "captured",
    "declined",
    "refund-due",
    "refunded",
];

/// The statuses that a payment or a cancellation leads a booking to.
const ENDS: [Status; 3] = [Status::Confirmed, Status::Failed, Status::Cancelled];

const INCIDENTS: usize = IncidentKind::ALL.len();

/// The counts of a process.
#[derive(Debug)]
pub(super) struct Figures {
    steps: [Counter; STEPS.len()],
    bookings: [Counter; ENDS.len()],
    calls: [Histogram; CALLS.len()],
    errors: [Counter; CALLS.len()],
    incidents: [Counter; INCIDENTS],
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            steps: Default::default(),
            bookings: Default::default(),
            calls: std::array::from_fn(|_| Histogram::of_seconds()),
            errors: Default::default(),
            incidents: Default::default(),
        }
    }
}

impl Figures {
    pub(super) fn count(&self, step: Step) {
        self.steps[step as usize].add_one();
    }

    /// A booking has got this status.
    pub(super) fn end(&self, status: Status) {
        if let Some(at) = ENDS.iter().position(|end| *end == status) {
            self.bookings[at].add_one();
        }
    }

    /// The provider has told of this.
    pub(super) fn count_incident(&self, kind: IncidentKind) {
        self.incidents[kind as usize].add_one();
    }

    /// Awaits a call of the gateway, and counts it.
    pub(super) async fn time<T, E>(
        &self,
        call: Call,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let began = Instant::now();
        let answer = answer.await;
        self.calls[call as usize].observe(began.elapsed());
        if answer.is_err() {
            self.errors[call as usize].add_one();
        }
        answer
    }

    pub(super) fn tell(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let steps = STEPS.iter().zip(&self.steps);
        sheet.counters(
            "payments",
            "Payments that this process has begun, and what it has recorded of payments",
            steps.map(|(step, count)| ([("step", *step)], count.get())),
        )?;
        let ends = ENDS.iter().zip(&self.bookings);
        sheet.counters(
            "bookings_changed",
            "Bookings that this process has confirmed, failed or cancelled",
            ends.map(|(status, count)| ([("to", status.as_str())], count.get())),
        )?;
        let incidents = IncidentKind::ALL.iter().zip(&self.incidents);
        sheet.counters(
            "payment_incidents",
            "Disputes, refunds made at the provider and refunds that failed, which it has told this process of",
            incidents.map(|(kind, count)| ([("kind", kind.as_str())], count.get())),
        )?;
        let calls = CALLS.iter().zip(&self.calls);
        sheet.histograms(
            "gateway_call_seconds",
            "How long the payment gateway takes to answer",
            calls.map(|(call, took)| ([("call", *call)], took.read())),
        )?;
        let errors = CALLS.iter().zip(&self.errors);
        sheet.counters(
            "gateway_errors",
            "Calls that the payment gateway did not answer, or refused",
            errors.map(|(call, count)| ([("call", *call)], count.get())),
        )
    }
}
