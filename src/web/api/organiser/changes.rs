//! Handlers of what organisers change of a paid booking: some tickets given back, tickets exchanged, another person's.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::ToSchema;

use super::bookings::{HistoryJson, show};
use super::differences::NewDifferenceJson;
use super::{actor, booking as asked_booking, caller};
use crate::access::api_token::Scope;
use crate::app::App;
use crate::booking::{self, Asked, Booking, HeldTicket, check_contact};
use crate::catalog::{Event, Tier};
use crate::payment::{Exchange, GiveBack, Settling};
use crate::types::contact::ContactRule;
use crate::types::{Fingerprint, SeatNo, json};
use crate::web::about;
use crate::web::api::booking_json::ContactJson;
use crate::web::api::parameters::{BookingPath, IdempotencyKeyParam};
use crate::web::error::Error;
use crate::web::extract::{self, Body};

/// A ticket of a booking.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketOfBooking)]
struct TicketJson {
    /// The tier's code.
    #[schema(examples("vip"))]
    tier: String,
    /// As the booking's `seats` have it: `A-7`, or the number alone.
    #[schema(examples("A-7"))]
    seat: String,
}

/// Tickets to be given back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReturn)]
struct ReturnJson {
    /// Some of the booking's tickets, not all: a booking that loses all of them is cancelled.
    #[serde(deserialize_with = "json::objects")]
    #[schema(min_items = 1, max_items = 100)]
    tickets: Vec<TicketJson>,
    /// What is expected to go back, in minor units: if it is something else, nothing is done.
    #[schema(minimum = 0)]
    expected_refund: Option<i64>,
}

/// Tickets to be exchanged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewExchange)]
struct ExchangeJson {
    /// What is given up: tickets of one tier.
    #[serde(deserialize_with = "json::objects")]
    #[schema(min_items = 1, max_items = 100)]
    tickets: Vec<TicketJson>,
    /// The code of the tier of which as many are wanted; the same one if there is none here.
    tier: Option<String>,
    /// The seats that are wanted, as many as `tickets`; without them the best that are free, side by side if there are
    /// such.
    #[schema(min_items = 1, max_items = 100)]
    seats: Option<Vec<String>>,
    /// Whether the buyer need not pay what dearer tickets cost more. Without it, or `paid_difference`, such an exchange is
    /// refused.
    #[serde(default)]
    waive_difference: bool,
    /// What the buyer has paid by hand of what dearer tickets cost more: all of it. Not with `waive_difference`.
    #[serde(default, deserialize_with = "json::optional_object")]
    paid_difference: Option<NewDifferenceJson>,
    /// As in a return.
    #[schema(minimum = 0)]
    expected_refund: Option<i64>,
}

/// Who is to have a booking.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewHandover)]
struct HandoverJson {
    /// Needed unless the event's `contact` is `none`.
    #[serde(default, deserialize_with = "json::optional_object")]
    contact: Option<ContactJson>,
}

/// The request, with a hash over what it asks.
fn asked(request: &HttpRequest, booking: &Booking, what: &str) -> Result<Asked, Error> {
    Ok(Asked {
        event: booking.event,
        booking: booking.id,
        key: extract::idempotency_key(request)?,
        fingerprint: Fingerprint::of([what.as_bytes()]),
    })
}

/// The tickets that were named.
fn tickets(named: &[TicketJson], event: &Event) -> Result<Vec<HeldTicket>, Error> {
    let one = |(at, ticket): (usize, &TicketJson)| {
        let tier = event.tier(&ticket.tier);
        let unknown = || Error::invalid_field(&format!("/tickets/{at}/tier"), "field-tier-unknown");
        let tier = tier.ok_or_else(unknown)?;
        let seat = seat(tier, &ticket.seat, &format!("/tickets/{at}/seat"))?;
        Ok((tier.no, seat))
    };
    if named.len() > 100 {
        return Err(Error::out_of_range("/tickets", 1, 100));
    }
    named.iter().enumerate().map(one).collect()
}

fn seat(tier: &Tier, label: &str, pointer: &str) -> Result<SeatNo, Error> {
    let seat = tier.seat(label);
    seat.ok_or_else(|| Error::invalid_field(pointer, "field-seat-unknown"))
}

/// Give some tickets of a booking back
///
/// They can be sold again, and what they have cost goes back to the card; what was paid for them by hand is to be given back
/// by hand. Their codes let nobody in any more. Tickets of guests who are in stay theirs.
#[utoipa::path(
    post,
    path = "/api/organiser/bookings/{booking_id}/returns",
    operation_id = "returnTickets",
    tag = "organiser",
    params(BookingPath, IdempotencyKeyParam),
    request_body = ReturnJson,
    responses((status = 200, description = "The booking and its life.", body = HistoryJson)),
    security(("apiToken" = ["bookings:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "booking-not-paid", "hold-expired", "booking-cancelled",
        "booking-failed", "tickets-changed", "already-let-in", "refund-differs", "nothing-to-refund",
        "refund-refused", "called-off", "only-cancelled", "idempotency-key-reused",
    ]))),
)]
pub async fn give_back(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsWrite).await?;
    let wanted: ReturnJson = extract::json(&request, &body)?;
    let (booking, event) = asked_booking(&app, &request, &token).await?;
    let tickets = tickets(&wanted.tickets, &event)?;
    let what = format!("return {tickets:?} {:?}", wanted.expected_refund);
    let change = GiveBack {
        asked: asked(&request, &booking, &what)?,
        tickets,
        expected_minor: wanted.expected_refund,
    };
    let done = app.payments.give_back(&actor(&token), &event, change).await;
    done.map_err(|error| Error::of_change(error, &event))?;
    about::note_done("returned");
    changed(&app, booking, &event).await
}

