//! The JSON of bookings and payments, which several endpoints return.
//!
//! What must hold: it is a contract with integrators: fields are added, never changed or removed. No queries
//! here: the caller passes what is shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::moved_json::AskedMoveJson;
use crate::availability::Counts;
use crate::booking::{Booking, Status};
use crate::catalog::Event;
use crate::payment::{self, Payment, Refund};
use crate::price::{self, Line};
use crate::ticket::Ticket;
use crate::types::contact::Contact;
use crate::types::{
    BookingId, BookingKind, BuyerId, EventId, Money, PaymentId, Reference, RefundId, TierCode,
    Timestamp,
};
use crate::web::error::Error;

/// Who the buyer says they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContact)]
pub(super) struct ContactJson {
    /// As they want to be called; 200 characters at most.
    #[serde(default)]
    #[schema(max_length = 200, examples("Ana Duarte"))]
    name: String,
    /// Where tickets and news of the event can reach them; 254 characters at most.
    #[schema(
        max_length = 254,
        pattern = r"^[ \t]*[!-?A-~]+@[!-\-/-?A-~]([!-?A-~]*[!-\-/-?A-~])?[ \t]*$",
        examples("ana@example.org")
    )]
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
#[derive(Serialize, ToSchema)]
#[schema(as = Booking)]
pub(super) struct BookingJson<'a> {
    id: BookingId,
    reference: Reference,
    event_id: EventId,
    buyer_id: BuyerId,
    status: Status,
    /// How it came about: a buyer's `sale`, `box_office` at the counter, `complimentary`, or `withheld`: a block of tickets
    /// that are kept off sale.
    kind: BookingKind,
    /// When the tickets were taken.
    #[schema(value_type = DateTime<Utc>)]
    created_at: Timestamp,
    /// When the hold ends; null unless the booking is pending.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    expires_at: Option<Timestamp>,
    /// When it was paid.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    confirmed_at: Option<Timestamp>,
    /// When its tickets were given back.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    ended_at: Option<Timestamp>,
    /// The price of all that was ordered. What went back since is in `payments`.
    total: Money,
    /// Of what is made up what its tickets cost that it has now: those that are not `included` sum up to the total, less
    /// what went back for tickets that it has no more.
    price_lines: Vec<LineJson<'a>>,
    /// The promo code with which it was booked.
    #[schema(required = true)]
    code: Option<&'a str>,
    /// In the order of the event's tiers.
    items: Vec<ItemJson<'a>>,
    /// The payment that was charged and not refunded, or else the last one.
    #[schema(required = true)]
    payment: Option<PaymentJson<'a>>,
    /// Every payment, oldest first; with the items it is the receipt.
    payments: Vec<PaymentJson<'a>>,
    /// Who its buyer says they are; null for whoever has only the booking's link.
    #[schema(required = true)]
    pub(super) contact: Option<Contact>,
    /// Each ticket with its code, in the answer to a request for one confirmed booking only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tickets: Vec<TicketJson<'a>>,
    /// The last move of the event, if it was moved after the booking was made; left out if not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) moved: Option<AskedMoveJson<'a>>,
    /// What is left of each tier, in the answer to a new booking only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) availability: Vec<TierLeft<'a>>,
}

/// A part of what a booking costs.
#[derive(Serialize, ToSchema)]
#[schema(as = PriceLine)]
pub(super) struct LineJson<'a> {
    kind: price::Kind,
    /// Of a fee or a tax its name, of a discount its code, of tickets their tier's name.
    name: String,
    /// The code of the tier whose tickets it is of; null: of the order as a whole.
    #[schema(required = true)]
    tier: Option<&'a str>,
    /// Tickets of that tier.
    #[schema(required = true)]
    quantity: Option<i32>,
    /// Hundredths of a percent, if it is a part of something.
    #[schema(required = true)]
    percent_bp: Option<i32>,
    /// Of a discount it is negative.
    amount: Money,
    /// Whether other lines contain it, as they may a tax.
    included: bool,
}

impl<'a> LineJson<'a> {
    fn new(line: &Line, event: &'a Event) -> Self {
        let tier = line.of.and_then(|(tier, _)| event.tier_no(tier));
        Self {
            kind: line.kind,
            name: match (line.kind, tier) {
                (price::Kind::Tickets, Some(tier)) => tier.name.clone(),
                _ => line.name.clone(),
            },
            tier: tier.map(|tier| tier.code.as_str()),
            quantity: line.of.map(|of| of.1),
            percent_bp: line.percent_bp,
            amount: event.money(line.amount_minor),
            included: !line.is_added,
        }
    }
}

/// The tickets of one tier.
#[derive(Serialize, ToSchema)]
#[schema(as = BookingItem)]
struct ItemJson<'a> {
    /// The tier's code.
    tier: &'a str,
    /// The tier's name.
    name: &'a str,
    /// How many tickets.
    quantity: i32,
    /// The price of each, as it was when they were booked.
    unit_price: Money,
    /// Row and number of each, such as `A-7`; of a tier without numbered seats the number alone.
    seats: Vec<String>,
    /// Whether the seats are side by side; null if they have no numbers.
    #[schema(required = true)]
    together: Option<bool>,
}

