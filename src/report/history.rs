//! The life of one booking: what happened to it and to its money, what was done by whom, what was noted.

use serde_json::Value;

use super::Reports;
use crate::audit::{self, Actor};
use crate::booking::{self, Booking, Note, Status};
use crate::gateway::IncidentKind;
use crate::payment::{self, Happened, Payment, Refund};
use crate::postgres::Error;
use crate::types::{Money, PaymentId, Timestamp};

/// Entries of the audit trail that a history has at most, the newest.
const ENTRIES_MAX: usize = 200;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Tickets were taken.
    Booked,
    /// A card was to be charged.
    PaymentBegun(PaymentId, Money),
    /// It was.
    PaymentSucceeded(PaymentId, Money),
    /// It was not, and why.
    PaymentDeclined(PaymentId, String),
    /// The money is to go back.
    RefundDue(PaymentId, Money),
    /// It is back.
    Refunded(PaymentId, Money),
    /// The provider has told this of the charge, beside what was asked for here.
    Told {
        /// Of which charge.
        payment: PaymentId,
        /// What.
        kind: IncidentKind,
        /// How much it is about.
        amount: Money,
        /// The provider's name of the dispute or of the refund.
        reference: String,
    },
    /// It was paid.
    Confirmed,
    /// Its tickets were given back, and it became this.
    Ended(Status),
    /// Somebody wrote this down.
    Noted {
        /// What.
        text: String,
        /// Who.
        by: String,
    },
    /// Somebody did this: the action of an entry of the audit trail.
    Done {
        /// What.
        action: String,
        /// Who.
        by: Actor,
        /// What it was before.
        before: Option<Value>,
        /// What it was after.
        after: Option<Value>,
    },
}

impl What {
    /// As JSON has it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::PaymentBegun(..) => "payment-begun",
            Self::PaymentSucceeded(..) => "payment-succeeded",
            Self::PaymentDeclined(..) => "payment-declined",
            Self::RefundDue(..) => "refund-due",
            Self::Refunded(..) => "refunded",
            Self::Told { kind, .. } => match kind {
                // Ours is `refunded`: this one need not be.
                IncidentKind::Refunded => "refund-reported",
                kind => kind.as_str(),
            },
            Self::Confirmed => "confirmed",
            Self::Ended(Status::Cancelled) => "cancelled",
            Self::Ended(Status::Failed) => "failed",
            Self::Ended(_) => "expired",
            Self::Noted { .. } => "noted",
            Self::Done { .. } => "done",
        }
    }

    /// Of what happened at the same time, what comes first: a change follows from what was done.
    fn rank(&self) -> u8 {
        match self {
            Self::Booked => 0,
            Self::Done { .. } => 1,
            Self::PaymentBegun(..) => 2,
            Self::PaymentSucceeded(..) | Self::PaymentDeclined(..) => 3,
            Self::Confirmed | Self::Ended(_) => 4,
            Self::RefundDue(..) => 5,
            Self::Refunded(..) | Self::Told { .. } | Self::Noted { .. } => 6,
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

impl Reports {
    /// The life of a booking with these payments, of which the providers have told this; the oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn history(
        &self,
        booking: &Booking,
        payments: &[Payment],
        told: Vec<Happened>,
    ) -> Result<Vec<Moment>, Error> {
        let id = booking.id.to_string();
        let of = audit::Of::Subject(booking.event, &id);
        let entries = audit::read(&self.db, of, None, ENTRIES_MAX).await?;
        let notes = booking::notes(&self.db, booking.event, booking.id).await?;
        let mut moments: Vec<Moment> = of_booking(booking).collect();
        moments.extend(payments.iter().flat_map(of_payment));
        moments.extend(told.into_iter().map(of_happened));
        moments.extend(notes.into_iter().map(of_note));
        // A note tells of itself.
        let entries = entries.entries.into_iter();
        let done = entries.filter(|entry| entry.action != "booking.noted");
        moments.extend(done.map(|entry| Moment {
            at: entry.at,
            what: What::Done {
                action: entry.action,
                by: entry.by,
                before: entry.before,
                after: entry.after,
            },
        }));
        moments.sort_by_key(|moment| (moment.at, moment.what.rank()));
        Ok(moments)
    }
}

fn of_booking(booking: &Booking) -> impl Iterator<Item = Moment> + use<> {
    let moments = [
        (Some(booking.created_at), What::Booked),
        (booking.confirmed_at, What::Confirmed),
        (booking.ended_at, What::Ended(booking.status)),
    ];
    let happened = |(at, what): (Option<Timestamp>, What)| Some(Moment { at: at?, what });
    moments.into_iter().filter_map(happened)
}

fn of_payment(payment: &Payment) -> impl Iterator<Item = Moment> + use<> {
    let (id, amount) = (payment.id, payment.amount);
    let answer = match payment.status {
        payment::Status::Declined => {
            let code = payment.decline_code.clone().unwrap_or_default();
            What::PaymentDeclined(id, code)
        }
        _ => What::PaymentSucceeded(id, amount),
    };
    let moments = [
        (Some(payment.created_at), What::PaymentBegun(id, amount)),
        (payment.answered_at, answer),
        (
            payment.refund_requested_at,
            What::RefundDue(id, payment.rest()),
        ),
        (payment.refunded_at, What::Refunded(id, payment.rest())),
    ];
    let parts: Vec<_> = payment.refunds.iter().flat_map(of_refund).collect();
    let happened = |(at, what): (Option<Timestamp>, What)| Some(Moment { at: at?, what });
    moments.into_iter().chain(parts).filter_map(happened)
}

/// What went back while the booking stayed.
fn of_refund(refund: &Refund) -> [(Option<Timestamp>, What); 2] {
    let (id, amount) = (refund.payment, refund.amount);
    [
        (Some(refund.requested_at), What::RefundDue(id, amount)),
        (refund.refunded_at, What::Refunded(id, amount)),
    ]
}

fn of_happened(happened: Happened) -> Moment {
    Moment {
        at: happened.reported_at,
        what: What::Told {
            payment: happened.payment,
            kind: happened.kind,
            amount: happened.amount,
            reference: happened.reference,
        },
    }
}

fn of_note(note: Note) -> Moment {
    Moment {
        at: note.written_at,
        what: What::Noted {
            text: note.text,
            by: note.written_by,
        },
    }
}
