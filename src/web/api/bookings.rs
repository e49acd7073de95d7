//! Handlers under /api/bookings: book, read, list, cancel, and the JSON of their requests. What must hold: a replay
//! is a 200 with the first booking, never a second one. The JSON of a booking is in `booking_json`.

use std::sync::Arc;

use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answers::AnswerJson;
use super::booking_json::{BookingJson, ContactJson, tickets, tiers_left};
use super::moved_json::AskedMoveJson;
use super::parameters::{BookingPath, IdempotencyKeyParam};
use super::payments::still_processing;
use crate::access::api_token::Scope;
use crate::access::{Principal, Right};
use crate::app::App;
use crate::booking::{self, Booking, Request, RequestedItem, RequestedSeat, Status};
use crate::catalog::Event;
use crate::gateway::MethodToken;
use crate::payment::{self, Payment};
use crate::types::contact::Contact;
use crate::types::json;
use crate::types::{BookingId, BuyerId, EventId};
use crate::web::about::{self, Part};
use crate::web::error::Error;
use crate::web::extract::{self, Body};
use crate::web::headers::link_to_next;
use crate::web::means::{self, Means};
use crate::web::{find, session};

/// The body of POST /api/bookings.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBooking)]
struct BookJson {
    event_id: EventId,
    /// For API tokens: who is to have the booking.
    on_behalf_of: Option<BuyerId>,
    /// Quantities by tier, each tier once at most: the best free seats of the tier, side by side if there are such. Tiers
    /// that share a stock are one party, and sit together.
    #[serde(default, deserialize_with = "json::objects")]
    items: Vec<RequestedItem>,
    /// Named seats of numbered tiers. A tier, with those that share its stock, has entries in `items` or seats here.
    #[serde(default, deserialize_with = "json::objects")]
    seats: Vec<RequestedSeat>,
    /// To pay at once. If the card is declined the booking fails.
    #[serde(default, deserialize_with = "json::optional_object")]
    payment: Option<AtOnceJson>,
    /// Needed if the event's `contact` is `required` and the booking is paid at once.
    #[serde(default, deserialize_with = "json::optional_object")]
    contact: Option<ContactJson>,
    /// What is answered to the event's questions; what is required is needed if the booking is paid at once.
    #[serde(default, deserialize_with = "json::objects")]
    answers: Vec<AnswerJson>,
    /// A hold of the buyer's that is given back for this booking.
    replaces: Option<BookingId>,
    /// A promo code, in capitals or not.
    #[schema(max_length = 64, examples("SUMMER"))]
    code: Option<String>,
}

/// How a booking is paid at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentAtOnce)]
struct AtOnceJson {
    /// A payment method's token, which the provider has given: `pm_card_visa`. This or `card_number`.
    #[schema(
        max_length = 255,
        pattern = "^[a-z]+_[A-Za-z0-9_]*$",
        examples("pm_card_visa")
    )]
    payment_method: Option<String>,
    /// The number of a test card: 12 to 19 digits, with spaces or hyphens between them at most. Taken by the simulated gateway
    /// alone.
    #[schema(
        max_length = 64,
        pattern = "^[ -]*([0-9][ -]*){12,19}$",
        examples("4242424242424242")
    )]
    card_number: Option<String>,
    /// Where the buyer's browser goes when their bank has asked them something.
    #[schema(
        max_length = 2000,
        format = "uri",
        examples("https://example.org/paid")
    )]
    return_url: Option<String>,
}

impl AtOnceJson {
    fn read(&self, app: &App) -> Result<(MethodToken, Option<String>), Error> {
        let means = Means {
            payment_method: self.payment_method.as_deref(),
            card_number: self.card_number.as_deref(),
            return_url: self.return_url.as_deref(),
        };
        means.read(app, "/payment")
    }
}

