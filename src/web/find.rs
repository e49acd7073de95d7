//! Look-ups that handlers of `shop` and `api` share: the event or booking that a request names.
//!
//! What must hold: what does not exist is a 404 `not-found`. Parsing the request is in `extract`.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use futures::FutureExt;

use super::about::{self, Part};
use super::error::Error;
use super::{client, extract, session};
use crate::access::limits::{Bucket, Key};
use crate::access::{Principal, Right};
use crate::app::App;
use crate::booking::{self, Booking};
use crate::catalog::code::{self, CodeText, PromoCode};
use crate::catalog::{Address, Event};
use crate::payment::Payment;
use crate::postgres;
use crate::types::{BookingId, BookingKind, BookingLink, EventId, EventNo};

/// By so much a caller waits longer than the order, which says more of why it has failed.
const ANSWER_GRACE: Duration = Duration::from_millis(200);

/// Does what an order needs: the look-up of its event, its allocation, and the reading of what was booked before.
/// Each has a limit of its own; the caller is answered within the order's deadline all the same.
///
/// # Errors
/// 503 with `unavailable` when the deadline is over: the outcome is in doubt, and the same key finds it.
pub fn in_time_of_an_order<T>(
    app: &App,
    work: impl Future<Output = Result<T, Error>>,
) -> impl Future<Output = Result<T, Error>> {
    let deadline = app.config.allocator.order_deadline() + ANSWER_GRACE;
    // Not an `async fn`, which would have room for the work twice.
    tokio::time::timeout(deadline, work).map(|done| {
        done.unwrap_or_else(|_| {
            let reason = "the order was not answered in time";
            Err(postgres::Error::Unavailable(reason.into()).into())
        })
    })
}

/// The event with this id, for an order of it.
///
/// # Errors
/// 404 with `not-found`.
pub async fn event(app: &App, id: EventId) -> Result<Arc<Event>, Error> {
    let found = about::time(Part::Event, app.catalog.event(id)).await?;
    found
        .inspect(|event| about::note_event(event))
        .ok_or_else(|| Error::not_found("event"))
}

/// The event that the path names, to be shown.
///
/// # Errors
/// 404 with `not-found`.
pub async fn event_of_path(app: &App, request: &HttpRequest) -> Result<Arc<Event>, Error> {
    let id = extract::path_id(request, "event_id", "event")?;
    let found = app.catalog.event_to_show(id).await?;
    let found = found.inspect(|event| about::note_event(event));
    found.ok_or_else(|| Error::not_found("event"))
}

/// The promo code of an event that a request names, withdrawn or not; `None` if there is no such. Who has named too many
/// that there are not is not answered for a while, whatever they name: codes are not to be guessed. The token is taken
/// before the look-up and given back once the code is found, so that guesses at the same moment are counted too; a
/// look-up that fails keeps it.
///
/// # Errors
/// 429; those of the database.
pub async fn code(
    app: &App,
    request: &HttpRequest,
    event: &Event,
    text: &str,
) -> Result<Option<PromoCode>, Error> {
    let trusted = &app.config.limits.trusted_proxies;
    let address = client::address(request.peer_addr(), request.headers(), trusted);
    let key = Key::of_address(address);
    let taken = app.limits.check(Bucket::Retrievals, key)?;
    let Ok(text) = text.parse::<CodeText>() else {
        return Ok(None);
    };
    let found = code::find(&app.db, event.no, &text).await?;
    if found.is_some() {
        app.limits.give_back(Bucket::Retrievals, key, taken);
    }
    Ok(found)
}

/// The event, and its promo code if the request names one: then as whoever knows the code sees it. A code that is not
/// valid now unlocks nothing.
///
/// # Errors
/// 422 with `code-refused` if there is no such code; otherwise as [`code`].
pub async fn unlocked(
    app: &App,
    request: &HttpRequest,
    event: Arc<Event>,
    text: Option<&str>,
) -> Result<Arc<Event>, Error> {
    let Some(text) = text else {
        return Ok(event);
    };
    let found = code(app, request, &event, text).await?;
    let found = found.ok_or_else(Error::unknown_code)?;
    let found = found.is_valid(app.db.now()).then_some(found);
    Ok(found.and_then(|code| code.unlocks(&event)).unwrap_or(event))
}

