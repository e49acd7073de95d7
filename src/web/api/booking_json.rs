//! The JSON of bookings and payments, which several endpoints return.
//!
//! What must hold: it is a contract with integrators: fields are added, never changed or removed. No queries
//! here: the caller passes what is shown.

use serde::{Deserialize, Serialize};

use crate::availability::Counts;
use crate::booking::{Booking, Status};
use crate::catalog::Event;
use crate::payment::{self, Payment};
use crate::types::contact::Contact;
use crate::types::{BookingId, BuyerId, EventId, Money, PaymentId, Reference, TierCode, Timestamp};
use crate::web::error::Error;

/// Who the buyer says they are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactJson {
    #[serde(default)]
    name: String,
    email: String,
}

impl ContactJson {
    /// # Errors
    /// 422 for the field that is wrong.
    pub(super) fn read(self) -> Result<Contact, Error> {
        Contact::new(&self.name, &self.email).map_err(Error::of_contact)
    }
}

/// A booking in JSON.
#[derive(Serialize)]
pub(super) struct BookingJson<'a> {
    id: BookingId,
    reference: Reference,
    event_id: EventId,
    buyer_id: BuyerId,
    status: Status,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    confirmed_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    total: Money,
    items: Vec<ItemJson<'a>>,
    /// The payment that was charged and not refunded, or else the last one.
    payment: Option<PaymentJson<'a>>,
    /// Every payment, oldest first; with the items it is the receipt.
    payments: Vec<PaymentJson<'a>>,
    /// Who its buyer says they are.
    pub(super) contact: Option<Contact>,
    /// What is left of each tier, in the answer to a new booking only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) availability: Vec<TierLeft<'a>>,
}

#[derive(Serialize)]
struct ItemJson<'a> {
    tier: &'a str,
    name: &'a str,
    quantity: i32,
    unit_price: Money,
    seats: Vec<String>,
    together: Option<bool>,
}

/// A payment in JSON.
#[derive(Serialize)]
pub(super) struct PaymentJson<'a> {
    id: PaymentId,
    booking_id: BookingId,
    status: payment::Status,
    amount: Money,
    card_brand: &'a str,
    card_last4: &'a str,
    decline_code: Option<&'a str>,
    created_at: Timestamp,
    answered_at: Option<Timestamp>,
    refund_due: bool,
    refunded_at: Option<Timestamp>,
}

impl<'a> From<&'a Payment> for PaymentJson<'a> {
    fn from(payment: &'a Payment) -> Self {
        Self {
            id: payment.id,
            booking_id: payment.booking,
            status: payment.status,
            amount: payment.amount,
            card_brand: &payment.card_brand,
            card_last4: &payment.card_last4,
            decline_code: payment.decline_code.as_deref(),
            created_at: payment.created_at,
            answered_at: payment.answered_at,
            refund_due: payment.refund_due,
            refunded_at: payment.refunded_at,
        }
    }
}

impl<'a> BookingJson<'a> {
    /// `payments` are the booking's, oldest first.
    pub(super) fn new(
        booking: &Booking,
        event: &'a Event,
        payments: impl DoubleEndedIterator<Item = &'a Payment> + Clone,
    ) -> Self {
        let is_kept = |payment: &&Payment| {
            payment.status == payment::Status::Succeeded && !payment.refund_due
        };
        let mut latest_first = payments.clone().rev();
        let payment = (latest_first.clone().find(is_kept)).or_else(|| latest_first.next());
        let items = booking.items.iter().filter_map(|item| {
            let tier = event.tier_no(item.tier)?;
            Some(ItemJson {
                tier: tier.code.as_str(),
                name: &tier.name,
                quantity: item.quantity,
                unit_price: event.money(item.unit_price_minor),
                seats: item.seats.iter().map(|&seat| tier.label(seat)).collect(),
                together: tier
                    .rows
                    .as_ref()
                    .map(|rows| rows.are_together(&item.seats)),
            })
        });
        Self {
            id: booking.id,
            reference: booking.reference,
            event_id: event.id,
            buyer_id: booking.buyer,
            status: booking.status,
            created_at: booking.created_at,
            expires_at: booking.expires_at,
            confirmed_at: booking.confirmed_at,
            ended_at: booking.ended_at,
            total: booking.total,
            items: items.collect(),
            payment: payment.map(PaymentJson::from),
            payments: payments.map(PaymentJson::from).collect(),
            contact: None,
            availability: Vec::new(),
        }
    }
}

/// What is left of one tier.
#[derive(Serialize)]
pub(super) struct TierLeft<'a> {
    tier: &'a TierCode,
    available: i32,
}

/// What is left of each tier of an event.
pub(super) fn tiers_left<'a>(event: &'a Event, counts: &Counts) -> Vec<TierLeft<'a>> {
    let available = |no| counts.tier(no).map_or(0, |count| count.available);
    event
        .tiers
        .iter()
        .map(|tier| TierLeft {
            tier: &tier.code,
            available: available(tier.no),
        })
        .collect()
}