/// One ticket of a confirmed booking.
#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(super) struct TicketJson<'a> {
    /// The tier's code.
    tier: &'a str,
    /// As in `seats`.
    seat: String,
    /// The text of its QR code: what lets its bearer in, once.
    #[schema(examples("BX2.AAAAAAAAAAAACUAACAAHUEQAAAAAAHWMRSA7UXPQGG5JSSQCD"))]
    code: String,
}

/// The tickets of a booking, with their codes.
pub(super) fn tickets<'a>(
    event: &'a Event,
    booking: &Booking,
    coded: Vec<(Ticket, String)>,
) -> Vec<TicketJson<'a>> {
    let ticket = |(ticket, code): (Ticket, String)| {
        let bought = booking.bought(ticket.tier, ticket.seat, &event.stock);
        let tier = event.tier_no(bought)?;
        Some(TicketJson {
            tier: tier.code.as_str(),
            seat: tier.label(ticket.seat),
            code,
        })
    };
    coded.into_iter().filter_map(ticket).collect()
}

/// A payment in JSON.
#[derive(Serialize, ToSchema)]
#[schema(as = Payment)]
pub(super) struct PaymentJson<'a> {
    id: PaymentId,
    booking_id: BookingId,
    status: payment::Status,
    /// What is charged.
    amount: Money,
    /// `card`, or at the box office `cash` or `terminal`.
    method: payment::Method,
    /// The card's brand, such as `visa`; empty if it was paid at the box office. Of a booking that was handed over, whoever
    /// has only its link is told nothing of the card: it was the former buyer's.
    card_brand: &'a str,
    /// The last four digits of the card; empty if it was paid at the box office.
    card_last4: &'a str,
    /// Why the card was declined; null if it was not, and where nothing is told of the card.
    #[schema(required = true)]
    decline_code: Option<&'a str>,
    #[schema(value_type = DateTime<Utc>)]
    created_at: Timestamp,
    /// When the gateway's answer was recorded.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    answered_at: Option<Timestamp>,
    /// Whether the money is about to go back.
    refund_due: bool,
    /// When the money went back.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    refunded_at: Option<Timestamp>,
    /// What of it went back while the booking stayed, oldest first; missing if nothing did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refunds: Vec<RefundJson>,
}

/// What went back of a payment while its booking stayed.
#[derive(Serialize, ToSchema)]
#[schema(as = Refund)]
struct RefundJson {
    id: RefundId,
    /// How much.
    amount: Money,
    /// When it was to go back.
    #[schema(value_type = DateTime<Utc>)]
    requested_at: Timestamp,
    /// When it went back; null until then.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    refunded_at: Option<Timestamp>,
}

impl From<&Refund> for RefundJson {
    fn from(refund: &Refund) -> Self {
        Self {
            id: refund.id,
            amount: refund.amount,
            requested_at: refund.requested_at,
            refunded_at: refund.refunded_at,
        }
    }
}

impl<'a> From<&'a Payment> for PaymentJson<'a> {
    fn from(payment: &'a Payment) -> Self {
        Self {
            id: payment.id,
            booking_id: payment.booking,
            status: payment.status,
            amount: payment.amount,
            method: payment.method,
            card_brand: &payment.card_brand,
            card_last4: &payment.card_last4,
            decline_code: payment.decline_code.as_deref(),
            created_at: payment.created_at,
            answered_at: payment.answered_at,
            refund_due: payment.refund_due,
            refunded_at: payment.refunded_at,
            refunds: payment.refunds.iter().map(RefundJson::from).collect(),
        }
    }
}

impl<'a> BookingJson<'a> {
    /// `payments` are the booking's, oldest first.
    pub(super) fn new(
        booking: &'a Booking,
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
                seats: tier.labels(&item.seats),
                together: tier
                    .rows
                    .as_ref()
                    .map(|rows| rows.are_together(&booking.party(item, &event.stock))),
            })
        });
        Self {
            id: booking.id,
            reference: booking.reference,
            event_id: event.id,
            buyer_id: booking.buyer,
            status: booking.status,
            kind: booking.kind,
            created_at: booking.created_at,
            expires_at: booking.expires_at,
            confirmed_at: booking.confirmed_at,
            ended_at: booking.ended_at,
            total: booking.total,
            price_lines: {
                let lines = booking.lines_left();
                let shown = lines.iter().filter(|line| line.is_shown());
                shown.map(|line| LineJson::new(line, event)).collect()
            },
            code: booking.code(),
            items: items.collect(),
            payment: payment.map(PaymentJson::from),
            payments: payments.map(PaymentJson::from).collect(),
            contact: None,
            tickets: Vec::new(),
            moved: AskedMoveJson::of(booking, event, &[]),
            availability: Vec::new(),
        }
    }
}

/// What is left of one tier.
#[derive(Serialize, ToSchema)]
pub(super) struct TierLeft<'a> {
    tier: &'a TierCode,
    /// Tickets that are free.
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