/// Book tickets
///
/// Takes the tickets and holds them until `expires_at`, or pays for them at once if the request has a card. All or
/// nothing: an order that cannot be filled takes no ticket. Send the same key and body again if no answer came: the
/// booking is made once.
#[utoipa::path(
    post,
    path = "/api/bookings",
    operation_id = "book",
    tag = "bookings",
    params(IdempotencyKeyParam),
    request_body = BookJson,
    responses(
        (status = 201, description = "Booked: the tickets are held, or paid for.", body = BookingJson,
            headers(("Location" = String, description = "The booking's path."))),
        (status = 200, description = "A replay: this key has made this booking before. It is shown as it is now.",
            body = BookingJson, headers(("Idempotent-Replayed" = String, description = "`true`."))),
        (status = 202, description = "Booked, and the gateway has not answered yet: look at `Location` after \
            `Retry-After` seconds.", body = BookingJson,
            headers(("Location" = String), ("Retry-After" = u32))),
    ),
    security(("buyerToken" = []), ("apiToken" = ["bookings:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "sold-out", "held-by-others", "seats-taken", "over-limit",
        "code-refused", "not-on-sale", "called-off", "payment-declined", "card-not-digits", "card-wrong-length", "card-fails-check",
        "idempotency-key-reused", "already-paid", "payment-in-progress", "hold-expired", "booking-cancelled",
        "booking-failed", "overloaded",
    ]))),
)]
pub async fn book(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let principal = session::of_header(&app, &request).await?;
    let key = extract::idempotency_key(&request)?;
    let asked: BookJson = extract::json(&request, &body)?;
    let means = asked
        .payment
        .map(|at_once| at_once.read(&app))
        .transpose()?;
    let contact = asked.contact.map(ContactJson::read).transpose()?;
    let buyer = principal.acts_for(asked.on_behalf_of, Scope::BookingsWrite)?;
    let mut wanted = Request {
        buyer,
        key: key.clone(),
        items: asked.items,
        seats: asked.seats,
        card: means.as_ref().map(|(method, _)| method.as_str().to_owned()),
        contact: contact.clone(),
        answers: asked.answers.into_iter().map(AnswerJson::read).collect(),
        replaces: asked.replaces,
        awaits_contact: false,
        code: None,
    };
    let booked = find::in_time_of_an_order(&app, async {
        let event = find::event(&app, asked.event_id).await?;
        if !principal.is_for(event.organisation) {
            return Err(Error::not_found("event"));
        }
        if let Some(text) = &asked.code {
            let code = Box::pin(find::code(&app, &request, &event, text)).await?;
            wanted.code = Some(code.ok_or_else(Error::unknown_code)?);
        }
        let made = booking::book(&app.db, &app.lanes, &event, wanted);
        let made = about::time(Part::Order, made).await;
        let made = made.inspect(about::note_made);
        let made = made.map_err(|error| Error::of_booking(error, &event, app.db.now()))?;
        let payments = match &means {
            None if made.replayed => Box::pin(payments_of(&app, &made.booking)).await?,
            _ => Vec::new(),
        };
        Ok((event, made, payments))
    });
    let (event, made, payments) = booked.await?;
    match means {
        None if !made.replayed => Ok(created(&app, &event, &made.booking, contact, &[])),
        None => Ok(replay(&event, &made.booking, contact, &payments, false)),
        Some((method, return_url)) => {
            let back = means::return_url(&app, &request, made.booking.id, return_url);
            let paid = app.payments.pay_at_once(made.booking, key, method, back);
            let paid = Box::pin(paid);
            let booking = about::time(Part::Payment, paid).await?;
            Box::pin(paid_at_once(&app, &event, booking, contact, made.replayed)).await
        }
    }
}

/// 201, or 202 if its payment is still processing.
fn created(
    app: &App,
    event: &Event,
    booking: &Booking,
    contact: Option<Contact>,
    payments: &[Payment],
) -> HttpResponse {
    let mut json = BookingJson::new(booking, event, payments.iter());
    json.contact = contact;
    json.availability = app
        .availability
        .known(event)
        .map(|counts| tiers_left(event, &counts))
        .unwrap_or_default();
    if is_paying(payments) {
        return still_processing(&format!("/api/bookings/{}", booking.id)).json(json);
    }
    HttpResponse::Created()
        .insert_header((LOCATION, format!("/api/bookings/{}", booking.id)))
        .json(json)
}