/// The event whose page the path names, by its readable address or by its id, to be shown.
///
/// # Errors
/// 404 with `not-found`.
pub async fn event_of_page(app: &App, request: &HttpRequest) -> Result<Arc<Event>, Error> {
    let address: Address = extract::path_id(request, "event", "event")?;
    let found = app.catalog.event_at(&address).await?;
    let found = found.inspect(|event| about::note_event(event));
    found.ok_or_else(|| Error::not_found("event"))
}

/// The booking that the path names, for someone who may do this to it.
///
/// # Errors
/// As [`booking`].
pub async fn booking_of_path(
    app: &App,
    request: &HttpRequest,
    principal: Principal,
    right: Right,
) -> Result<Booking, Error> {
    let id = extract::path_id(request, "booking_id", "booking")?;
    booking(app, request, principal, right, id).await
}

/// The booking with this id, for someone who may do this to it. For others it does not exist: the
/// answer is the same, after the same look at the database.
///
/// # Errors
/// 404 with `not-found`; 403 with `forbidden` for those who know of it but may not do this.
pub async fn booking(
    app: &App,
    request: &HttpRequest,
    principal: Principal,
    right: Right,
    id: BookingId,
) -> Result<Booking, Error> {
    let found = booking::get(&app.db, id).await?;
    let link = found
        .as_ref()
        .map_or_else(|| BookingLink::first(id), Booking::link);
    let credentials = session::credentials(app, request, principal, link).await?;
    let Some(booking) = found else {
        return Err(Error::not_found("booking"));
    };
    if !is_for(app, &credentials.principal, booking.event).await? {
        return Err(Error::not_found("booking"));
    }
    // What is withheld is the organisers' own: there are no tickets to show, nobody to show them to, and it is given back
    // by those who may change the event.
    let may_read = right == Right::Read && matches!(credentials.principal, Principal::Api(_));
    if booking.kind == BookingKind::Withheld && !may_read {
        return Err(Error::not_found("booking"));
    }
    credentials.may(right, booking.buyer)?;
    about::note_booking(booking.event, booking.id);
    Ok(booking)
}

/// Whether the event is one that the sender may have to do with: the API token of one organisation has nothing to do
/// with the events of another.
async fn is_for(app: &App, principal: &Principal, event: EventNo) -> Result<bool, Error> {
    let Principal::Api(token) = principal else {
        return Ok(true);
    };
    if token.organisation.is_none() {
        return Ok(true);
    }
    let events = app.catalog.events_by_no(&[event]).await?;
    Ok(events.iter().all(|event| token.is_for(event.organisation)))
}

/// The events of some bookings, each once, in no particular order.
///
/// # Errors
/// Those of the database.
pub async fn events_of(
    app: &App,
    bookings: impl IntoIterator<Item = &Booking>,
) -> Result<Vec<Arc<Event>>, Error> {
    let bookings = bookings.into_iter();
    let mut numbers: Vec<_> = bookings.map(|booking| booking.event).collect();
    numbers.sort_unstable();
    numbers.dedup();
    Ok(app.catalog.events_by_no(&numbers).await?)
}

/// The payments of a booking, oldest first, for whoever reads it. Of a booking that was handed over, those who are not known
/// to be its buyer are not told which card had paid, or why one was declined: it was the former buyer's.
///
/// # Errors
/// Those of the database.
pub async fn payments_of(
    app: &App,
    booking: &Booking,
    is_known: bool,
) -> Result<Vec<Payment>, Error> {
    let mut payments = app
        .payments
        .of_bookings(std::slice::from_ref(booking))
        .await?;
    if !is_known && booking.link_no > 0 {
        for payment in &mut payments {
            payment.card_brand.clear();
            payment.card_last4.clear();
            payment.decline_code = None;
        }
    }
    Ok(payments)
}