/// Exchange tickets of a booking
///
/// For as many others of the same tier or of another, all or none. What cheaper ones cost less goes back to the card. What
/// dearer ones cost more is waived, or was paid by hand: that is recorded with each ticket, and is to be given back by hand
/// once the ticket has left the booking. The tickets get new codes; those of before are answered `replaced` at the door.
#[utoipa::path(
    post,
    path = "/api/organiser/bookings/{booking_id}/exchanges",
    operation_id = "exchangeTickets",
    tag = "organiser",
    params(BookingPath, IdempotencyKeyParam),
    request_body = ExchangeJson,
    responses((status = 200, description = "The booking and its life.", body = HistoryJson)),
    security(("apiToken" = ["bookings:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "booking-not-paid", "hold-expired", "booking-cancelled",
        "booking-failed", "tickets-changed", "seats-taken", "sold-out", "held-by-others", "already-let-in",
        "difference-owed", "difference-differs", "refund-differs", "nothing-to-refund", "refund-refused",
        "called-off", "only-cancelled", "idempotency-key-reused",
    ]))),
)]
pub async fn exchange(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsWrite).await?;
    let wanted: ExchangeJson = extract::json(&request, &body)?;
    let (booking, event) = asked_booking(&app, &request, &token).await?;
    let change = wanted.read(&request, &booking, &event)?;
    let done = app.payments.exchange(&actor(&token), &event, change).await;
    done.map_err(|error| Error::of_change(error, &event))?;
    about::note_done("exchanged");
    changed(&app, booking, &event).await
}

impl ExchangeJson {
    fn read(
        &self,
        request: &HttpRequest,
        booking: &Booking,
        event: &Event,
    ) -> Result<Exchange, Error> {
        let tickets = tickets(&self.tickets, event)?;
        let tier = match (&self.tier, tickets.first()) {
            (Some(code), _) => event.tier(code),
            (None, first) => first.and_then(|(tier, _)| event.tier_no(*tier)),
        };
        let tier = tier.ok_or_else(|| Error::invalid_field("/tier", "field-tier-unknown"))?;
        let named = |seats: &Vec<String>| {
            let seats = seats.iter().enumerate();
            let seats = seats.map(|(at, label)| seat(tier, label, &format!("/seats/{at}")));
            seats.collect::<Result<Vec<_>, _>>()
        };
        let seats = self.seats.as_ref().map(named).transpose()?;
        let difference = self.settling()?;
        let (no, expected, waives) = (tier.no, self.expected_refund, self.waive_difference);
        let mut what = format!("exchange {tickets:?} {no:?} {seats:?} {waives} {expected:?}");
        if let Settling::Paid { .. } = difference {
            what = format!("{what} {difference:?}");
        }
        Ok(Exchange::new(
            asked(request, booking, &what)?,
            tickets,
            no,
            seats,
            difference,
            expected,
        ))
    }

    fn settling(&self) -> Result<Settling, Error> {
        match (&self.paid_difference, self.waive_difference) {
            (Some(_), true) => {
                let pointer = "/paid_difference";
                Err(Error::invalid_field(pointer, "field-paid-and-waived"))
            }
            (Some(paid), false) => paid.read(),
            (None, true) => Ok(Settling::Waived),
            (None, false) => Ok(Settling::Refused),
        }
    }
}

/// Give a booking to another person
///
/// Whoever had it has nothing of it any more: it has another `buyer_id`, another link, and its tickets have other codes.
#[utoipa::path(
    post,
    path = "/api/organiser/bookings/{booking_id}/handovers",
    operation_id = "handOver",
    tag = "organiser",
    params(BookingPath, IdempotencyKeyParam),
    request_body = HandoverJson,
    responses((status = 200, description = "The booking and its life, with its new link.", body = HistoryJson)),
    security(("apiToken" = ["bookings:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "booking-not-paid", "hold-expired", "booking-cancelled",
        "booking-failed", "already-let-in", "only-cancelled", "idempotency-key-reused",
    ]))),
)]
pub async fn hand_over(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsWrite).await?;
    let wanted: HandoverJson = extract::json(&request, &body)?;
    let (booking, event) = asked_booking(&app, &request, &token).await?;
    let contact = wanted.contact.map(ContactJson::read).transpose()?;
    let is_asked = event.contact != ContactRule::None;
    check_contact(event.contact, contact.as_ref(), true)?;
    if is_asked && contact.is_none() {
        return Err(Error::invalid_field("/contact", "field-contact-missing"));
    }
    let asked = asked(&request, &booking, &format!("hand over {contact:?}"))?;
    let done = booking::transfer(&app.db, &actor(&token), &event, asked, contact).await;
    done.map_err(|error| Error::of_change(error, &event))?;
    about::note_done("handed-over");
    changed(&app, booking, &event).await
}

/// The booking as it is now.
async fn changed(app: &App, before: Booking, event: &Event) -> Result<HttpResponse, Error> {
    let now = booking::get(&app.db, before.id).await?.unwrap_or(before);
    show(app, &now, event).await
}