fn is_paying(payments: &[Payment]) -> bool {
    let is_processing = |payment: &Payment| payment.status == payment::Status::Processing;
    payments.iter().any(is_processing)
}

/// 200, or 202 if a payment that came with the order is still processing. The same request has the same contact.
fn replay(
    event: &Event,
    booking: &Booking,
    contact: Option<Contact>,
    payments: &[Payment],
    is_paying: bool,
) -> HttpResponse {
    let mut json = BookingJson::new(booking, event, payments.iter());
    json.contact = contact;
    let mut response = if is_paying {
        still_processing(&format!("/api/bookings/{}", booking.id))
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header(("Idempotent-Replayed", "true"))
        .json(json)
}

async fn payments_of(app: &App, booking: &Booking) -> Result<Vec<Payment>, Error> {
    let booking = std::slice::from_ref(booking);
    Ok(app.payments.of_bookings(booking).await?)
}

async fn paid_at_once(
    app: &App,
    event: &Event,
    booking: Booking,
    contact: Option<Contact>,
    replayed: bool,
) -> Result<HttpResponse, Error> {
    let payments = payments_of(app, &booking).await?;
    let last = payments.last();
    match last.and_then(|payment| payment.decline_code.as_deref()) {
        Some(code) if booking.status == Status::Failed => {
            let declined = Error::declined(code)
                .with("booking_id", booking.id)
                .with("booking_status", booking.status);
            Err(if replayed {
                declined.replayed()
            } else {
                declined
            })
        }
        _ if replayed => {
            let is_paying = is_paying(&payments);
            Ok(replay(event, &booking, contact, &payments, is_paying))
        }
        _ => Ok(created(app, event, &booking, contact, &payments)),
    }
}

/// A page of a buyer's bookings.
#[derive(Serialize, ToSchema)]
#[schema(as = Bookings)]
struct BookingsJson<'a> {
    /// The newest first.
    bookings: Vec<BookingJson<'a>>,
    /// For the `cursor` of the next page; null on the last one.
    #[schema(required = true)]
    next_cursor: Option<BookingId>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// For API tokens: whose bookings.
    on_behalf_of: Option<BuyerId>,
    /// `next_cursor` of the page before.
    cursor: Option<BookingId>,
}

/// List a buyer's bookings
///
/// The newest first, 50 at most in a page.
#[utoipa::path(
    get,
    path = "/api/bookings",
    operation_id = "listBookings",
    tag = "bookings",
    params(ListQuery),
    responses(
        (status = 200, description = "A page of bookings.", body = BookingsJson,
            headers(("Link" = Option<String>, description = "`rel=\"next\"`: the next page, if there is one."))),
    ),
    security(("buyerToken" = []), ("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden"]))),
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let principal = session::of_header(&app, &request).await?;
    let query: ListQuery = extract::query(&request)?;
    let buyer = principal.acts_for(query.on_behalf_of, Scope::BookingsRead)?;
    let bookings = booking::list(&app.db, buyer, query.cursor).await?;
    let payments = app.payments.of_bookings(&bookings).await?;
    let events = find::events_of(&app, &bookings).await?;
    let contacts = booking::contacts(&app.db, &bookings).await?;
    let is_moved = |booking: &&Booking| {
        let mut events = events.iter();
        events.any(|event| event.no == booking.event && event.moved.is_some())
    };
    let answers = booking::answers_to_moves(&app.db, bookings.iter().filter(is_moved)).await?;
    let json = bookings.iter().filter_map(|booking| {
        let is_its = |event: &&Arc<Event>| event.no == booking.event;
        let event = events.iter().find(is_its)?;
        if !principal.is_for(event.organisation) {
            return None;
        }
        let its_own = payments
            .iter()
            .filter(|payment| payment.booking == booking.id);
        let contact = contacts.iter().find(|(id, _)| *id == booking.id);
        let mut json = BookingJson::new(booking, event, its_own);
        json.contact = contact.map(|(_, contact)| contact.clone());
        json.moved = AskedMoveJson::of(booking, event, &answers);
        Some(json)
    });
    let full = bookings.len() as i64 == booking::LIST_MAX;
    let next_cursor = bookings.last().filter(|_| full).map(|booking| booking.id);
    let mut response = HttpResponse::Ok();
    link_to_next(&mut response, &request, next_cursor);
    let bookings = json.collect();
    Ok(response.json(BookingsJson {
        bookings,
        next_cursor,
    }))
}

/// Read a booking
///
/// With its tickets and payments. To its buyer, to API tokens that may read bookings, and to whoever has its link.
#[utoipa::path(
    get,
    path = "/api/bookings/{booking_id}",
    operation_id = "getBooking",
    tag = "bookings",
    params(BookingPath),
    responses((status = 200, description = "The booking as it is now.", body = BookingJson)),
    security(("buyerToken" = []), ("apiToken" = ["bookings:read"]), ("bookingLink" = [])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn get(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let principal = session::of_header(&app, &request).await?;
    let booking = find::booking_of_path(&app, &request, principal.clone(), Right::Read).await?;
    // Whoever has a booking's link need not know whose it is.
    let is_known = match principal {
        Principal::Buyer(buyer) => buyer == booking.buyer,
        Principal::Api(_) => true,
        Principal::Nobody => false,
    };
    answer(&app, &booking, is_known).await
}

/// Cancel a booking
///
/// Gives its tickets back. A confirmed booking is refunded, until its event begins. Cancelling again changes nothing
/// and is answered alike; no key is needed.
#[utoipa::path(
    post,
    path = "/api/bookings/{booking_id}/cancel",
    operation_id = "cancelBooking",
    tag = "bookings",
    params(BookingPath),
    responses((status = 200, description = "The booking, cancelled.", body = BookingJson)),
    security(("buyerToken" = []), ("apiToken" = ["bookings:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "hold-expired", "booking-failed", "too-late-to-cancel",
    ]))),
)]
pub async fn cancel(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let principal = session::of_header(&app, &request).await?;
    let booking = find::booking_of_path(&app, &request, principal, Right::Cancel).await?;
    let (event, id, buyer) = (booking.event, booking.id, booking.buyer);
    app.payments.cancel(event, id, buyer).await?;
    about::note_done("cancelled");
    let cancelled = booking::get(&app.db, id).await?.unwrap_or(booking);
    answer(&app, &cancelled, true).await
}

/// The booking as it is now.
pub(super) async fn answer(
    app: &App,
    booking: &Booking,
    is_known: bool,
) -> Result<HttpResponse, Error> {
    let one = std::slice::from_ref(booking);
    let events = find::events_of(app, one).await?;
    let event = events.first().ok_or_else(|| Error::not_found("event"))?;
    let payments = find::payments_of(app, booking, is_known).await?;
    let mut json = BookingJson::new(booking, event, payments.iter());
    if booking.status == Status::Confirmed {
        let coded = app.codes.of_booking(booking.event, booking.id).await?;
        json.tickets = tickets(event, booking, coded);
    }
    if event.moved.is_some() {
        let answers = booking::answers_to_moves(&app.db, one).await?;
        json.moved = AskedMoveJson::of(booking, event, &answers);
    }
    if is_known {
        let contacts = booking::contacts(&app.db, one).await?;
        json.contact = contacts.into_iter().next().map(|(_, contact)| contact);
    }
    Ok(HttpResponse::Ok().json(json))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_future<A, B, C, F>(_: impl Fn(A, B, C) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn an_order_is_cheap_to_box() {
        // It is copied with all room that it might need: what few orders need is boxed by itself.
        let size = size_of_future(book);
        assert!(size <= 3 * 1024, "{size}");
    }
}
